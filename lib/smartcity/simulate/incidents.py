"""Accidents and other emergencies: where they happen, which lanes they close, and the ambulance that drives there.

A blocked lane takes more than its share: the remaining capacities come from the Highway Capacity Manual 2010, exhibit
10-17 (two lanes, one blocked: 0.35). One blocked lane of one leaves room to squeeze past (0.12, ours).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from smartcity.events import INCIDENT_TYPES
from smartcity.simulate.chance import Chance, Floats
from smartcity.simulate.city import LANES, City
from smartcity.simulate.fleet import MISSIONS, Fleet
from smartcity.simulate.flow import STEP_S, Traffic
from smartcity.simulate.queues import Queues
from smartcity.simulate.routing import Assignment, Routes
from smartcity.simulate.weather import CRASH_FACTOR

PER_MINUTE: Final = 0.0003
"""Emergencies a minute, road and full peak: far more than a real city has, so that an hour of lessons sees some."""
KIND_SHARE: Final = (0.5, 0.7, 0.76, 0.9, 1.0)
"""Upper ends of the shares of accident, breakdown, fire, medical, police."""
OPEN_PART: Final = ((1.0, 0.12), (1.0, 0.35))
"""Capacity that remains by lanes (1, 2) and lanes closed (0, 1)."""
PATIENCE_MS: Final = 45 * 60_000
"""Without a free unit an emergency ends without help after this time."""


@dataclass
class Incident:
    """One emergency and the times (ms since the epoch) of what happened; -1 for what does not have."""

    number: int
    kind: int
    severity: int
    road: int
    at_m: float
    lanes_closed: int
    start_ms: int
    clearance_ms: int
    times: list[int] = field(default_factory=lambda: [-1, -1, -1, -1])
    """By `events.INCIDENT_STATUSES`."""
    unit: int = -1
    queue_m: float = 0.0
    """The longest queue it caused, all branches added up, in metres; where and when it was."""
    queue_roads: tuple[int, ...] = ()
    queue_ms: int = -1

    @property
    def incident_id(self) -> str:
        """The id in events: the minute of the start and a number."""
        return f"inc-{self.number:09d}"


@dataclass(frozen=True)
class Notice:
    """An incident has reached a status at a time (ms since the epoch)."""

    incident: Incident
    status: int
    at_ms: int


class Incidents:
    """All emergencies under way. `begin` draws new ones each minute, `step` carries them on."""

    def __init__(self, city: City, ways: Routes, trips: Assignment, chance: Chance) -> None:
        self._city, self._ways, self._chance = city, ways, chance
        self.under_way: dict[int, Incident] = {}
        self._closed: list[Incident] = []
        self._queues = Queues(trips)

    def begin(self, traffic: Traffic, now_ms: int, bustle: float, rain_mm_h: Floats) -> None:
        """Draw the emergencies that start in the minute from `now_ms`."""
        wet = np.where(rain_mm_h > 0.1, CRASH_FACTOR, 1.0)
        danger = np.bincount(traffic.road, traffic.vehicles, len(rain_mm_h)) * wet
        wetness = float(danger.sum()) / max(float(traffic.vehicles.sum()), 1e-9)
        expected = PER_MINUTE * len(rain_mm_h) * bustle * wetness
        minute = now_ms // 60_000
        count = int(expected + float(self._chance.uniform("incidents", minute)))
        steps = np.cumsum(np.floor(danger * 1000))
        for nth in range(count):
            slot = next((s for s in range(MISSIONS) if s not in self.under_way), None)
            if slot is not None:
                self.under_way[slot] = self._draw(steps, minute, nth)

    def _draw(self, steps: Floats, minute: int, nth: int) -> Incident:
        def luck(use: str) -> float:
            return float(self._chance.uniform(use, minute, nth))

        road = int(np.searchsorted(steps, luck("where") * steps[-1], side="right"))
        kind = int(np.searchsorted(KIND_SHARE, luck("kind"), side="right"))
        severity = 1 + int(luck("severity") ** 2 * 5)
        closed = int(
            INCIDENT_TYPES[kind] in ("accident", "fire") or (INCIDENT_TYPES[kind] == "breakdown" and luck("lane") < 0.6)
        )
        start = minute * 60_000 + int(luck("when") * 60_000)
        at_m = float(np.floor(self._city.road_length_m[road] * (0.3 + 0.5 * luck("along"))))
        clearance = int((5 + 4 * severity + 6 * luck("clearance")) * 60_000)
        incident = Incident(minute % 10**7 * 100 + nth, kind, severity, road, at_m, closed, start, clearance)
        incident.times[0] = start + int((30 + 120 * luck("call")) * 1000)
        return incident

    def step(self, traffic: Traffic, fleet: Fleet, now_ms: int) -> list[Notice]:
        """Carry all emergencies through the step from `now_ms`; return what has changed."""
        notices = []
        traffic.open_lanes[:] = 1.0
        for slot, incident in list(self.under_way.items()):
            if now_ms >= incident.start_ms:
                notices += self._advance(slot, incident, fleet, now_ms)
                self._close_lanes(traffic, incident, now_ms)
            if incident.times[3] >= 0:
                self._closed.append(self.under_way.pop(slot))
        return notices

    def watch_queues(self, traffic: Traffic, now_ms: int) -> None:
        """Measure the queue upstream of each blocked road, and keep the longest."""
        for incident in self.under_way.values():
            if incident.lanes_closed and incident.start_ms <= now_ms:
                cells = self._queues.behind(traffic, incident.road, incident.at_m)
                length = float(traffic.cell_m[traffic.road[cells]].sum())
                if length > incident.queue_m:
                    incident.queue_m, incident.queue_ms = round(length, 1), now_ms
                    incident.queue_roads = tuple(np.unique(traffic.road[cells]).tolist())

    def take(self) -> list[Incident]:
        """Return the emergencies that ended since the last call."""
        closed, self._closed = self._closed, []
        return closed

    def end(self) -> None:
        """Count those still under way as ended, for the simulation is over."""
        self._closed += self.under_way.values()
        self.under_way = {}

    def _close_lanes(self, traffic: Traffic, incident: Incident, now_ms: int) -> None:
        if incident.times[3] < 0:
            cell = traffic.first[incident.road] + int(incident.at_m / traffic.cell_m[incident.road])
            lanes = int(LANES[self._city.road_class[incident.road]])
            traffic.open_lanes[cell] = min(traffic.open_lanes[cell], OPEN_PART[lanes - 1][incident.lanes_closed])

    def _advance(self, slot: int, incident: Incident, fleet: Fleet, now_ms: int) -> list[Notice]:
        times, until = incident.times, now_ms + STEP_S * 1000
        notices = []
        if now_ms <= times[0] < until:
            notices.append(Notice(incident, 0, times[0]))
        elif times[0] + 20_000 <= now_ms and incident.unit < 0 and self._dispatch(slot, incident, fleet):
            notices.append(self._mark(incident, 1, now_ms))
        elif incident.unit >= 0 and times[2] < 0 and fleet.on_scene(incident.unit):
            notices.append(self._mark(incident, 2, now_ms + int(fleet.phase_ms[incident.unit])))
        elif 0 <= times[2] <= now_ms - incident.clearance_ms or (incident.unit < 0 and now_ms - times[0] > PATIENCE_MS):
            notices.append(self._mark(incident, 3, now_ms))
            if incident.unit >= 0:
                fleet.release(incident.unit, now_ms)
        return notices

    @staticmethod
    def _mark(incident: Incident, status: int, at_ms: int) -> Notice:
        incident.times[status] = at_ms
        return Notice(incident, status, at_ms)

    def _dispatch(self, slot: int, incident: Incident, fleet: Fleet) -> bool:
        """Send the idle unit that is nearest by travel time; say whether there was one."""
        idle = fleet.idle_units()
        if not len(idle):
            return False
        way, seconds = self._ways.toward(self._city, int(self._city.road_from[incident.road]))
        unit = int(idle[np.argmin(seconds[self._city.road_to[fleet.road[idle]]])])
        fleet.send(unit, slot, incident.road, incident.at_m, way)
        incident.unit = unit
        return True
