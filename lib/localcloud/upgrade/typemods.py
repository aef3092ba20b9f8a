"""Redshift's INTERVAL types: PostgreSQL shows their fields as words that it reads of its own INTERVAL only."""

from __future__ import annotations

import re

_BITS = {"month": 1, "year": 2, "day": 3, "hour": 10, "minute": 11, "second": 12}
"""What a field is in the number of a type's modifier (PostgreSQL's `datetime.h`)."""
_ORDER = ("year", "month", "day", "hour", "minute", "second")
_ALL = 0x7FFF
_FIELD = "|".join(_ORDER)
_TYPE = re.compile(rf"\b(intervaly2m|intervald2s)\b(?: ({_FIELD})\b(?: to ({_FIELD})\b)?)?(?:\((\d)\))?")


def readable(script: str) -> str:
    """Return definitions with numbers instead of the words: `intervaly2m(6)` for `intervaly2m year to month`."""
    return _TYPE.sub(_numbered, script)


def _numbered(match: re.Match[str]) -> str:
    name, first, last, precision = match.groups()
    if first is None and precision is None:
        return match[0]
    fields = _ORDER[_ORDER.index(first) : _ORDER.index(last or first) + 1] if first else ()
    mask = sum(1 << _BITS[field] for field in fields) or _ALL
    return f"{name}({mask}{',' + precision if precision else ''})"
