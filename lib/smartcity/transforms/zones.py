"""Where the lake keeps what, and in which columns: the layout that the stream writes and everybody else reads.

Below the URI of a lake, all Parquet, all times UTC:

- `raw/TOPIC/arrival_date=D/`: every record as Kafka delivered it
- `transformed/TOPIC/event_date=D/hour=HH/`: typed, cleaned, deduplicated, enriched events
- `late/arrival_date=D/`, `duplicate/arrival_date=D/`, `dead_letter/arrival_date=D/`: the records of all topics that
  were set aside, with their reason and their original bytes
- `_commits/`, `_state/`: the stream's own; query engines and crawlers pass over names that start with `_`

A file is called BATCH-TASK.parquet after the batch of the stream and the task within it.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from smartcity.events import TOPICS, Kind, Verdict
from smartcity.transforms.judge import EXTRA

RAW: Final = "raw"
SET_ASIDE: Final = (Verdict.LATE, Verdict.DUPLICATE, Verdict.DEAD_LETTER)
ZONES: Final = (RAW, *Verdict)
"""All zones, in the order in which a record meets them."""

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

PLACE: Final = pa.schema([("district", pa.string()), ("road_class", pa.string())])
"""What enrichment adds to an event; null if no road of the city is near."""


def event_schema(topic: str) -> pa.Schema:
    """Return the columns of one topic's events as the contract has them, without origin and place."""
    return pa.schema([(field.name, _ARROW[field.kind]) for field in TOPICS[topic].fields])


def transformed_schema(topic: str) -> pa.Schema:
    """Return the columns of `transformed/TOPIC`, without the partition columns event_date and hour (strings)."""
    return pa.schema([*event_schema(topic), *PLACE, (EXTRA, pa.string()), *ORIGIN])


def zone_schema(zone: str, topic: str) -> pa.Schema:
    """Return the columns of the files of a zone."""
    if zone == RAW:
        return RAW_SCHEMA
    return transformed_schema(topic) if zone == Verdict.TRANSFORMED else SET_ASIDE_SCHEMA


def folder(zone: str, topic: str, date: str, hour: str) -> str:
    """Return the folder, below the lake, of rows with that date (YYYY-MM-DD) and hour (HH) of their zone's clock."""
    if zone == Verdict.TRANSFORMED:
        return f"{zone}/{topic}/event_date={date}/hour={hour}"
    return f"{zone}/{topic}/arrival_date={date}" if zone == RAW else f"{zone}/arrival_date={date}"


def file_name(batch_id: int, task: int) -> str:
    """Return the name of the files that a task of a batch writes."""
    return f"{batch_id:012d}-{task:04d}.parquet"


def commit_path(batch_id: int) -> str:
    """Return where the stream writes down that a batch is complete."""
    return f"_commits/{batch_id:012d}.json"
