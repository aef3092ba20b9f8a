"""Aggregates and joins over time, kept in the lake next to the zones: `aggregates/NAME/event_date=D/hour=HH/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from smartcity.errors import NotConfigured
from smartcity.lake.layout import view_path
from smartcity.lake.store import Store
from smartcity.stream import frames
from smartcity.stream.config import StreamConfig
from smartcity.stream.job import finish, plain_records


@dataclass(frozen=True)
class View:
    """A table that a stream keeps: its name, the column of its time, and how it comes from the records."""

    name: str
    time: str
    make: Callable[[DataFrame, DataFrame], DataFrame]


def _district_minutes(records: DataFrame, roads: DataFrame) -> DataFrame:
    return frames.district_minutes(frames.events(records, "traffic_data"), roads)


def _incident_queues(records: DataFrame, _roads: DataFrame) -> DataFrame:
    return frames.incident_queues(frames.events(records, "emergency_data"), frames.events(records, "traffic_data"))


VIEWS = {
    view.name: view
    for view in (
        View("district_minutes", "minute_start", _district_minutes),
        View("incident_queues", "camera_time", _incident_queues),
    )
}


def start_view(spark: SparkSession, config: StreamConfig, view: View, once: bool = False) -> StreamingQuery:
    """Start keeping a view: for ever, or (`once`) until it has read all that Kafka holds now.

    A minute is written when it can't change any more: when the newest event is LATENESS_LIMIT_S past its end. A batch
    that is tried again writes the same files. Raises NotConfigured without roads.
    """
    roads = road_frame(spark, config)
    mine = replace(config, checkpoint=f"{config.checkpoint}_{view.name}", topics=("traffic_data", "emergency_data"))
    store = Store.of(config.bucket, config.prefix, config.endpoint)
    frame = view.make(plain_records(spark, mine), roads)
    writer = frame.writeStream.queryName(view.name).option("checkpointLocation", mine.checkpoint).outputMode("append")
    writer = writer.foreachBatch(partial(_write, store, view))
    trigger = {"availableNow": True} if once else {"processingTime": "30 seconds"}
    return writer.trigger(**trigger).start()


def road_frame(spark: SparkSession, config: StreamConfig) -> DataFrame:
    """Return road_id, district and speed_limit_kmh of the city's roads. Raises NotConfigured without roads."""
    if config.roads is None:
        raise NotConfigured(
            "A view needs the roads of the city. Try: StreamConfig(..., roads=city(Config()).roads), or --vehicles"
        )
    return spark.createDataFrame(config.roads.select(["road_id", "district", "speed_limit_kmh"]).to_pylist())


def catch_up_view(spark: SparkSession, config: StreamConfig, name: str, limit_s: int = 600) -> None:
    """Bring a view up to date with what Kafka holds now. Raises QueryDied."""
    finish(start_view(spark, config, VIEWS[name], once=True), limit_s)


def _write(store: Store, view: View, batch: DataFrame, batch_id: int) -> None:
    rows = batch.toArrow().sort_by(view.time)
    hours = pc.strftime(rows[view.time], "event_date=%Y-%m-%d/hour=%H")
    uploads = [
        store.upload(view_path(view.name, hour, batch_id), _of_hour(rows, hours, hour))
        for hour in hours.unique().to_pylist()
    ]
    store.complete(uploads)


def _of_hour(rows: pa.Table, hours: pa.ChunkedArray, hour: str) -> pa.Table:
    return rows.filter(pc.equal(hours, hour))
