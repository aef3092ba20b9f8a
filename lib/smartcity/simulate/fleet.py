"""The connected vehicles on the road: they choose places, follow routes, and drive as fast as the traffic lets them.

Each vehicle has a clock of its own, up to `STEP_S` behind the city's; all its moves and reports use that clock.
It drives at the mean speed of its cell (see `flow`) times the habit of its driver; ambulances on a mission pass queues.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from smartcity.simulate.chance import Bools, Chance, Floats, Ints
from smartcity.simulate.city import City
from smartcity.simulate.config import Config
from smartcity.simulate.flow import STEP_S, Traffic
from smartcity.simulate.models import BUS, EMERGENCY, PRIVATE, vehicle_types
from smartcity.simulate.routing import WORK, Routes

DRIVING, STANDING, PARKED = 0, 1, 2
"""A standing vehicle reports speed 0; a parked one has its ignition off and reports nothing."""
MISSIONS: Final = 64
"""The maximum number of emergencies at a time."""
SIREN: Final = 1.25
"""An ambulance on a mission drives this much faster than free traffic, and at least `SIREN_M_S` past a queue."""
SIREN_M_S: Final = 8.0
FASTEST_KMH: Final = 130.0
STOP_S: Final = np.array([240, 60, 25, 150, 600])
"""Mean time between two trips by vehicle type; that of private cars grows as the city travels less."""
NEVER_MS: Final = 2**62
LINES: Final = 6
LINE_STOPS: Final = 8


@dataclass(frozen=True)
class Passing:
    """Vehicles that passed a camera: who, where, and when (ms since the epoch), one entry each."""

    camera: Ints
    vehicle: Ints
    at_ms: Ints

    @classmethod
    def join(cls, parts: list[Passing]) -> Passing:
        """Return all passings of `parts`, in their order."""
        none = cls(*(np.zeros(0, np.int64),) * 3)
        return cls(
            *(np.concatenate([getattr(p, name) for p in (none, *parts)]) for name in ("camera", "vehicle", "at_ms"))
        )


class Fleet:
    """State of all vehicles; `step` moves them by `STEP_S` seconds."""

    def __init__(self, city: City, ways: Routes, chance: Chance, config: Config) -> None:
        self._city, self._chance = city, chance
        self.types = vehicle_types(config.vehicles)
        each = np.arange(config.vehicles)
        self.phase_ms = chance.whole("phase", each, below=STEP_S * 1000)
        self.habit = np.clip(1 + 0.08 * chance.normal("habit", each), 0.8, 1.2)
        self._plan_places(ways)
        self._place_cameras()
        self.mission_road = np.full(MISSIONS, -1)
        self.mission_m = np.full(MISSIONS, np.inf)
        self.stop = chance.whole("first_stop", each, below=LINE_STOPS)
        self.road = chance.whole("first_road", each, below=len(city.road_from))
        self.at_m = city.road_length_m[self.road].copy()
        self.state = np.where((self.types == EMERGENCY) | (self.types == PRIVATE), PARKED, STANDING)
        self.goal = np.zeros(config.vehicles, np.int64)
        self.wake_ms = np.where(self.types == EMERGENCY, NEVER_MS, chance.whole("wake", each, below=600) * 1000)
        self.odometer_m = np.floor(chance.uniform("odometer", each, low=5e6, high=2e8))
        self.speed_m_s = np.zeros(config.vehicles)
        self.bustle = 1.0

    def _plan_places(self, ways: Routes) -> None:
        self._places, nodes = ways.next_road.shape
        self.next_road = np.concatenate([ways.next_road, np.full((MISSIONS, nodes), -1)])
        self.place_node = np.concatenate([ways.place_node, np.full(MISSIONS, -1)])
        weight = WORK[self._city.node_district[ways.place_node]] + 0.3
        self._attraction = np.cumsum(np.round(weight * 10)).astype(np.int64)
        stops = np.arange(LINE_STOPS)
        self._lines = self._chance.whole("line", np.arange(LINES)[:, None], stops, below=self._places)

    def _place_cameras(self) -> None:
        roads, cameras = len(self._city.road_from), self._city.camera_road
        self._camera, self._camera_at_m = np.full(roads, -1), np.full(roads, np.inf)
        self._camera[cameras], self._camera_at_m[cameras] = np.arange(len(cameras)), self._city.camera_at_m

    def step(self, traffic: Traffic, now_ms: int) -> Passing:
        """Move all vehicles through the `STEP_S` seconds from `now_ms` (each on its own clock)."""
        self._wake(now_ms)
        who = np.flatnonzero(self.state == DRIVING)
        self.speed_m_s[:] = 0
        self.speed_m_s[who] = self._speeds(who, traffic)
        left = self.speed_m_s * STEP_S
        passed = []
        while len(who):
            passing, who = self._advance(who, left, now_ms)
            passed.append(passing)
        return Passing.join(passed)

    def reporting(self) -> Bools:
        """Return which vehicles have their ignition on."""
        return np.asarray(self.state != PARKED)

    def idle_units(self) -> Ints:
        """Return the emergency vehicles that wait for a mission."""
        return np.flatnonzero((self.types == EMERGENCY) & (self.state == PARKED))

    def send(self, unit: int, slot: int, road: int, at_m: float, way: Ints) -> None:
        """Send an emergency vehicle to a point of a road; `way` is the next road from each node to where it begins."""
        self.mission_road[slot], self.mission_m[slot] = road, at_m
        self.next_road[self._places + slot] = way
        self.next_road[self._places + slot, self._city.road_from[road]] = road
        self.goal[unit] = self._places + slot
        self._depart(np.array([unit]))

    def on_scene(self, unit: int) -> bool:
        """Return whether a vehicle on a mission has arrived."""
        return bool(self.state[unit] == STANDING)

    def release(self, unit: int, now_ms: int) -> None:
        """Send a vehicle from its mission to a place in the city, where it waits for the next one."""
        self.goal[unit] = self._next_goal(np.array([unit]), now_ms)[0]
        self.state[unit] = DRIVING

    def _wake(self, now_ms: int) -> None:
        who = np.flatnonzero((self.state != DRIVING) & (self.wake_ms <= now_ms))
        self.goal[who] = self._next_goal(who, now_ms)
        self._depart(who)

    def _next_goal(self, who: Ints, now_ms: int) -> Ints:
        draw = self._chance.whole("goal", who, now_ms, below=int(self._attraction[-1]))
        goal = np.searchsorted(self._attraction, draw, side="right")
        bus = self.types[who] == BUS
        self.stop[who[bus]] = (self.stop[who[bus]] + 1) % LINE_STOPS
        goal[bus] = self._lines[who[bus] % LINES, self.stop[who[bus]]]
        here = self._city.road_to[self.road[who]]
        return np.asarray(np.where(self.place_node[goal] == here, (goal + 1) % self._places, goal))

    def _depart(self, who: Ints) -> None:
        self.road[who] = self.next_road[self.goal[who], self._city.road_to[self.road[who]]]
        self.at_m[who] = 0
        self.state[who] = DRIVING
        self.wake_ms[who] = NEVER_MS

    def _speeds(self, who: Ints, traffic: Traffic) -> Floats:
        road = self.road[who]
        part = np.floor(self.at_m[who] / traffic.cell_m[road]).astype(np.int64)
        cell = np.minimum(traffic.first[road] + part, traffic.last[road])
        speed = traffic.speed_m_s()[cell] * self.habit[who]
        urgent = np.flatnonzero(self.goal[who] >= self._places)
        free = traffic.free[cell[urgent]] / 3.6 * traffic.rain_speed[cell[urgent]]
        speed[urgent] = np.maximum(free * SIREN, SIREN_M_S)
        return np.asarray(np.minimum(speed, FASTEST_KMH / 3.6), dtype=np.float64)

    def _advance(self, who: Ints, left: Floats, now_ms: int) -> tuple[Passing, Ints]:
        """Drive as far as `left` metres, the road or the mission goes; return also who has turned into a next road."""
        road, start = self.road[who], self.at_m[who]
        scene = self._scene_m(who)
        end = np.minimum(np.minimum(self._city.road_length_m[road], start + left[who]), scene)
        passing = self._read_cameras(who, end, left, now_ms)
        left[who] -= end - start
        self.odometer_m[who] += end - start
        self.at_m[who] = end
        self._halt(who[end >= scene], left, now_ms)
        return passing, self._turn(who[(end < scene) & (end >= self._city.road_length_m[road])], left, now_ms)

    def _scene_m(self, who: Ints) -> Floats:
        """Return where on its present road each vehicle's mission waits, infinity where it does not."""
        scene = np.full(len(who), np.inf)
        urgent = np.flatnonzero(self.goal[who] >= self._places)
        slot = self.goal[who[urgent]] - self._places
        there = self.road[who[urgent]] == self.mission_road[slot]
        scene[urgent[there]] = self.mission_m[slot[there]]
        return scene

    def _read_cameras(self, who: Ints, end: Floats, left: Floats, now_ms: int) -> Passing:
        camera_m = self._camera_at_m[self.road[who]]
        seen = (self.at_m[who] < camera_m) & (camera_m <= end)
        if not seen.any():
            return Passing.join([])
        who, to_camera = who[seen], (camera_m - self.at_m[who])[seen]
        driven = self.speed_m_s[who] * STEP_S - left[who] + to_camera
        after_ms = np.floor(driven / self.speed_m_s[who] * 1000).astype(np.int64)
        return Passing(self._camera[self.road[who]], who, now_ms + self.phase_ms[who] + after_ms)

    def _turn(self, who: Ints, left: Floats, now_ms: int) -> Ints:
        node = self._city.road_to[self.road[who]]
        there = self.place_node[self.goal[who]] == node
        self._halt(who[there], left, now_ms)
        onward = who[~there]
        self.road[onward] = self.next_road[self.goal[onward], node[~there]]
        self.at_m[onward] = 0
        return np.asarray(onward)

    def _halt(self, who: Ints, left: Floats, now_ms: int) -> None:
        left[who] = 0
        kind, mission = self.types[who], self.goal[who] >= self._places
        mean = STOP_S[kind] / np.where(kind == PRIVATE, self.bustle, 1.0)
        wait = np.floor((self._chance.exponential("stop", who, now_ms) + 0.2) * mean * 1000).astype(np.int64)
        self.wake_ms[who] = np.where(kind == EMERGENCY, NEVER_MS, now_ms + wait)
        self.state[who] = np.where((kind == PRIVATE) | ((kind == EMERGENCY) & ~mission), PARKED, STANDING)
