"""The contract: the five topics, their fields, and the rules by which a record is judged.

A record on Kafka is one event as UTF-8 JSON, keyed by `device_id`, with its arrival in the city's network as Kafka
timestamp (CreateTime, milliseconds since the epoch, UTC) and a header `record_id` that no other record has. The same
`event_id` on two records means the same event sent twice. A value may also be Avro (`smartcity.avro_records`). Each
record gets exactly one verdict, the first that applies of: dead_letter, late, duplicate, transformed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Kind = Literal["string", "double", "long", "timestamp", "list"]
"""JSON form: string, number, whole number, ISO 8601 string in UTC ending in Z with milliseconds, list of strings."""


class Verdict(StrEnum):
    """What happens to a record."""

    TRANSFORMED = "transformed"
    DUPLICATE = "duplicate"
    LATE = "late"
    DEAD_LETTER = "dead_letter"


class Reason(StrEnum):
    """Why a record is a dead letter; the first that applies, in this order."""

    EMPTY = "empty"
    UNKNOWN_SCHEMA = "unknown_schema"
    BAD_AVRO = "bad_avro"
    BAD_UTF8 = "bad_utf8"
    BAD_JSON = "bad_json"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    OUT_OF_RANGE = "out_of_range"
    FUTURE_EVENT_TIME = "future_event_time"


LATENESS_LIMIT_S: Final = 600
"""A record is late when its Kafka timestamp minus its event_time is more than this, in seconds."""

FUTURE_LIMIT_S: Final = 300
"""A record is a dead letter when its event_time minus its Kafka timestamp is more than this, in seconds."""

DUPLICATE_WINDOW_S: Final = 900
"""A copy arrives at most this long after the first record of its event, in seconds of Kafka timestamps.
The first record in offset order of its partition that is neither dead letter nor late is the transformed one."""


@dataclass(frozen=True)
class Field:
    """One field: its JSON kind, whether it may be absent or null, and the bounds of a possible value (inclusive)."""

    name: str
    kind: Kind
    required: bool = True
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    """One stream: the Kafka topic, and the fields of its events in their order."""

    name: str
    fields: tuple[Field, ...]


VEHICLE_TYPES: Final = ("private", "taxi", "bus", "delivery", "emergency")
FUEL_TYPES: Final = ("petrol", "diesel", "hybrid", "electric")
CONDITIONS: Final = ("clear", "clouds", "rain", "heavy_rain", "fog", "snow")
INCIDENT_TYPES: Final = ("accident", "breakdown", "fire", "medical", "police")
INCIDENT_STATUSES: Final = ("reported", "dispatched", "on_scene", "resolved")

_ENVELOPE: Final = (
    Field("event_id", "string"),
    Field("device_id", "string"),
    Field("event_time", "timestamp"),
    Field("latitude", "double", low=-90, high=90),
    Field("longitude", "double", low=-180, high=180),
)
_MOTION: Final = (
    Field("vehicle_id", "string"),
    Field("vehicle_type", "string", choices=VEHICLE_TYPES),
    Field("speed_kmh", "double", low=0, high=250),
    Field("direction_deg", "double", low=0, high=360),
)

VEHICLE_DATA: Final = Topic(
    "vehicle_data",
    (
        *_ENVELOPE,
        *_MOTION,
        Field("make", "string"),
        Field("model", "string"),
        Field("year", "long", low=1990, high=2030),
        Field("fuel_type", "string", choices=FUEL_TYPES),
        Field("road_id", "string"),
        Field("odometer_km", "double", low=0),
    ),
)
GPS_DATA: Final = Topic("gps_data", (*_ENVELOPE, *_MOTION, Field("accuracy_m", "double", low=0, high=1000)))
TRAFFIC_DATA: Final = Topic(
    "traffic_data",
    (
        *_ENVELOPE,
        Field("camera_id", "string"),
        Field("road_id", "string"),
        Field("interval_s", "long", low=1, high=3600),
        Field("vehicle_count", "long", low=0, high=100_000),
        Field("mean_speed_kmh", "double", required=False, low=0, high=250),
        Field("density_veh_km", "double", low=0, high=1000),
        Field("vehicle_ids", "list"),
    ),
)
WEATHER_DATA: Final = Topic(
    "weather_data",
    (
        *_ENVELOPE,
        Field("station_id", "string"),
        Field("condition", "string", choices=CONDITIONS),
        Field("temperature_c", "double", low=-60, high=60),
        Field("precipitation_mm_h", "double", low=0, high=300),
        Field("wind_speed_kmh", "double", low=0, high=400),
        Field("humidity_pct", "double", low=0, high=100),
        Field("air_quality_index", "long", low=0, high=500),
    ),
)
EMERGENCY_DATA: Final = Topic(
    "emergency_data",
    (
        *_ENVELOPE,
        Field("incident_id", "string"),
        Field("incident_type", "string", choices=INCIDENT_TYPES),
        Field("status", "string", choices=INCIDENT_STATUSES),
        Field("severity", "long", low=1, high=5),
        Field("road_id", "string"),
        Field("vehicle_id", "string", required=False),
        Field("lanes_closed", "long", low=0, high=10),
        Field("description", "string"),
    ),
)

TOPICS: Final = {topic.name: topic for topic in (VEHICLE_DATA, GPS_DATA, TRAFFIC_DATA, WEATHER_DATA, EMERGENCY_DATA)}
"""All topics by name, in the order in which the lab shows them."""

ALERTS: Final = "alerts"
AGGREGATES: Final = "aggregates"
STREAM_TOPICS: Final = {
    ALERTS: "alerts, in real-time mode",
    AGGREGATES: "district minutes, as they grow",
}
"""The topics that only the stream writes, and what it sends there. Options, consumers and the live page follow it."""
