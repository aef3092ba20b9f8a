"""The traffic of the whole city as a fluid: densities, queues that build, spill back and dissolve.

The cell transmission model with a triangular fundamental diagram (Daganzo 1994, "The cell transmission model",
Transportation Research B 28(4), 269-287) and its network form with first-in-first-out diverges (Daganzo 1995, B 29(2),
79-93). A cell sends min(v k, Q) and takes min(Q, w (k_jam - k)); vehicles are conserved exactly. Free speeds and
capacities of streets with signals are averages over green and red, so single stops at lights are not modelled.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from smartcity.simulate.chance import Floats, Ints
from smartcity.simulate.city import LANES, City
from smartcity.simulate.routing import Assignment

STEP_S: Final = 5
FREE_KMH: Final = np.array([80.0, 42.0, 26.0])
CAPACITY_VEH_H: Final = np.array([1800.0, 900.0, 500.0])
"""By lane and road class (`city.ROAD_CLASSES`)."""
JAM_VEH_KM: Final = 140.0
"""By lane: 7.1 m a vehicle."""
CREEP_M_S: Final = 0.5
PEAK_LOAD: Final = 1.05
"""Share of capacity used on the road at the 99th percentile, at the full morning or evening peak."""
PATIENCE: Final = 0.4
"""Share of drivers who wait if their next road is full; the others take another one."""


def wave_kmh(road_class: Ints) -> Floats:
    """Return the speed at which a queue's waves travel upstream."""
    free, capacity = FREE_KMH[road_class], CAPACITY_VEH_H[road_class]
    return np.asarray(capacity / (JAM_VEH_KM - capacity / free))


def speed_kmh(density: Floats, road_class: Ints, rain_speed: Floats, rain_capacity: Floats) -> Floats:
    """Return the mean speed at a density (vehicles a km and lane) on the triangular diagram, in rain or dry."""
    free, capacity = FREE_KMH[road_class] * rain_speed, CAPACITY_VEH_H[road_class] * rain_capacity
    queue = wave_kmh(road_class) * (JAM_VEH_KM - density)
    return np.minimum(free, np.minimum(capacity, queue) / np.maximum(density, 1e-9))


def _blend(intensity: Floats, by_pattern: Floats) -> Floats:
    """Return the sum over patterns, without BLAS: its sums differ from processor to processor."""
    return np.asarray((intensity[:, None] * by_pattern).sum(axis=0))


class Traffic:
    """State of all cells: `vehicles` in each, and `passed`, which left it in the last `step`."""

    def __init__(self, city: City, trips: Assignment) -> None:
        length, kind = city.road_length_m, city.road_class
        parts = np.maximum(1, np.floor(length / (FREE_KMH[kind] / 3.6 * STEP_S))).astype(np.int64)
        self.road = np.repeat(np.arange(len(length)), parts)
        self.first = np.cumsum(parts) - parts
        self.last = self.first + parts - 1
        self.cell_m = length / parts
        self.km = (self.cell_m / 1000)[self.road]
        self.kind, self.lanes = kind[self.road], LANES[kind][self.road].astype(np.float64)
        self.free, self.capacity = FREE_KMH[self.kind], CAPACITY_VEH_H[self.kind] * self.lanes
        self.wave, self.jam = wave_kmh(self.kind), JAM_VEH_KM * self.lanes
        self.vehicles = np.zeros(len(self.road))
        self.waiting = np.zeros(len(length))
        self.passed = np.zeros(len(self.road))
        self._inside = np.flatnonzero(np.diff(self.road) == 0)
        self._trips, self._turn_begin = trips, np.searchsorted(trips.turn_from, np.arange(len(length)))
        self._scale = self._full_peak(trips, kind)
        self.weather(np.ones(len(length)), np.ones(len(length)))
        self.open_lanes = np.ones(len(self.road))

    @staticmethod
    def _full_peak(trips: Assignment, kind: Ints) -> float:
        morning, evening, _ = trips.volume
        peak = np.maximum(morning + 0.2 * evening, 0.26 * morning + evening)
        load = peak * 3600 / (CAPACITY_VEH_H[kind] * LANES[kind])
        return float(np.round(PEAK_LOAD / np.sort(load)[int(len(load) * 0.99)], 6))

    def demand(self, intensity: Floats) -> None:
        """Set the trips of each pattern, 1 being a full peak."""
        turn, leave = _blend(intensity, self._trips.turn), _blend(intensity, self._trips.leave)
        out = np.add.reduceat(turn, self._turn_begin) + leave
        self._share = turn / np.maximum(out, 1e-12)[self._trips.turn_from]
        self._leave = np.where(out > 0, leave / np.maximum(out, 1e-12), 1.0)
        self._enter = _blend(intensity, self._trips.enter) * self._scale * STEP_S

    def weather(self, speed: Floats, capacity: Floats) -> None:
        """Set, by road, the remaining share of free speed and capacity."""
        self.rain_speed, self.rain_capacity = speed[self.road], capacity[self.road]

    def speed_m_s(self) -> Floats:
        """Return the mean speed in each cell by the diagram, at least walking pace."""
        limit = np.minimum(self.capacity * self.rain_capacity * self.open_lanes, self.wave * self._room())
        speed = np.minimum(self.free * self.rain_speed, limit / np.maximum(self.vehicles / self.km, 1e-9))
        return np.maximum(speed / 3.6, CREEP_M_S)

    def _room(self) -> Floats:
        return np.maximum(self.jam - self.vehicles / self.km, 0)

    def step(self) -> None:
        """Let `STEP_S` seconds pass."""
        hours = STEP_S / 3600
        most = self.capacity * self.rain_capacity * self.open_lanes
        send = np.minimum(
            np.minimum(self.free * self.rain_speed * self.vehicles / self.km, most) * hours, self.vehicles
        )
        take = np.minimum(most, self.wave * self._room()) * hours
        out = np.zeros_like(send)
        inside = self._inside
        out[inside] = np.minimum(send[inside], take[inside + 1])
        entered = self._cross(send, take, out)
        come = np.zeros_like(out)
        come[inside + 1] = out[inside]
        come[self.first] = entered
        self.vehicles = np.maximum(self.vehicles + come - out, 0)
        self.passed = out

    def _cross(self, send: Floats, take: Floats, out: Floats) -> Floats:
        """Move traffic over the intersections: fills `out` of last cells, returns what enters each road."""
        trips, roads = self._trips, len(self.first)
        self.waiting += self._enter
        begin = np.minimum(self.waiting, self.capacity[self.first] * STEP_S / 3600)
        want = self._share * send[self.last][trips.turn_from]
        demand = np.bincount(trips.turn_to, want, roads) + begin
        ratio = np.minimum(1.0, take[self.first] / np.maximum(demand, 1e-12))
        own = np.where(want > 0, ratio[trips.turn_to], 1.0)
        first_in_line = np.minimum.reduceat(own, self._turn_begin)[trips.turn_from]
        moved = want * (PATIENCE * first_in_line + (1 - PATIENCE) * own)
        ends = self._leave * send[self.last]
        out[self.last] = np.add.reduceat(moved, self._turn_begin) + ends * 1.0
        start = ratio * begin
        self.waiting -= start
        return np.asarray(np.bincount(trips.turn_to, moved, roads) + start)
