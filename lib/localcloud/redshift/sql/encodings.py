"""Compression encodings, and the types of columns that each is for.

https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError

_INTEGERS = {"SMALLINT", "INT2", "INTEGER", "INT", "INT4", "BIGINT", "INT8"}
_LONG = {"BIGINT", "INT8"}
_DECIMALS = {"DECIMAL", "NUMERIC", "DEC"}
_FLOATS = {"REAL", "FLOAT4", "DOUBLE", "FLOAT8", "FLOAT"}
_BOOLEANS = {"BOOLEAN", "BOOL"}
_DATES = {"DATE"}
_MOMENTS = {"TIMESTAMP", "TIMESTAMPTZ", "DATETIME"}
_TIMES = {"TIME", "TIMETZ"}
_VARCHARS = {"VARCHAR", "NVARCHAR", "TEXT", "STRING", "CHARACTER"}
_CHARS = {"CHAR", "NCHAR", "BPCHAR"}
_NUMBERS = _INTEGERS | _DECIMALS
_ANY = _NUMBERS | _FLOATS | _BOOLEANS | _DATES | _MOMENTS | _TIMES | _VARCHARS | _CHARS
_SHORTER = _INTEGERS - _LONG - {"SMALLINT", "INT2"}

TYPES: dict[str, set[str] | None] = {
    "AUTO": None,
    "AZ64": _NUMBERS | _DATES | _MOMENTS | _TIMES,
    "BYTEDICT": _NUMBERS | {"REAL", "FLOAT4", "DOUBLE", "FLOAT8", "FLOAT"} | _DATES | _MOMENTS | _VARCHARS | _CHARS,
    "DELTA": _NUMBERS | _DATES | _MOMENTS,
    "DELTA32K": _LONG | _SHORTER | _DECIMALS | _DATES | _MOMENTS,
    "LZO": None,
    "MOSTLY8": _NUMBERS,
    "MOSTLY16": _LONG | _SHORTER | _DECIMALS,
    "MOSTLY32": _LONG | _DECIMALS,
    "NONE": None,
    "RAW": None,
    "RUNLENGTH": None,
    "TEXT255": _VARCHARS,
    "TEXT32K": _VARCHARS,
    "ZSTD": None,
}
"""Encoding -> the types that it is for; None if it is for all of those that the page lists."""
_NOT_LZO = _BOOLEANS | _FLOATS


def check(encoding: str, kind: str, column: str) -> None:
    """Raise SqlError at an encoding that Redshift does not have, or not for columns of a type (empty: not known)."""
    name = encoding.upper()
    if name not in TYPES:
        raise SqlError("42601", f'encoding type "{encoding.lower()}" does not exist')
    allowed = TYPES[name]
    wrong = allowed is not None and kind not in allowed
    if kind in _ANY and (wrong or (name == "LZO" and kind in _NOT_LZO)):
        raise SqlError(
            "0A000", f'encoding {name.lower()} is not supported for column "{column}" of type {kind.lower()}'
        )
