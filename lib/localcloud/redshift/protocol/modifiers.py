"""Type modifiers of the engine: the length of a text, the precision and scale of a decimal.

https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
"""

from __future__ import annotations

_HEADER = 4
"""What the engine adds to each modifier that is given; without one it is -1."""


def digits_of(modifier: int) -> tuple[int, int] | None:
    """Return the digits of a decimal in all and after the point; None if it was declared without them."""
    if modifier < _HEADER:
        return None
    return (modifier - _HEADER) >> 16 & 0xFFFF, (modifier - _HEADER) & 0x7FF


def modifier_of(precision: int, scale: int) -> int:
    """Return the modifier of a decimal."""
    return (precision << 16 | scale) + _HEADER


def length_of(modifier: int) -> int | None:
    """Return the most bytes of a text; None if it was declared without a length."""
    return modifier - _HEADER if modifier >= _HEADER else None


def with_length(length: int) -> int:
    """Return the modifier of a text or VARBYTE of a length."""
    return length + _HEADER
