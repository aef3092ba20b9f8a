"""What traffic cameras report every 60 s: how many vehicles passed, how fast, how dense, and which connected ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from smartcity.simulate.chance import Floats, Ints
from smartcity.simulate.city import City
from smartcity.simulate.clocks import Clocks
from smartcity.simulate.columns import Decimals, Events, event_ids, names
from smartcity.simulate.fleet import Fleet, Passing
from smartcity.simulate.flow import STEP_S, Traffic

INTERVAL_S: Final = 60


@dataclass
class _Counts:
    """What a camera accumulates over an interval."""

    flow: Floats
    density: Floats
    flux: Floats
    counted: Ints
    passings: list[Passing] = field(default_factory=list)


class CameraReadings:
    """Counts what passes each camera. Speed and density are Edie's: distance and time of all vehicles in the cell.

    A count is a whole number: the vehicles of the fluid that have passed, including connected ones. (Edie 1963,
    "Discussion of traffic stream measurements and definitions".)
    """

    def __init__(self, city: City, traffic: Traffic, fleet: Fleet, clocks: Clocks) -> None:
        self._city, self._clocks = city, clocks
        cameras = len(city.camera_road)
        self.cell = traffic.first[city.camera_road] + np.floor(
            city.camera_at_m / traffic.cell_m[city.camera_road]
        ).astype(int)
        self._ids, self._vehicles = names("cam", cameras, 4), names("veh", len(fleet.types), 6)
        self._latitude, self._longitude = city.locate(city.camera_road, city.camera_at_m)
        self._road_id = city.road_ids.take(pa.array(city.camera_road))
        self._sum = _Counts(np.zeros(cameras), np.zeros(cameras), np.zeros(cameras), np.zeros(cameras, np.int64))

    def watch(self, traffic: Traffic, passing: Passing) -> None:
        """Observe one step of the traffic, after it happened."""
        per_km = traffic.vehicles[self.cell] / traffic.km[self.cell]
        self._sum.flow += traffic.passed[self.cell]
        self._sum.density += per_km
        self._sum.flux += per_km * traffic.speed_m_s()[self.cell] * 3.6
        self._sum.passings.append(passing)

    def take(self, end_ms: int) -> Events:
        """Return the report of each camera for the interval that ends at `end_ms`."""
        total, cameras = self._sum, np.arange(len(self._ids))
        vehicle_ids, connected = self._read(end_ms)
        count = np.maximum(np.floor(total.flow).astype(np.int64) - total.counted, connected)
        total.counted += count
        steps = INTERVAL_S // STEP_S
        speed = np.round(total.flux / np.maximum(total.density, 1e-9) * 10).astype(np.int64)
        at = np.full(len(cameras), end_ms)
        columns = {
            "event_id": event_ids(self._ids, at),
            "device_id": self._ids,
            "event_time": pa.array(at + self._clocks.offset_ms("traffic_data", cameras, at)),
            "latitude": Decimals(self._latitude, 6),
            "longitude": Decimals(self._longitude, 6),
            "camera_id": self._ids,
            "road_id": self._road_id,
            "interval_s": pa.array(np.full(len(cameras), INTERVAL_S)),
            "vehicle_count": pa.array(count),
            "mean_speed_kmh": Decimals(speed, 1, known=count > 0),
            "density_veh_km": Decimals(np.round(total.density / steps * 10).astype(np.int64), 1),
            "vehicle_ids": vehicle_ids,
        }
        total.density[:], total.flux[:] = 0, 0
        return Events("traffic_data", columns, cameras, at, at)

    def _read(self, end_ms: int) -> tuple[pa.Array, Ints]:
        """Return the connected vehicles that passed each camera before `end_ms`, by time, and how many they are."""
        seen = Passing.join(self._sum.passings)
        now = seen.at_ms < end_ms
        self._sum.passings = [Passing(seen.camera[~now], seen.vehicle[~now], seen.at_ms[~now])]
        order = np.lexsort((seen.vehicle[now], seen.at_ms[now], seen.camera[now]))
        counts = np.bincount(seen.camera[now], minlength=len(self._ids))
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return pa.ListArray.from_arrays(
            pa.array(offsets), self._vehicles.take(pa.array(seen.vehicle[now][order]))
        ), counts
