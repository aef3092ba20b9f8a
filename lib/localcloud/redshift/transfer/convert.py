"""Strings of a file made ready for the engine's own reading: null, lengths, dates, as COPY's options say.

Columns are handled whole (Arrow); what does not fit becomes a reject and the row is left out.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer import rejects
from localcloud.redshift.transfer.rejects import Reject, Rejects
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.target import Target
from localcloud.redshift.transfer.text_sources import Piece

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_TIMESTAMP = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?)?$"
_PARTS = (
    ("YYYY", "%Y"),
    ("YY", "%y"),
    ("MONTH", "%B"),
    ("MON", "%b"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("HH24", "%H"),
    ("HH12", "%I"),
    ("HH", "%I"),
    ("MI", "%M"),
    ("SS", "%S"),
    ("AM", "%p"),
    ("PM", "%p"),
)


class Outcome:
    """The columns of a piece, made ready, and what is wrong with which row."""

    def __init__(self, piece: Piece, found: Rejects) -> None:
        self._piece, self._found = piece, found
        self._bad: dict[int, Reject] = {}

    def refuse(self, wrong: pa.Array, target: Target, values: pa.Array, error: tuple[int, str]) -> None:
        """Leave out the rows where `wrong` is true."""
        if not pc.any(wrong).as_py():
            return
        for place in pc.indices_nonzero(wrong).to_pylist():
            if place not in self._bad:
                raw = values[place].as_py()
                self._bad[place] = Reject(
                    self._piece.file.url,
                    self._piece.line + place,
                    *error,
                    column=target.name,
                    type=target.declared.split("(")[0].lower(),
                    length=str(target.length or ""),
                    raw_value=raw or "",
                    raw_line="|".join(str(value) for value in self._piece.rows.slice(place, 1).to_pylist()[0].values()),
                )

    def rows(self, columns: list[pa.Array]) -> pa.Table:
        """Return the rows that are left. Raises TooManyRejects."""
        table = pa.Table.from_arrays(columns, names=self._piece.rows.column_names)
        if not self._bad:
            return table
        for place in sorted(self._bad):
            self._found.add(self._bad[place])
        return table.filter(pa.array([place not in self._bad for place in range(table.num_rows)]))


def convert(piece: Piece, targets: tuple[Target, ...], copy: Copy, found: Rejects) -> pa.Table:
    """Return the rows of a piece as strings that the engine reads as the table's types, null as null."""
    outcome, columns = Outcome(piece, found), list[pa.Array]()
    for target, column in zip(targets, piece.rows.columns, strict=True):
        values = column.combine_chunks()
        values = values if isinstance(values, pa.Array) else pa.concat_arrays(values.chunks)
        ready = _nulls(values, copy)
        ready = _text(ready, target, copy, outcome) if target.is_text else _typed(ready, target, copy, outcome)
        if target.required:
            outcome.refuse(pc.is_null(ready), target, values, rejects.NOT_NULL)
        columns.append(ready)
    return outcome.rows(columns)


def _nulls(values: pa.Array, copy: Copy) -> pa.Array:
    return pc.if_else(pc.equal(values, copy.null_as), pa.scalar(None, pa.string()), values)


def _blank_to_null(values: pa.Array, blank: pa.Array) -> pa.Array:
    return pc.if_else(blank, pa.scalar(None, pa.string()), values)


def _text(values: pa.Array, target: Target, copy: Copy, outcome: Outcome) -> pa.Array:
    if copy.emptyasnull:
        values = _blank_to_null(values, pc.equal(values, ""))
    if copy.blanksasnull:
        values = _blank_to_null(values, pc.match_substring_regex(values, r"^\s+$"))
    if copy.trimblanks or target.type == "bpchar":
        values = pc.utf8_rtrim(values, " ")
    if target.length is None:
        return values
    too_long = pc.fill_null(pc.greater(pc.binary_length(values), target.length), False)
    if pc.any(too_long).as_py():
        if copy.truncatecolumns:
            cut = [None if value is None else cut_bytes(value, target.length) for value in values.to_pylist()]
            return pa.array(cut, pa.string())
        blanks = pc.less_equal(pc.binary_length(pc.utf8_rtrim(values, " ")), target.length)
        outcome.refuse(pc.and_not(too_long, pc.fill_null(blanks, False)), target, values, rejects.LENGTH)
    if target.type == "bpchar":
        wide = pc.not_equal(pc.binary_length(values), pc.utf8_length(values))
        outcome.refuse(pc.fill_null(wide, False), target, values, rejects.MULTIBYTE)
    return values


def cut_bytes(value: str, length: int) -> str:
    """Return the longest start of a text that fits into so many bytes of UTF-8."""
    return value.encode()[:length].decode(errors="ignore")


def _typed(values: pa.Array, target: Target, copy: Copy, outcome: Outcome) -> pa.Array:
    values = pc.utf8_trim_whitespace(values)
    if target.type in ("bytea", "varbyte"):
        return _hexadecimal(values, target, outcome)
    values = _blank_to_null(values, pc.equal(values, ""))
    if target.type == "date":
        return _moment(values, target, copy.dateformat, copy, outcome)
    if target.type in ("timestamp", "timestamptz"):
        return _moment(values, target, copy.timeformat, copy, outcome)
    if target.type in ("int2", "int4", "int8"):
        wrong = pc.invert(pc.match_substring_regex(values, r"^[+-]?\d+$"))
        outcome.refuse(pc.fill_null(wrong, False), target, values, _digit(target, values, wrong))
    if target.type == "numeric" and target.scale is not None and not copy.roundec:
        pattern = rf"^([+-]?\d*\.\d{{{target.scale}}})\d+$"
        return pc.replace_substring_regex(values, pattern, r"\1")
    return values


def _hexadecimal(values: pa.Array, target: Target, outcome: Outcome) -> pa.Array:
    """Return VARBYTE, which text holds as hexadecimal digits, as the engine reads it."""
    wrong = pc.invert(pc.match_substring_regex(values, "^([0-9A-Fa-f]{2})*$"))
    code, reason = rejects.DIGIT
    outcome.refuse(pc.fill_null(wrong, False), target, values, (code, reason.format("", "Varbyte")))
    return pc.binary_join_element_wise("\\x", values, "")


def _digit(target: Target, values: pa.Array, wrong: pa.Array) -> tuple[int, str]:
    code, reason = rejects.DIGIT
    first = pc.index(pc.fill_null(wrong, False), True).as_py()
    shown = "" if first < 0 else values[first].as_py()[:1]
    kind = {"int2": "Short", "int4": "Integer", "int8": "Long"}[target.type]
    return code, reason.format(shown, kind)


def _moment(values: pa.Array, target: Target, form: str, copy: Copy, outcome: Outcome) -> pa.Array:
    """Return dates or timestamps as ISO text."""
    name = form.lower()
    if name in ("epochsecs", "epochmillisecs"):
        return _epoch(values, "s" if name == "epochsecs" else "ms")
    if name == "auto":
        return values
    if form:
        ready = _formatted(values, form, target)
    else:
        fits = pc.match_substring_regex(values, _DATE if target.type == "date" else _TIMESTAMP)
        ready = _blank_to_null(values, pc.invert(fits))
    lost = pc.and_(pc.is_valid(values), pc.is_null(ready))
    if not copy.acceptanydate:
        outcome.refuse(lost, target, values, rejects.DATE if target.type == "date" else rejects.TIMESTAMP)
    return ready


def _epoch(values: pa.Array, unit: str) -> pa.Array:
    try:
        moments = values.cast(pa.int64()).cast(pa.timestamp(unit))
    except pa.ArrowInvalid as error:
        raise SqlError("22007", f"a value is no epoch time: {error}") from None
    return pc.strftime(moments.cast(pa.timestamp("us")), "%Y-%m-%d %H:%M:%S")


def strptime_format(form: str) -> str:
    """Return a DATEFORMAT or TIMEFORMAT in strptime's words. Raises SqlError at a part that it does not know."""
    found, place, upper = "", 0, form.upper()
    while place < len(form):
        part = next((pair for pair in _PARTS if upper.startswith(pair[0], place)), None)
        if part is not None:
            found, place = found + part[1], place + len(part[0])
        elif form[place].isalpha() and form[place] != "T":
            raise SqlError(
                "22007", f"the date or time format {form!r} is not supported", hint="'auto', or YYYY MM DD ..."
            )
        else:
            found, place = found + form[place].replace("%", "%%"), place + 1
    return found


def _formatted(values: pa.Array, form: str, target: Target) -> pa.Array:
    written = re.sub(r"\.(MS|US|F+|S+)$", "", form, flags=re.IGNORECASE)
    fraction = "." if written != form else ""
    seconds = pc.replace_substring_regex(values, r"\.\d+$", "") if fraction else values
    moments = pc.strptime(seconds, strptime_format(written), "s", error_is_null=True)
    if target.type == "date":
        return pc.strftime(moments, "%Y-%m-%d")
    ready = pc.strftime(moments, "%Y-%m-%d %H:%M:%S")
    if not fraction:
        return ready
    digits = pc.replace_substring_regex(values, r"^.*?(\.\d+)?$", r"\1")
    return pc.binary_join_element_wise(ready, digits, "")
