"""The stream from Kafka to the zones of the lake: one query over all topics, one Spark job a batch."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.streaming.query import StreamingQuery
from pyspark.sql.streaming.readwriter import DataStreamWriter

from smartcity.errors import QueryDied
from smartcity.stream.commit import Committer
from smartcity.stream.config import StreamConfig


@dataclass(frozen=True)
class Caught:
    """What a run wrote until it had caught up: rows by zone (`raw` is all), batches, seconds."""

    rows: dict[str, int]
    batches: int
    seconds: float


def records(spark: SparkSession, config: StreamConfig) -> DataFrame:
    """Return the stream of records: topic, kafka_partition, kafka_offset, kafka_timestamp (UTC), key, value, record_id.

    `key` and `value` are bytes or null, `record_id` null where a record has no such header. A topic that lost records
    before they were read (retention) stops the query: Spark's `failOnDataLoss`.
    """
    source = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", config.bootstrap)
        .option("subscribe", ",".join(config.topics))
        .option("startingOffsets", config.starting_offsets)
        .option("maxOffsetsPerTrigger", config.max_offsets_per_trigger)
        .option("includeHeaders", True)
        # A fetch that waits at the end of a partition (500 ms by default) holds up the connection's next request.
        .option("kafka.fetch.max.wait.ms", 20)
        .load()
    )
    first = F.try_element_at("headers", F.lit(1))
    any_place = F.try_element_at(F.filter("headers", lambda header: header.key == "record_id"), F.lit(1))
    record_id = F.when(first.key == "record_id", first.value).otherwise(any_place.value)
    return source.select(
        "topic",
        F.col("partition").alias("kafka_partition"),
        F.col("offset").alias("kafka_offset"),
        F.col("timestamp").alias("kafka_timestamp"),
        "key",
        "value",
        F.make_valid_utf8(record_id.cast("string")).alias("record_id"),
    )


def start(spark: SparkSession, config: StreamConfig) -> StreamingQuery:
    """Start the long-running stream: a batch every `trigger_s` seconds while there is something new."""
    writer, _ = _writer(spark, config)
    return writer.trigger(processingTime=f"{config.trigger_s} seconds").start()


def run_until_caught_up(spark: SparkSession, config: StreamConfig, limit_s: int = 600) -> Caught:
    """Write all that Kafka holds now to the lake, then return. Raises QueryDied, also after `limit_s` seconds."""
    began = time.monotonic()
    writer, committer = _writer(spark, config)
    finish(writer.trigger(availableNow=True).start(), limit_s)
    return Caught(dict(committer.counts), committer.batches, time.monotonic() - began)


def finish(query: StreamingQuery, limit_s: int) -> None:
    """Wait until a query that reads what there is now has ended. Raises QueryDied, also after `limit_s` seconds."""
    try:
        if not query.awaitTermination(limit_s):
            raise QueryDied(f"{query.name} did not catch up within {limit_s} s. Try: a larger limit_s")
    except StreamingQueryException as error:
        raise QueryDied(
            f"{query.name}: {cause(error)} Try: ./lab status, ./lab logs kafka, then run again: nothing is lost"
        ) from error
    finally:
        query.stop()


def cause(error: StreamingQueryException) -> str:
    """Return the innermost reason why a query died, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    python = [line for line in lines if line.partition(":")[0].endswith(("Error", "Unbalanced", "Exception"))]
    return (python or lines)[-1 if python else 0][:500]


def _writer(spark: SparkSession, config: StreamConfig) -> tuple[DataStreamWriter, Committer]:
    committer = Committer(config)
    writer = (
        records(spark, config)
        .writeStream.queryName("zones")
        .option("checkpointLocation", config.checkpoint)
        .foreachBatch(committer)
    )
    return writer, committer
