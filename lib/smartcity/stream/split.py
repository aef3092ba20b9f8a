"""Records of a task, cut by Kafka partition, by verdict, and by the folders of the lake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartcity.events import Verdict
from smartcity.lake.layout import RAW, SET_ASIDE, folder
from smartcity.schema_registry import Schemas
from smartcity.schemas import LOCATION, ORIGIN, RAW_SCHEMA, SET_ASIDE_SCHEMA, transformed_schema
from smartcity.stream.memory import Memory
from smartcity.transforms.batch import Judged, judge
from smartcity.transforms.places import Places

_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000


def by_partition(records: pa.Table) -> Iterator[pa.Table]:
    """Yield the records of each Kafka partition in offset order."""
    keys = ["topic", "kafka_partition"]
    for pair in records.select(keys).group_by(keys).aggregate([]).to_pylist():
        mine = records.filter((pc.field(keys[0]) == pair[keys[0]]) & (pc.field(keys[1]) == pair[keys[1]]))
        offsets = mine["kafka_offset"].to_numpy()
        yield mine if (np.diff(offsets) > 0).all() else mine.take(pa.array(np.argsort(offsets, kind="stable")))


def zones_of(
    records: pa.Table, memory: Memory, places: Places | None, schemas: Schemas
) -> Iterator[tuple[str, str, pa.Table]]:
    """Yield zone, topic (or "" for all) and rows that the records of one Kafka partition become."""
    topic, partition = records["topic"][0].as_py(), records["kafka_partition"][0].as_py()
    source = f"{topic}-{partition}"
    timestamps = _milliseconds(records["kafka_timestamp"])
    values = schemas.plain(records["value"].to_pylist())
    judged = judge(topic, values, timestamps, lambda ids: memory.seen(source, ids))
    yield RAW, topic, records.select(RAW_SCHEMA.names).cast(RAW_SCHEMA)
    for verdict in SET_ASIDE:
        if len(rows := judged.rows(verdict)):
            yield verdict, "", _set_aside(records, judged, rows)
    if len(rows := judged.rows(Verdict.TRANSFORMED)):
        table = _transformed(topic, records, judged, places)
        memory.remember(source, table["event_id"].combine_chunks(), timestamps[rows])
        yield Verdict.TRANSFORMED, topic, table


def split(zone: str, topic: str, table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield folder and rows of each hour (transformed, by event time) or day (other zones, by arrival)."""
    hourly = zone == Verdict.TRANSFORMED
    size = _HOUR_MS if hourly else _DAY_MS
    slots = _milliseconds(table["event_time" if hourly else "kafka_timestamp"]) // size
    for slot in np.unique(slots):
        moment = datetime.fromtimestamp(int(slot) * size / 1000, UTC)
        yield folder(zone, topic, f"{moment:%Y-%m-%d}", f"{moment:%H}"), table.filter(pa.array(slots == slot))


def _transformed(topic: str, records: pa.Table, judged: Judged, places: Places | None) -> pa.Table:
    rows = judged.rows(Verdict.TRANSFORMED)
    events = judged.events_of(rows)
    unknown = [pa.nulls(len(rows), pa.string())] * len(LOCATION)
    location = places.of(events) if places else pa.table(unknown, schema=LOCATION)
    origin = records.select(ORIGIN.names).take(pa.array(rows))
    columns = {name: table[name] for table in (events, location, origin) for name in table.column_names}
    return pa.table(columns).select(transformed_schema(topic).names).cast(transformed_schema(topic))


def _set_aside(records: pa.Table, judged: Judged, rows: np.ndarray) -> pa.Table:
    events = judged.events_of(rows)
    columns = {
        **{name: records[name].take(pa.array(rows)) for name in records.column_names},
        "event_id": events["event_id"],
        "event_time": events["event_time"],
        "reason": pa.array(judged.reasons[rows], pa.string()),
        "detail": pa.array(judged.details[rows], pa.string()),
    }
    return pa.table(columns).select(SET_ASIDE_SCHEMA.names).cast(SET_ASIDE_SCHEMA)


def _milliseconds(times: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(times.cast(pa.int64()).to_numpy() // 1000)
