"""District minutes from Kafka to Kafka, as they grow, for pages that don't wait for final ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.streaming.query import StreamingQuery

from smartcity import kafka_login
from smartcity.events import AGGREGATES
from smartcity.stream.config import StreamConfig
from smartcity.stream.job import plain_records
from smartcity.stream.views import VIEWS, road_frame

_EVERY_S: Final = 2.0
_VIEW: Final = VIEWS["district_minutes"]


def start_aggregates(spark: SparkSession, config: StreamConfig, once: bool = False) -> StreamingQuery:
    """Start sending district minutes to the topic `aggregates`, which must exist: forever, or (`once`) until now.

    `smartcity.stream.frames.district_minutes` makes the rows. A row is sent whenever it changed, so the last of its key
    counts. It is provisional until the newest event is LATENESS_LIMIT_S past its end; then it equals the row that the
    view `district_minutes` has in the lake. After a crash
    rows may be sent again. Raises NotConfigured without roads.
    """
    mine = replace(config, checkpoint=f"{config.checkpoint}_{AGGREGATES}", topics=("traffic_data",))
    writer = (
        messages(_VIEW.make(plain_records(spark, mine), road_frame(spark, config)))
        .writeStream.queryName(AGGREGATES)
        .format("kafka")
        .options(**kafka_login.spark_options(config.bootstrap))
        .option("topic", AGGREGATES)
        .option("checkpointLocation", mine.checkpoint)
        .outputMode("update")
    )
    trigger = {"availableNow": True} if once else {"processingTime": f"{_EVERY_S} seconds"}
    return writer.trigger(**trigger).start()


def messages(minutes: DataFrame) -> DataFrame:
    """Return key (district and minute) and value (JSON, null fields left out) of each row."""
    key = F.concat_ws(" ", "district", F.date_format("minute_start", "yyyy-MM-dd'T'HH:mm'Z'"))
    return minutes.select(key.alias("key"), F.to_json(F.struct("*")).alias("value"))
