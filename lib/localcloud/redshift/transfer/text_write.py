"""Rows of strings as the lines of an UNLOAD's text file."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.unload_statement import Unload


@dataclass(frozen=True)
class Lines:
    """How rows become lines: the options, and which columns are CHAR or VARCHAR."""

    unload: Unload
    texts: tuple[bool, ...]
    widths: tuple[int, ...] = ()
    """Characters of each column in FIXEDWIDTH."""

    @classmethod
    def of(cls, unload: Unload, texts: tuple[bool, ...]) -> Lines:
        """Return the form of an UNLOAD's lines. Raises SqlError at a FIXEDWIDTH that does not fit the columns."""
        return cls(unload, texts, _widths(unload, len(texts)) if unload.fixedwidth else ())

    def encode(self, rows: pa.Table) -> bytes:
        """Return the rows as UTF-8 lines. Raises SqlError at a value that FIXEDWIDTH cannot hold."""
        if not rows.num_rows:
            return b""
        unload = self.unload
        if unload.format == "json":
            fields, mark = rows.columns, ""
        elif unload.fixedwidth:
            fields, mark = self._fixed(rows), ""
        elif unload.format == "csv":
            mark = unload.delimiter or ","
            fields = [_csv(column, mark, unload.null_as) for column in rows.columns]
        else:
            mark = unload.delimiter or "|"
            fields = [_plain(column, mark, unload) for column in rows.columns]
        lines = pc.binary_join_element_wise(*fields, mark) if len(fields) > 1 else fields[0]
        return ("\n".join(lines.to_pylist()) + "\n").encode()

    def header(self, names: list[str]) -> bytes:
        """Return the line of the columns' names, in the same form."""
        return self.encode(pa.table({str(number): pa.array([name]) for number, name in enumerate(names)}))

    def _fixed(self, rows: pa.Table) -> list[pa.ChunkedArray]:
        return [
            _padded(column, width, self._null_in(width, is_text))
            for column, width, is_text in zip(rows.columns, self.widths, self.texts, strict=True)
        ]

    def _null_in(self, width: int, is_text: bool) -> str | None:
        """Return the null string of a column; None if it does not fit and a null is an error."""
        if len(self.unload.null_as) <= width:
            return self.unload.null_as
        return None if is_text else ""


def _csv(column: pa.ChunkedArray, mark: str, null_as: str) -> pa.ChunkedArray:
    special = pc.match_substring_regex(column, f'["\n\r{_in_class(mark)}]')
    doubled = pc.replace_substring(column, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.fill_null(pc.if_else(special, quoted, column), null_as)


def _plain(column: pa.ChunkedArray, mark: str, unload: Unload) -> pa.ChunkedArray:
    if unload.hive:
        _check_plain(column, mark, unload.null_as)
    if unload.escape:
        quotes = "\"'" if unload.addquotes else ""
        column = pc.replace_substring_regex(column, f"([\\\\\n\r{quotes}{_in_class(mark)}])", r"\\\1")
    if unload.addquotes:
        column = pc.binary_join_element_wise('"', column, '"', "")
    return pc.fill_null(column, unload.null_as)


def _check_plain(column: pa.ChunkedArray, mark: str, null_as: str) -> None:
    """Raise SqlError at a value that a table of plain text would read otherwise."""
    ends = pc.match_substring_regex(column, f"[\n\r{_in_class(mark)}]")
    if pc.any(pc.or_(ends, pc.equal(column, null_as))).as_py():
        raise SqlError(
            "22023",
            "a value contains the delimiter, a line end or the null string, which a TEXTFILE table cannot store",
            hint="STORED AS PARQUET",
        )


def _in_class(mark: str) -> str:
    return f"\\x{ord(mark):02x}"


def _widths(unload: Unload, columns: int) -> tuple[int, ...]:
    try:
        widths = tuple(int(part.rsplit(":", 1)[1]) for part in unload.fixedwidth.split(","))
    except (ValueError, IndexError):
        raise SqlError("22023", f"invalid FIXEDWIDTH {unload.fixedwidth!r}", hint="'0:10,1:5'") from None
    if len(widths) != columns:
        raise SqlError("22023", f"FIXEDWIDTH names {len(widths)} columns, the files have {columns}")
    if min(widths) < 1:
        raise SqlError("22023", "a width of FIXEDWIDTH must be at least 1")
    return widths


def _padded(column: pa.ChunkedArray, width: int, null: str | None) -> pa.ChunkedArray:
    if null is None and column.null_count:
        raise SqlError("22001", f"the null string is longer than its FIXEDWIDTH of {width}")
    text = pc.fill_null(column, null or "")
    if (pc.max(pc.utf8_length(text)).as_py() or 0) > width:
        raise SqlError("22001", f"a value is longer than its FIXEDWIDTH of {width}")
    if pc.any(pc.match_substring_regex(text, "[\n\r]")).as_py():
        raise SqlError("22023", "a value contains a line end, which FIXEDWIDTH cannot write")
    return pc.utf8_rpad(text, width, " ")
