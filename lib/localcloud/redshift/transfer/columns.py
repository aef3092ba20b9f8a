"""Whole columns of text made into the table's types at once (Arrow), where all of it is certainly good.

This is the fast way: it never says what is wrong. Where a value is odd in any way the answer is None, and `exact` reads
the rows one by one. What it does answer must be what `exact` would have answered.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from localcloud.redshift.transfer.dateformats import EPOCHS
from localcloud.redshift.transfer.exact import SPATIAL, cut_bytes, is_json
from localcloud.redshift.transfer.moments import Cast
from localcloud.redshift.transfer.numbers import INTEGERS, TRUTH
from localcloud.redshift.transfer.rejects import BadValue
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.target import Target

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_DATE = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_MOMENT = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?)?$"


def fast(values: pa.Array, target: Target, copy: Copy, cast: Cast) -> pa.Array | None:
    """Return a column (strings; null is null) in the type of the table, None if that is not certain."""
    try:
        if target.type in SPATIAL:
            ready = _shapes(values, target)
        else:
            ready = _text(values, target, copy) if target.is_text else _typed(values, target, copy, cast)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None  # a value does not fit: `exact` finds out which and why
    return None if ready is None or (target.required and ready.null_count) else ready


def nulls(values: pa.Array, null: str) -> pa.Array:
    """Return strings with the null string as null."""
    return _null_where(values, pc.equal(values, null))


def _null_where(values: pa.Array, wanted: pa.Array) -> pa.Array:
    if not pc.any(wanted).as_py():
        return values
    return pc.if_else(wanted, pa.scalar(None, values.type), values)


def _text(values: pa.Array, target: Target, copy: Copy) -> pa.Array | None:
    if copy.emptyasnull:
        values = _null_where(values, pc.equal(values, ""))
    if copy.blanksasnull:
        values = _null_where(values, pc.match_substring_regex(values, r"^[ \t\n\r\v\f]+$"))
    if target.type == "bpchar":
        if not _all(pc.string_is_ascii(values)):
            return None
        values = pc.utf8_rtrim(values, " ")
    elif copy.trimblanks:
        values = pc.ascii_rtrim(values, " \t\n\r\v\f")
    if target.length is None or _all(pc.less_equal(pc.binary_length(values), target.length)):
        return values
    if not copy.truncatecolumns:
        return None
    return pa.array([value and cut_bytes(value, target.length) for value in values.to_pylist()], pa.string())


def _all(flags: pa.Array) -> bool:
    return pc.all(flags, min_count=0).as_py() is not False


def _typed(values: pa.Array, target: Target, copy: Copy, cast: Cast) -> pa.Array | None:
    if target.type != "super":
        values = pc.ascii_trim_whitespace(values)
    values = _null_where(values, pc.equal(values, ""))
    if target.type == "varbyte":
        return _bytes(values, target)
    if target.type in INTEGERS:
        return _matching(values, r"^-?[0-9]+$", target.arrow)
    if target.type in ("float4", "float8"):
        return _floats(values, target)
    if target.type == "numeric" and target.scale is not None:
        return _decimals(values, target, copy.roundec)
    if target.type == "bool":
        return _booleans(values)
    if target.type == "super":
        return values if all(value is None or is_json(value) for value in values.to_pylist()) else None
    if target.type == "date":
        return _matching(values, _DATE, target.arrow) if not copy.dateformat else _auto(values, target, copy, cast)
    if target.type in ("timestamp", "timestamptz"):
        return _moments(values, target, copy, cast)
    return None


def _matching(values: pa.Array, pattern: str, kind: pa.DataType) -> pa.Array | None:
    return values.cast(kind) if _all(pc.match_substring_regex(values, pattern)) else None


def _floats(values: pa.Array, target: Target) -> pa.Array | None:
    if not _all(pc.match_substring_regex(values, _NUMBER)):
        return None
    numbers = pc.replace_substring_regex(values, r"^\+", "").cast(target.arrow)
    lost = pc.and_(pc.equal(numbers, 0), pc.match_substring_regex(values, r"^[^eE]*[1-9]"))
    return numbers if _all(pc.and_not(pc.is_finite(numbers), lost)) else None


def _decimals(values: pa.Array, target: Target, roundec: bool) -> pa.Array | None:
    if not _all(pc.match_substring_regex(values, r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$")):
        return None
    longer = rf"(\.[0-9]{{{target.scale}}})[0-9]+$"
    if pc.any(pc.match_substring_regex(values, longer)).as_py():
        if roundec:
            return None
        values = pc.replace_substring_regex(values, longer, r"\1")
    return values.cast(target.arrow)


def _bytes(values: pa.Array, target: Target) -> pa.Array | None:
    if not _all(pc.match_substring_regex(values, "^([0-9A-Fa-f]{2})+$")):
        return None
    if target.length is not None and not _all(pc.less_equal(pc.binary_length(values), 2 * target.length)):
        return None
    return pa.array([None if text is None else bytes.fromhex(text) for text in values.to_pylist()], pa.binary())


def _shapes(values: pa.Array, target: Target) -> pa.Array | None:
    values, read = pc.ascii_trim_whitespace(values), SPATIAL[target.type]
    try:
        return pa.array([read(text) if text else None for text in values.to_pylist()], pa.string())
    except BadValue:
        return None


def _booleans(values: pa.Array) -> pa.Array | None:
    lower = pc.utf8_lower(values)
    known = pc.is_in(lower, pa.array(TRUTH))
    if not _all(pc.or_(known, pc.is_null(lower))):
        return None
    true = pc.is_in(lower, pa.array([text for text, value in TRUTH.items() if value]))
    return pc.if_else(pc.is_null(lower), pa.scalar(None, pa.bool_()), true)


def _moments(values: pa.Array, target: Target, copy: Copy, cast: Cast) -> pa.Array | None:
    form = copy.timeformat
    if form in EPOCHS:
        if not _all(pc.match_substring_regex(values, r"^-?[0-9]{1,13}$")):
            return None
        return pc.multiply_checked(values.cast(pa.int64()), EPOCHS[form]).view(target.arrow)
    if form in ("", "YYYY-MM-DD HH:MI:SS", "YYYY-MM-DD HH24:MI:SS"):
        pattern = _MOMENT if not form else _MOMENT.replace(")?$", ")$").replace("( [", "( [")
        plain = _matching(values, pattern, pa.timestamp("us"))
        return None if plain is None else plain.view(target.arrow)
    return _auto(values, target, copy, cast)


def _auto(values: pa.Array, target: Target, copy: Copy, cast: Cast) -> pa.Array | None:
    """Return what the engine reads in a column with 'auto', asked once for all its different texts."""
    form = copy.dateformat if target.type == "date" else copy.timeformat
    if form != "auto":
        return None
    plain = _matching(values, _DATE if target.type == "date" else _MOMENT, target.arrow_moment)
    if plain is not None:
        return plain.view(target.arrow)
    encoded = values.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    numbers = cast(target.type, texts)
    if any(value is None for value in numbers):
        return None
    kind = pa.int32() if target.type == "date" else pa.int64()
    return pa.array(numbers, kind).take(encoded.indices).view(target.arrow)
