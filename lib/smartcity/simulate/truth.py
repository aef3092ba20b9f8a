"""The truth beyond single records: each incident and its effects, and which sensors were silent when."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from smartcity.events import INCIDENT_STATUSES, INCIDENT_TYPES
from smartcity.simulate.chance import Chance, Ints
from smartcity.simulate.city import City
from smartcity.simulate.clocks import HOUR_MS, Clocks
from smartcity.simulate.columns import names
from smartcity.simulate.config import Config
from smartcity.simulate.incidents import Incident

_TIME: Final = pa.timestamp("ms", tz="UTC")


def incident_table(city: City, incidents: list[Incident]) -> pa.Table:
    """Return one row per incident: its kind, position (degrees), times (UTC), and longest queue.

    Times are null for what has not happened; `vehicle_id` is null if no unit was sent. `queue_m` adds up all arms
    of the queue; in rush hour it may include an earlier queue.
    """
    road = np.array([i.road for i in incidents], np.int64)
    latitude, longitude = city.locate(road, np.array([i.at_m for i in incidents], float))
    times = {f"{status}_time": _times([i.times[n] for i in incidents]) for n, status in enumerate(INCIDENT_STATUSES)}
    units = [f"veh-{i.unit:06d}" if i.unit >= 0 else None for i in incidents]
    queues = [city.road_ids.take(pa.array(i.queue_roads, pa.int64())).to_pylist() for i in incidents]
    return pa.table(
        {
            "incident_id": pa.array([i.incident_id for i in incidents], pa.string()),
            "incident_type": pa.array([INCIDENT_TYPES[i.kind] for i in incidents], pa.string()),
            "severity": pa.array([i.severity for i in incidents], pa.int64()),
            "road_id": city.road_ids.take(pa.array(road)),
            "latitude": latitude / 1e6,
            "longitude": longitude / 1e6,
            "lanes_closed": pa.array([i.lanes_closed for i in incidents], pa.int64()),
            "start_time": _times([i.start_ms for i in incidents]),
            **times,
            "vehicle_id": pa.array(units, pa.string()),
            "queue_m": pa.array([i.queue_m for i in incidents], pa.float64()),
            "queue_time": _times([i.queue_ms for i in incidents]),
            "queue_road_ids": pa.array(queues, pa.list_(pa.string())),
        }
    )


def silences(config: Config, city: City) -> pa.Table:
    """Return one row per silence: `topic`, `device_id`, `begin_time` and `end_time` (UTC, end exclusive)."""
    clocks = Clocks(Chance(config.seed), config.faults)
    hours = np.arange(config.start_ms // HOUR_MS, config.end_ms // HOUR_MS + 1)
    parts = [
        _silent(clocks, "traffic_data", names("cam", len(city.camera_road), 4), hours),
        _silent(clocks, "weather_data", names("wst", len(city.station_node), 2), hours),
    ]
    return pa.concat_tables(parts)


def _silent(clocks: Clocks, topic: str, device_ids: pa.Array, hours: Ints) -> pa.Table:
    device, hour = (each.ravel() for each in np.meshgrid(np.arange(len(device_ids)), hours, indexing="ij"))
    which, begin, end = clocks.silence_ms(topic, device, hour)
    return pa.table(
        {
            "topic": pa.array([topic] * int(which.sum()), pa.string()),
            "device_id": device_ids.take(pa.array(device[which])),
            "begin_time": pa.array(begin[which], _TIME),
            "end_time": pa.array(end[which], _TIME),
        }
    )


def _times(at_ms: list[int]) -> pa.Array:
    return pa.array([None if at < 0 else at for at in at_ms], _TIME)
