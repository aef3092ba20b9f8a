"""INTERVAL with its fields: one type of months and one of microseconds, each with a mask of the fields that it keeps.

https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

from localcloud.redshift.sql.lexer import Edit, Token, closing, string_value

MONTHS, SECONDS = "INTERVALY2M", "INTERVALD2S"
"""Redshift's names of the types."""
_BITS = {"YEAR": 2, "MONTH": 1, "DAY": 3, "HOUR": 10, "MINUTE": 11, "SECOND": 12}
"""Field -> its bit in the engine's modifier of an interval."""
_ALL = {MONTHS: ("YEAR", "MONTH"), SECONDS: ("DAY", "HOUR", "MINUTE", "SECOND")}
_DAY_SECOND = re.compile(r":|(?:\d|\b)(?:w|d|h|min|s|ms|us|(?:week|day|hour|hr|minute|sec|second)s?)\b", re.IGNORECASE)


class Fields(NamedTuple):
    """The fields after INTERVAL: the type, its modifier as the engine takes it, and the index after them."""

    type: str
    modifier: str
    end: int


def fields(words: list[Token], place: int) -> Fields | None:
    """Return the fields that begin there, such as `HOUR TO SECOND (3)`; None where none do."""
    first = words[place].upper if place < len(words) else ""
    if first not in _BITS:
        return None
    last, end = first, place + 1
    if end + 1 < len(words) and words[end].upper == "TO" and words[end + 1].upper in _BITS:
        last, end = words[end + 1].upper, end + 2
    name = MONTHS if first in _ALL[MONTHS] else SECONDS
    order = _ALL[name]
    kept = order[order.index(first) : order.index(last) + 1] if last in order else (first,)
    modifier = str(sum(1 << _BITS[field] for field in kept))
    if last == "SECOND" and end < len(words) and words[end].text == "(":
        modifier, end = f"{modifier},{words[end + 1].text}", closing(words, end) + 1
    return Fields(name, modifier, end)


def whole(name: str) -> str:
    """Return the type with all its fields, in the engine's words."""
    return f"{name.lower()}({sum(1 << _BITS[field] for field in _ALL[name])})"


def type_at(words: list[Token], place: int) -> tuple[str, int] | None:
    """Return the type that begins there in the engine's words, and the index after it; None for another type."""
    name = words[place].upper
    if name in _ALL:
        return whole(name), place + 1
    found = fields(words, place + 1) if name == "INTERVAL" else None
    return (f"{found.type.lower()}({found.modifier})", found.end) if found else None


def literal(words: list[Token], place: int) -> list[Edit]:
    """Return the changes to the literal that begins at INTERVAL: `INTERVAL '1-2' YEAR TO MONTH` gets its own type."""
    found = fields(words, place + 2)
    if found is None or words[place + 1].kind != "string":
        return []
    first, last = words[place], words[found.end - 1]
    mixed = found.type == MONTHS and _DAY_SECOND.search(string_value(words[place + 1]))
    # The engine drops days of a literal of months before anyone sees them.
    before, after = ("redshift_lab.months_of(", ")") if mixed else ("(", ")")
    return [
        Edit(first.start, first.start, before),
        Edit(last.end, last.end, f"{after}::{found.type.lower()}({found.modifier})"),
    ]
