"""When the city travels: trips by hour of the day and weekday, and the crowds of a match in the stadium.

The two-peaked weekday and the single broad hump of a weekend are the usual shape of urban counts (National Academies
2012, NCHRP report 716, "Travel Demand Forecasting: Parameters and Techniques", chapter 4.5).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import numpy as np

from smartcity.simulate.chance import Floats

_MORNING: Final = (8, 5, 4, 4, 7, 22, 55, 90, 100, 72, 50, 45, 44, 42, 40, 36, 32, 30, 26, 22, 17, 14, 12, 10)
_EVENING: Final = (10, 6, 4, 4, 4, 6, 10, 15, 20, 24, 30, 36, 42, 46, 54, 68, 86, 100, 88, 62, 46, 34, 24, 15)
_WEEKEND: Final = (14, 9, 6, 5, 5, 6, 9, 14, 22, 34, 44, 50, 52, 50, 48, 48, 48, 46, 42, 36, 28, 22, 20, 17)
MATCH_DAYS: Final = (2, 5)
"""Wednesday and Saturday; kick-off at 20:00."""


def intensity(at_ms: int) -> Floats:
    """Return the trips of each of `routing.PATTERNS` at a time (ms since the epoch, UTC); 1 is a full peak."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    hour = at.hour + at.minute / 60
    if at.weekday() >= 5:
        both = _curve(_WEEKEND, hour) * 0.5
        return np.array([both, both, _crowd(at, hour)])
    return np.array([_curve(_MORNING, hour), _curve(_EVENING, hour), _crowd(at, hour)])


def _curve(by_hour: tuple[int, ...], hour: float) -> float:
    whole = int(hour)
    part = hour - whole
    return (by_hour[whole] * (1 - part) + by_hour[(whole + 1) % 24] * part) / 100


def _crowd(at: datetime, hour: float) -> float:
    """Return the share of a peak that drives to the match, from 18:30 to 20:15."""
    if at.weekday() not in MATCH_DAYS or not 18.5 <= hour < 20.25:
        return 0.0
    return min(0.25, (hour - 18.5) * 0.5)
