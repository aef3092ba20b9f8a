"""What one browser sees: a moment of the whole city or of one district."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from smartcity.dashboard.state import Incident, Live, Minute
from smartcity.events import LATENESS_LIMIT_S

WINDOW_MIN: Final = 5
"""The map shows the mean of this many minutes, because a road sees few connected vehicles in one."""

SHOWN_MIN: Final = 60
ENOUGH: Final = 5
"""A mean speed of fewer readings is not reliable."""

QUEUE: Final = 0.6
"""A road with a lower mean speed than this part of its limit is in a queue."""


@dataclass(frozen=True)
class Districts:
    """What the cameras saw by district in a minute, which is final when no event of it can be taken any more."""

    minute: int
    final: bool
    rows: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class View:
    """A moment: the speed of each road as a part of its limit (NaN: not measured), series over time, what is open."""

    at: datetime | None
    first: int
    last: int
    share: np.ndarray
    inside: np.ndarray
    speed: float | None = None
    times: list[datetime] = field(default_factory=list)
    series: dict[str, list[float | None]] = field(default_factory=dict)
    incidents: list[tuple[str, Incident, str]] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    districts: Districts | None = None

    @property
    def queues(self) -> int:
        """Return how many roads are in a queue."""
        return int(np.sum(self.share[self.inside] < QUEUE))

    def now(self, name: str) -> float | None:
        """Return the newest value of a series that is known."""
        return next((value for value in reversed(self.series.get(name, [])) if value is not None), None)


def view(live: Live, district: str | None = None, minute: int | None = None) -> View:
    """Return what is seen of a district (None: all) at a minute since the epoch (None: now)."""
    with live.lock:
        inside = (live.roads["district"] == district).to_numpy() if district else np.ones(len(live.roads), bool)
        if live.newest is None or not live.minutes:
            return View(None, 0, 0, np.full(len(live.roads), np.nan), inside)
        last = int(live.newest.timestamp()) // 60
        first = min(last, *live.minutes)
        here = last if minute is None else min(max(minute, first), last)
        at = live.newest if here == last else datetime.fromtimestamp(here * 60 + 59, UTC)
        numbers = range(max(first, here - SHOWN_MIN + 1), here + 1)
        by_number = {number: live.minutes[number] for number in numbers if number in live.minutes}
        recent = [by_number[number] for number in numbers if number > here - WINDOW_MIN and number in by_number]
        return View(
            at,
            first,
            last,
            _share(live, recent),
            inside,
            _speed(recent, inside),
            [datetime.fromtimestamp(number * 60, UTC) for number in numbers],
            _series([by_number.get(number) for number in numbers], inside),
            _open(live, at, district),
            [
                alert
                for alert in live.alerts
                if alert["at"] <= at + timedelta(minutes=1) and _is_inside(live, alert, district)
            ],
            _districts(live, here),
        )


def _share(live: Live, minutes: list[Minute]) -> np.ndarray:
    readings, speeds = (
        np.sum([getattr(minute, name) for minute in minutes], axis=0) for name in ("readings", "speeds")
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(readings > 0, speeds / readings, np.nan) / live.roads["speed_limit_kmh"].to_numpy())


def _series(minutes: list[Minute | None], inside: np.ndarray) -> dict[str, list[float | None]]:
    everywhere = np.ones(len(inside), bool)
    return {
        "city": [_speed([minute] if minute else [], everywhere) for minute in minutes],
        "district": [_speed([minute] if minute else [], inside) for minute in minutes],
        **{name: [_mean(minute, name) for minute in minutes] for name in ("flow", "rain", "air")},
    }


def _speed(minutes: list[Minute], inside: np.ndarray) -> float | None:
    """Return the mean speed in km/h over minutes, or None if there are too few readings for one."""
    readings = sum(int(minute.readings[inside].sum()) for minute in minutes)
    return sum(float(minute.speeds[inside].sum()) for minute in minutes) / readings if readings >= ENOUGH else None


def _mean(minute: Minute | None, name: str) -> float | None:
    if minute is None or not minute.sums[f"{name}#"]:
        return None
    return minute.sums[name] / minute.sums[f"{name}#"]


def _open(live: Live, at: datetime, district: str | None) -> list[tuple[str, Incident, str]]:
    """Return the open incidents at a time, the most serious first, each with its status at that time."""
    listed = []
    for name, incident in live.incidents.items():
        reached = [status for status, since in incident.times.items() if since <= at]
        if reached and "resolved" not in reached and _is_inside(live, {"road_id": incident.road_id}, district):
            listed.append((name, incident, max(reached, key=lambda status: incident.times[status])))
    return sorted(listed, key=lambda each: (-each[1].severity, each[0]))


def _districts(live: Live, here: int) -> Districts | None:
    """Return the newest minute of districts up to a minute, unless it is long past."""
    known = [number for number in live.districts if here - SHOWN_MIN < number <= here]
    if not known or live.newest is None:
        return None
    minute = max(known)
    final = live.newest.timestamp() >= (minute + 1) * 60 + LATENESS_LIMIT_S
    return Districts(minute, final, dict(live.districts[minute]))


def _is_inside(live: Live, thing: dict[str, Any], district: str | None) -> bool:
    row = live.road_of.get(thing.get("road_id", ""))
    return district is None or (row is not None and live.roads["district"].iat[row] == district)
