"""Compression encodings, and the types of columns that each is for.

https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.typenames import (
    BIGINTS,
    BOOLEANS,
    CHARS,
    DATES,
    DECIMALS,
    FLOATS,
    INTEGERS,
    MOMENTS,
    SPATIAL,
    TIMES,
    VARCHARS,
    WHOLE,
)

_VARCHARS = VARCHARS | {"CHARACTER"}
_CHARS = CHARS - {"CHARACTER"}
_NUMBERS = WHOLE | DECIMALS
_ANY = _NUMBERS | FLOATS | BOOLEANS | DATES | MOMENTS | TIMES | _VARCHARS | _CHARS | SPATIAL

TYPES: dict[str, frozenset[str] | None] = {
    "AUTO": None,
    "AZ64": _NUMBERS | DATES | MOMENTS | TIMES,
    "BYTEDICT": _NUMBERS | FLOATS | DATES | MOMENTS | _VARCHARS | _CHARS,
    "DELTA": _NUMBERS | DATES | MOMENTS,
    "DELTA32K": BIGINTS | INTEGERS | DECIMALS | DATES | MOMENTS,
    "LZO": None,
    "MOSTLY8": _NUMBERS,
    "MOSTLY16": BIGINTS | INTEGERS | DECIMALS,
    "MOSTLY32": BIGINTS | DECIMALS,
    "NONE": None,
    "RAW": None,
    "RUNLENGTH": None,
    "TEXT255": _VARCHARS,
    "TEXT32K": _VARCHARS,
    "ZSTD": None,
}
"""Encoding -> the types that it is for; None if it is for all of those that the page lists."""
_NOT_LZO = BOOLEANS | FLOATS


def check(encoding: str, kind: str, column: str) -> None:
    """Raise SqlError at an encoding that Redshift does not have, or not for columns of a type (empty: not known)."""
    name = encoding.upper()
    if name not in TYPES:
        raise SqlError("42601", f'encoding type "{encoding.lower()}" does not exist')
    allowed = TYPES[name]
    wrong = allowed is not None and kind not in allowed
    wrong = wrong or (kind in SPATIAL and name not in ("AUTO", "RAW", "NONE"))
    if kind in _ANY and (wrong or (name == "LZO" and kind in _NOT_LZO)):
        raise SqlError(
            "0A000", f'encoding {name.lower()} is not supported for column "{column}" of type {kind.lower()}'
        )
