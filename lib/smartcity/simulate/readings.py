"""What vehicles report: their engine computer the true position every 30 s, their phone a noisy one every 10 s.

A phone has no position in a tunnel. Where a tunnel costs the network, both keep their reports until it is back.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa

from smartcity.simulate.chance import Chance, Ints
from smartcity.simulate.city import City
from smartcity.simulate.clocks import Clocks
from smartcity.simulate.columns import Decimals, Events, event_ids, names
from smartcity.simulate.fleet import Fleet
from smartcity.simulate.flow import STEP_S
from smartcity.simulate.models import registry

GPS_EVERY_S: Final = 10
VEHICLE_EVERY_S: Final = 30
GPS_SIGMA_M: Final = 4.0
"""Typical error of a phone in a street, by axis (4.9 m within 68 %: van Diggelen & Enge 2015)."""
_MICRODEGREES_M: Final = (1e6 / 111_320.0, 1e6 / (111_320.0 * 0.70710678))


class VehicleReadings:
    """Collects reports of engine computers and phones step by step; `take` gives those of a block."""

    def __init__(self, city: City, fleet: Fleet, chance: Chance, clocks: Clocks) -> None:
        self._city, self._fleet, self._chance, self._clocks = city, fleet, chance, clocks
        count = len(fleet.types)
        known = registry(chance, fleet.types)
        self._registry = {name: known[name].combine_chunks() for name in known.column_names}
        self._devices = {"vehicle_data": names("obd", count, 6), "gps_data": names("gps", count, 6)}
        self._every = {"vehicle_data": VEHICLE_EVERY_S // STEP_S, "gps_data": GPS_EVERY_S // STEP_S}
        self._snaps: dict[str, list[tuple[Any, ...]]] = {topic: [] for topic in self._every}
        self._turn = np.arange(count)
        self._in_tunnel = np.zeros(count, bool)
        self._cut_ms, self._back_ms = np.zeros(count, np.int64), np.zeros(count, np.int64)

    def report(self, now_ms: int) -> None:
        """Let the vehicles whose turn it is report at their own time in the step from `now_ms`."""
        fleet = self._fleet
        self._lose_network(now_ms)
        on, step = fleet.reporting(), now_ms // (STEP_S * 1000)
        for topic, every in self._every.items():
            who = np.flatnonzero(on & ((self._turn + step) % every == 0) & ~(self._in_tunnel & (topic == "gps_data")))
            at = now_ms + fleet.phase_ms[who]
            back, cut = self._back_ms[who], self._cut_ms[who]
            send = np.where(back > at, back + (at - cut) // 1000, at)
            snap = (who, at, send, fleet.road[who], fleet.at_m[who], fleet.speed_m_s[who], fleet.odometer_m[who])
            self._snaps[topic].append(snap)

    def _lose_network(self, now_ms: int) -> None:
        inside = self._city.road_crossing[self._fleet.road] == 2
        entered = np.flatnonzero(inside & ~self._in_tunnel & self._fleet.reporting())
        at = now_ms + self._fleet.phase_ms[entered]
        lost = self._clocks.offline_ms(entered, now_ms)
        gone = (lost > 0) & (self._back_ms[entered] <= at)
        self._cut_ms[entered[gone]], self._back_ms[entered[gone]] = at[gone], (at + lost)[gone]
        self._in_tunnel = inside

    def take(self) -> list[Events]:
        """Return the reports since the last call, in the order of their times within each topic."""
        return [self._events(topic) for topic in self._snaps]

    def _events(self, topic: str) -> Events:
        who, at, send, road, at_m, speed, odometer = (
            np.concatenate(part) for part in zip(*self._snaps[topic], strict=True)
        )
        self._snaps[topic] = []
        latitude, longitude = self._city.locate(road, at_m)
        columns = self._envelope(topic, who, at)
        motion = (latitude, longitude, np.round(speed * 36).astype(np.int64), self._city.road_direction_ddeg[road])
        if topic == "gps_data":
            columns |= self._fix(who, at, motion)
        else:
            columns |= _motion(*motion) | self._bought(who)
            columns["road_id"] = self._city.road_ids.take(pa.array(road))
            columns["odometer_km"] = Decimals(np.floor(odometer / 100).astype(np.int64), 1)
        return Events(topic, columns, who, at, send)

    def _envelope(self, topic: str, who: Ints, at: Ints) -> dict[str, pa.Array | Decimals]:
        device_id = self._devices[topic].take(pa.array(who))
        clock = at + self._clocks.offset_ms(topic, who, at)
        known = {name: self._registry[name].take(pa.array(who)) for name in ("vehicle_id", "vehicle_type")}
        return {"event_id": event_ids(device_id, at), "device_id": device_id, "event_time": pa.array(clock), **known}

    def _bought(self, who: Ints) -> dict[str, pa.Array]:
        return {name: self._registry[name].take(pa.array(who)) for name in ("make", "model", "year", "fuel_type")}

    def _fix(self, who: Ints, at: Ints, motion: tuple[Ints, ...]) -> dict[str, pa.Array | Decimals]:
        """Return position, speed and direction as a phone measures them, with the accuracy it reports."""
        latitude, longitude, speed, direction = motion
        quality = np.round(GPS_SIGMA_M * (0.6 + 0.8 * self._chance.uniform("gps_quality", who, at)), 1)
        north, east, faster, turn = (self._chance.normal(use, who, at) for use in ("gps_n", "gps_e", "gps_v", "gps_d"))
        latitude = latitude + np.floor(north * quality * _MICRODEGREES_M[0]).astype(np.int64)
        longitude = longitude + np.floor(east * quality * _MICRODEGREES_M[1]).astype(np.int64)
        speed = np.where(speed > 0, np.maximum(speed + np.round(faster * 6).astype(np.int64), 0), 0)
        direction = (direction + np.round(turn * 20).astype(np.int64)) % 3600
        accuracy = Decimals(np.round(quality * 10).astype(np.int64), 1)
        return _motion(latitude, longitude, speed, direction) | {"accuracy_m": accuracy}


def _motion(latitude: Ints, longitude: Ints, speed: Ints, direction: Ints) -> dict[str, pa.Array | Decimals]:
    return {
        "latitude": Decimals(latitude, 6),
        "longitude": Decimals(longitude, 6),
        "speed_kmh": Decimals(speed, 1),
        "direction_deg": Decimals(direction, 1),
    }
