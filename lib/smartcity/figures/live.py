"""How fast a road is, in the four levels that the live page draws."""

from __future__ import annotations

import math
from typing import Final

from smartcity.figures.theme import COLOURS

LEVELS: Final = (
    ("not measured, or not shown", "#7b8794", 0.8),
    ("free: over 80 % of the limit", COLOURS[2], 1.6),
    ("slow: 60 to 80 %", COLOURS[4], 3.0),
    ("queue: below 60 %", COLOURS[1], 5.0),
)
"""Label, colour and width in pixels of each level of a road; wider where slower, so that colour is not alone."""


def level(share: float) -> int:
    """Return the level of a road by its speed as a part of the limit; NaN is not measured."""
    if math.isnan(share):
        return 0
    return 1 if share >= 0.8 else 2 if share >= 0.6 else 3
