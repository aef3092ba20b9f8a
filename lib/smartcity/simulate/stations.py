"""What weather stations report every 60 s, and what the control centre reports of emergencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa

from smartcity.events import CONDITIONS, INCIDENT_STATUSES, INCIDENT_TYPES
from smartcity.simulate.chance import Chance, Floats, Ints
from smartcity.simulate.city import City, degrees
from smartcity.simulate.clocks import Clocks
from smartcity.simulate.columns import Decimals, Events, event_ids, names
from smartcity.simulate.flow import Traffic
from smartcity.simulate.incidents import Notice
from smartcity.simulate.weather import Weather

_CLEAR, _CLOUDS, _RAIN, _HEAVY = (CONDITIONS.index(c) for c in ("clear", "clouds", "rain", "heavy_rain"))
HEAVY_MM_H: Final = 6.35
_DESCRIPTIONS: Final = {
    "accident": "Collision",
    "breakdown": "Vehicle broken down",
    "fire": "Vehicle on fire",
    "medical": "Person collapsed",
    "police": "Police operation",
}


class StationReadings:
    """Weather as the stations measure it: the true one and the noise of the instrument.

    The air quality index rises with the vehicles in the station's district, moving or not, and falls with wind and a
    little with rain; its form is ours.
    """

    def __init__(self, city: City, weather: Weather, chance: Chance, clocks: Clocks) -> None:
        self._weather, self._chance, self._clocks = weather, chance, clocks
        self._x = city.node_x[city.station_node]
        self._road_district = city.node_district[city.road_from]
        self._district = city.node_district[city.station_node]
        self._location = degrees(self._x, city.node_y[city.station_node])
        self._ids = names("wst", len(self._x), 2)

    def take(self, at_ms: int, traffic: Traffic) -> Events:
        """Return the report of each station at a time (ms since the epoch)."""
        who, seconds = np.arange(len(self._x)), at_ms // 1000
        at = np.full(len(who), at_ms)
        rain = np.round(self._weather.rain_mm_h(seconds, self._x) * 10).astype(np.int64)
        wind = self._noisy("wind", who, at, self._weather.wind_kmh(seconds), 1.5)
        columns = {
            "event_id": event_ids(self._ids, at),
            "device_id": self._ids,
            "event_time": pa.array(at + self._clocks.offset_ms("weather_data", who, at)),
            "latitude": Decimals(self._location[0], 6),
            "longitude": Decimals(self._location[1], 6),
            "station_id": self._ids,
            "condition": self._condition(rain, seconds),
            "temperature_c": Decimals(
                self._noisy("temp", who, at, self._weather.temperature_c(seconds, rain / 10), 0.2), 1
            ),
            "precipitation_mm_h": Decimals(rain, 1),
            "wind_speed_kmh": Decimals(np.maximum(wind, 0), 1),
            "humidity_pct": Decimals(
                np.clip(self._noisy("humid", who, at, 62 + 3 * np.minimum(rain / 10, 10), 2), 0, 1000), 1
            ),
            "air_quality_index": pa.array(self._air(who, at, self._crowding(traffic), rain / 10, wind / 10)),
        }
        return Events("weather_data", columns, who, at, at)

    def _noisy(self, use: str, who: Ints, at: Ints, value: Floats | float, sigma: float) -> Ints:
        return np.round((value + sigma * self._chance.normal(use, who, at)) * 10).astype(np.int64)

    def _condition(self, rain: Ints, seconds: int) -> pa.Array:
        cloudy = self._chance.below(0.5, "clouds", seconds // 1800)
        dry = np.where(cloudy, _CLOUDS, _CLEAR)
        kind = np.where(rain > HEAVY_MM_H * 10, _HEAVY, np.where(rain > 0, _RAIN, dry))
        return pa.array(CONDITIONS).take(pa.array(kind))

    def _crowding(self, traffic: Traffic) -> Floats:
        """Return the vehicles a km and lane in the district of each station."""
        district = self._road_district[traffic.road]
        vehicles = np.bincount(district, traffic.vehicles, 9)
        return np.asarray((vehicles / np.bincount(district, traffic.km * traffic.lanes, 9))[self._district])

    def _air(self, who: Ints, at: Ints, crowding: Floats, rain: Floats, wind: Floats) -> Ints:
        clean = 1 + np.minimum(rain, 10) / 40 + np.minimum(wind, 30) / 30
        index = 22 + 9 * crowding / clean + 2 * self._chance.normal("air", who, at)
        return np.clip(np.round(index).astype(np.int64), 0, 500)


def emergency_events(city: City, notices: list[Notice], clocks: Clocks) -> Events:
    """Return the control centre's event for each notice."""
    at = np.array([n.at_ms for n in notices], np.int64)
    number = np.array([n.incident.number * 4 + n.status for n in notices], np.int64)
    return Events("emergency_data", _emergency_columns(city, notices, clocks, at), number, at, at)


def _emergency_columns(
    city: City, notices: list[Notice], clocks: Clocks, at: np.ndarray
) -> Mapping[str, pa.Array | Decimals]:
    incidents = [notice.incident for notice in notices]
    road = np.array([i.road for i in incidents], np.int64)
    desk = city.node_district[city.road_from[road]]
    latitude, longitude = city.locate(road, np.array([i.at_m for i in incidents], float))
    road_id, status = city.road_ids.take(pa.array(road)), [INCIDENT_STATUSES[n.status] for n in notices]
    ids = [f"{i.incident_id}-{s}" for i, s in zip(incidents, status, strict=True)]
    kinds = [INCIDENT_TYPES[i.kind] for i in incidents]
    units = [f"veh-{n.incident.unit:06d}" if n.incident.unit >= 0 and n.status > 0 else None for n in notices]
    closed = [i.lanes_closed if n.status < 3 else 0 for i, n in zip(incidents, notices, strict=True)]
    texts = [f"{_DESCRIPTIONS[kind]} on {name}" for kind, name in zip(kinds, road_id.to_pylist(), strict=True)]
    return {
        "event_id": pa.array(ids, pa.string()),
        "device_id": pa.array([f"desk-{d}" for d in desk], pa.string()),
        "event_time": pa.array(at + clocks.offset_ms("emergency_data", desk, at)),
        "latitude": Decimals(latitude, 6),
        "longitude": Decimals(longitude, 6),
        "incident_id": pa.array([i.incident_id for i in incidents], pa.string()),
        "incident_type": pa.array(kinds, pa.string()),
        "status": pa.array(status, pa.string()),
        "severity": pa.array([i.severity for i in incidents], pa.int64()),
        "road_id": road_id,
        "vehicle_id": pa.array(units, pa.string()),
        "lanes_closed": pa.array(closed, pa.int64()),
        "description": pa.array(texts, pa.string()),
    }
