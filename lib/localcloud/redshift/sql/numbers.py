"""Types of numbers, and the type of what is computed of two: precision and scale by Redshift's table.

https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from localcloud.redshift.protocol.modifiers import digits_of

_MAX = 38
_SHORT = 19
"""Digits of a decimal in eight bytes: a choice between such decimals stays one."""


class Number(NamedTuple):
    """A number: whole, decimal or floating; of the first two, the digits in all and those after the point."""

    kind: str
    precision: int = 0
    scale: int = 0

    @property
    def cast(self) -> str:
        """Return the end of a cast to this decimal."""
        return f"::numeric({self.precision},{self.scale})"


INT2, INT4, INT8 = (Number("whole", digits) for digits in (5, 10, 19))
FLOAT = Number("float")
_BY_OID = {21: INT2, 23: INT4, 20: INT8, 700: FLOAT, 701: FLOAT}
_NUMERIC = 1700


def of_column(oid: int, modifier: int) -> Number | None:
    """Return the type of a column as the engine describes it; None if it is not a number, or its scale unknown."""
    if oid == _NUMERIC and (digits := digits_of(modifier)) is not None:
        return Number("decimal", *digits)
    return _BY_OID.get(oid)


def of_literal(text: str) -> Number | None:
    """Return the type of a number as it is written."""
    if "e" in text.lower():
        return None
    whole, point, rest = text.partition(".")
    if not point:
        size = int(text)
        return INT4 if size < 2**31 else INT8 if size < 2**63 else decimal(len(text), 0)
    return decimal(max(len(whole.lstrip("0")) + len(rest), 1), len(rest))


def decimal(precision: int, scale: int) -> Number:
    """Return a decimal within the limit of all digits."""
    return Number("decimal", min(precision, _MAX), scale)


def computed(operator: str, left: Number | None, right: Number | None) -> Number | None:
    """Return the type of `left operator right`."""
    if left is None or right is None:
        return None
    if FLOAT in (left, right):
        return FLOAT
    if left.kind == right.kind == "whole":
        return max(left, right, key=lambda number: number.precision)
    (_, p1, s1), (_, p2, s2) = left, right
    if operator == "*":
        return decimal(p1 + p2 + 1, s1 + s2) if s1 + s2 < _MAX else None
    if operator == "/":
        scale = max(4, s1 + p2 - s2 + 1)
        precision = p1 - s1 + s2 + scale
        return decimal(precision, scale if precision <= _MAX else max(_MAX + scale - precision, 4))
    scale = max(s1, s2)
    return decimal(max(p1 - s1, p2 - s2) + 1 + scale, scale)


def common(numbers: Iterable[Number | None]) -> Number | None:
    """Return the type of one of several values, as COALESCE, CASE and UNION have it; None if one is not a number."""
    given = list(numbers)
    if not given or None in given:
        return None
    kinds = [number for number in given if number is not None]
    if FLOAT in kinds:
        return FLOAT
    if all(number.kind == "whole" for number in kinds):
        return max(kinds, key=lambda number: number.precision)
    scale = max(number.scale for number in kinds)
    precision = max(number.precision - number.scale for number in kinds) + scale
    limit = _SHORT if all(number.precision <= _SHORT for number in kinds) else _MAX
    return decimal(min(precision, limit), scale)
