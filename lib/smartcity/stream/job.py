"""The stream from Kafka to the zones of the lake: one query over all topics, one Spark job a batch."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.streaming.query import StreamingQuery
from pyspark.sql.streaming.readwriter import DataStreamWriter

from smartcity import kafka_login
from smartcity.errors import QueryDied
from smartcity.schema_registry import Schemas
from smartcity.stream.commit import Committer
from smartcity.stream.config import StreamConfig
from smartcity.transforms.judge import Fault

_ERROR = re.compile(r"[A-Za-z_][\w.]*(\.[A-Z]\w*|Error|Exception): ")


@dataclass(frozen=True)
class Caught:
    """What a run wrote until it had caught up: rows by zone (`raw` is all), batches, seconds."""

    rows: dict[str, int]
    batches: int
    seconds: float


def records(spark: SparkSession, config: StreamConfig) -> DataFrame:
    """Return the stream of records: topic, kafka_partition, kafka_offset, kafka_timestamp (UTC), key, value, record_id.

    `key` and `value` are bytes or null, `record_id` null if a record has no such header. A topic that lost records
    before they were read (retention) stops the query: Spark's `failOnDataLoss`.
    """
    source = (
        spark.readStream.format("kafka")
        .options(**kafka_login.spark_options(config.bootstrap))
        .option("subscribe", ",".join(config.topics))
        .option("startingOffsets", _offsets(config))
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


def plain_records(spark: SparkSession, config: StreamConfig) -> DataFrame:
    """Return the stream of records with JSON values, for views: `config.avro` says whether they have to be decoded."""
    frame = records(spark, config)
    return _decoded(frame, config.schemas) if config.avro else frame


def _decoded(frame: DataFrame, schemas: Schemas) -> DataFrame:
    """Return records with JSON values; null where a value has none, which the zones put among the dead letters."""

    def decode(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            values = (None if isinstance(v, Fault) else v for v in schemas.plain(batch["value"].to_pylist()))
            column = pa.array(values, pa.binary())
            yield batch.set_column(batch.schema.get_field_index("value"), "value", column)

    return frame.mapInArrow(decode, frame.schema)


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
            f"{query.name}: {cause(str(error))}. Try: ./lab status, ./lab logs kafka, then run again: nothing is lost"
        ) from None
    finally:
        query.stop()


def cause(report: str) -> str:
    """Return in one line why a query died: the innermost error of Spark's page of text."""
    lines = [
        line.strip().lstrip(": ")
        for line in report.partition("=== Streaming Query ===")[0].splitlines()
        if line.strip()
    ]
    errors = [line for line in lines if _ERROR.match(line)]
    return (errors[-1] if errors else lines[0].rpartition("terminated with exception: ")[2])[:500].rstrip(". ")


def _offsets(config: StreamConfig) -> str:
    """Return the starting offsets of the topics that are read, in Spark's form."""
    if not config.starting_offsets.startswith("{"):
        return config.starting_offsets
    return json.dumps({name: at for name, at in json.loads(config.starting_offsets).items() if name in config.topics})


def _writer(spark: SparkSession, config: StreamConfig) -> tuple[DataStreamWriter, Committer]:
    committer = Committer(config)
    writer = (
        records(spark, config)
        .writeStream.queryName("zones")
        .option("checkpointLocation", config.checkpoint)
        .foreachBatch(committer)
    )
    return writer, committer
