"""INTERVAL with its fields: one type of months and one of microseconds, each with a mask of the fields that it keeps.

https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

from localcloud.redshift.sql.edits import Edit, after, before
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import string_value

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


def fields(tokens: Tokens, index: int) -> Fields | None:
    """Return the fields that begin there, such as `HOUR TO SECOND (3)`; None if none do."""
    first = tokens[index].upper if index < len(tokens) else ""
    if first not in _BITS:
        return None
    last, end = first, index + 1
    if end + 1 < len(tokens) and tokens[end].upper == "TO" and tokens[end + 1].upper in _BITS:
        last, end = tokens[end + 1].upper, end + 2
    name = MONTHS if first in _ALL[MONTHS] else SECONDS
    order = _ALL[name]
    kept = order[order.index(first) : order.index(last) + 1] if last in order else (first,)
    modifier = str(sum(1 << _BITS[field] for field in kept))
    if last == "SECOND" and end < len(tokens) and tokens[end].text == "(":
        modifier, end = f"{modifier},{tokens[end + 1].text}", closing(tokens, end) + 1
    return Fields(name, modifier, end)


def whole(name: str) -> str:
    """Return the type with all its fields, in the engine's words."""
    return f"{name.lower()}({sum(1 << _BITS[field] for field in _ALL[name])})"


def type_at(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """Return the type that begins there in the engine's words, and the index after it; None for another type."""
    name = tokens[index].upper
    if name in _ALL:
        return whole(name), index + 1
    qualifier = fields(tokens, index + 1) if name == "INTERVAL" else None
    return (f"{qualifier.type.lower()}({qualifier.modifier})", qualifier.end) if qualifier else None


def literal(tokens: Tokens, index: int) -> list[Edit]:
    """Return the changes to the literal that begins at INTERVAL: `INTERVAL '1-2' YEAR TO MONTH` gets its own type."""
    qualifier = fields(tokens, index + 2)
    if qualifier is None or tokens[index + 1].kind != "string":
        return []
    first, last = tokens[index], tokens[qualifier.end - 1]
    mixed = qualifier.type == MONTHS and _DAY_SECOND.search(string_value(tokens[index + 1]))
    # The engine drops days of a literal of months before anyone sees them.
    opening = "redshift_lab.months_of(" if mixed else "("
    return [before(first, opening), after(last, f")::{qualifier.type.lower()}({qualifier.modifier})")]
