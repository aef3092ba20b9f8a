"""The columns of the lake's tables, made from the contract. All times are UTC."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from smartcity.events import TOPICS, Kind

EXTRA: Final = "extra"
"""Column of fields that the contract does not know yet: a JSON object, null if there is none."""

TIME: Final = pa.timestamp("us", tz="UTC")
_ARROW: Final[dict[Kind, pa.DataType]] = {
    "string": pa.string(),
    "timestamp": TIME,
    "double": pa.float64(),
    "long": pa.int64(),
    "list": pa.list_(pa.field("element", pa.string())),
}

ORIGIN: Final = pa.schema(
    [
        ("topic", pa.string()),
        ("kafka_partition", pa.int32()),
        ("kafka_offset", pa.int64()),
        ("kafka_timestamp", TIME),
        ("record_id", pa.string()),
        ("ingest_time", TIME),
    ]
)
"""Where a row comes from; in every zone. `ingest_time` is when the batch that stored it began."""

RAW_SCHEMA: Final = pa.schema([*ORIGIN, ("key", pa.binary()), ("value", pa.binary())])
"""Columns of `raw`; `value` is null for a record without a value."""

SET_ASIDE_SCHEMA: Final = pa.schema(
    [
        *ORIGIN,
        ("event_id", pa.string()),
        ("event_time", TIME),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("key", pa.binary()),
        ("value", pa.binary()),
    ]
)
"""Columns of `late`, `duplicate` and `dead_letter`; `event_id` and `event_time` are null if they can't be known."""

LOCATION: Final = pa.schema([("district", pa.string()), ("road_class", pa.string())])
"""What enrichment adds to an event; null if no road of the city is near."""


def event_schema(topic: str) -> pa.Schema:
    """Return the columns of one topic's events as the contract has them, without origin and place."""
    return pa.schema([(field.name, _ARROW[field.kind]) for field in TOPICS[topic].fields])


def transformed_schema(topic: str) -> pa.Schema:
    """Return the columns of `transformed/TOPIC`, without the partition columns event_date and hour (strings)."""
    return pa.schema([*event_schema(topic), *LOCATION, (EXTRA, pa.string()), *ORIGIN])
