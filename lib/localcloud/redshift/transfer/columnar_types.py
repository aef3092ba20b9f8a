"""A column of Parquet or ORC in the type of its table's column, or the error that Redshift gives."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer import utf8
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.storage import Object
from localcloud.redshift.transfer.super_values import super_texts
from localcloud.redshift.transfer.target import Target

_INTEGERS = {"int2": (8, 16), "int4": (32,), "int8": (64,)}
_CHECKS = {
    "float4": pa.types.is_float32,
    "float8": pa.types.is_float64,
    "numeric": pa.types.is_decimal,
    "bool": pa.types.is_boolean,
    "date": pa.types.is_date,
    "timestamp": pa.types.is_timestamp,
    "timestamptz": pa.types.is_timestamp,
    "time": pa.types.is_time,
    "varbyte": pa.types.is_binary,
}
_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary)


def fitted(values: pa.Array, field: pa.Field, target: Target, file: Object, copy: Copy) -> pa.Array:
    """Return the values in the column's type. Raises SqlError if a type or a value does not fit."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if not _is_compatible(values.type, target, copy.serializetojson):
        raise SqlError(
            "XX000",
            f"Spectrum Scan Error: File '{file.url}' has an incompatible Parquet schema for column "
            f"'{file.url}.{field.name}'. Column type: {target.declared}, Parquet schema: {field}",
        )
    if target.required and values.null_count:
        raise SqlError("23502", f"Cannot insert a NULL value into column {target.name}")
    if target.type == "super":
        return super_texts(values, field.name)
    if target.is_text:
        return _checked_text(values, target, copy)
    if target.type == "varbyte":
        _check_length(values, target)
    try:
        nanoseconds = pa.types.is_timestamp(values.type) and values.type.unit == "ns"
        return values.cast(target.arrow, safe=not nanoseconds)  # a timestamp ends with its microseconds
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SqlError("22003", f'column "{target.name}": value does not fit {target.declared}: {error}') from None


def _is_compatible(given: pa.DataType, target: Target, nested: bool) -> bool:
    if pa.types.is_null(given):
        return True
    if target.type in _INTEGERS:
        return pa.types.is_signed_integer(given) and given.bit_width in _INTEGERS[target.type]
    if target.type == "super":
        return nested or not pa.types.is_nested(given)
    if target.type in _CHECKS:
        return bool(_CHECKS[target.type](given))
    return target.is_text and any(check(given) for check in _TEXT)


def _checked_text(values: pa.Array, target: Target, copy: Copy) -> pa.Array:
    text = _decoded(values, target, copy)
    if pc.any(pc.match_substring(text, "\0")).as_py():
        raise SqlError("22021", f'column "{target.name}" holds a null character, which text cannot have')
    if target.type == "bpchar" and pc.all(pc.string_is_ascii(text)).as_py() is False:
        raise SqlError("22021", f"Multibyte character not supported for CHAR (Hint: try using VARCHAR): {target.name}")
    _check_length(text, target)
    return text


def _check_length(values: pa.Array, target: Target) -> None:
    longest = pc.max(pc.binary_length(values)).as_py()
    if target.length is not None and longest is not None and longest > target.length:
        raise SqlError(
            "22001",
            f"Value too long for type {target.declared}: the length of the data column {target.name} is longer than "
            f"the length defined in the table. Table: {target.length}, Data: {longest}",
        )


def _decoded(values: pa.Array, target: Target, copy: Copy) -> pa.Array:
    """Return bytes as text; what is not UTF-8 is replaced with ACCEPTINVCHARS."""
    if copy.acceptinvchars:
        raw = values.cast(pa.binary()).to_pylist()
        return pa.array(
            [None if value is None else utf8.replaced(value, copy.acceptinvchars) for value in raw], pa.string()
        )
    try:
        text = values.cast(pa.string())
        text.validate(full=True)
    except pa.ArrowInvalid:
        raise SqlError(
            "22021",
            f'column "{target.name}": String contains invalid or unsupported UTF8 codepoints',
            hint="ACCEPTINVCHARS",
        ) from None
    return text
