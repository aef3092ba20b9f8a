"""Alerts from Kafka to Kafka in Spark's real-time mode: no batches, each record is passed on as it arrives."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from smartcity import kafka_login
from smartcity.errors import NotConfigured
from smartcity.events import ALERTS
from smartcity.stream import frames
from smartcity.stream.config import StreamConfig


def start_alerts(spark: SparkSession, config: StreamConfig) -> StreamingQuery:
    """Start sending alerts, as `smartcity.stream.frames.alerts` makes them, to the topic `alerts`, which must exist.

    Real-time mode permanently needs one free core per Kafka partition. Where a batch of it ends, records wait for
    a third of a second, so there is one batch a minute. Alerts since its start may be sent twice after a crash.
    https://spark.apache.org/docs/latest/streaming/structured-streaming-real-time-mode.html
    """
    if config.avro:
        raise NotConfigured("Alerts in real-time mode read JSON only, and this run is Avro. Try: leave --alerts out")
    records = (
        spark.readStream.format("kafka")
        .options(**kafka_login.spark_options(config.bootstrap))
        .option("subscribe", "traffic_data,emergency_data")
        .option("startingOffsets", "latest")
        .load()
        .withColumnRenamed("timestamp", "kafka_timestamp")
    )
    writer = (
        frames.alerts(records)
        .writeStream.queryName(ALERTS)
        .format("kafka")
        .options(**kafka_login.spark_options(config.bootstrap))
        .option("topic", ALERTS)
        .option("checkpointLocation", f"{config.checkpoint}_{ALERTS}")
        .outputMode("update")
    )
    # PySpark's annotations lack the trigger that its code has.
    query: StreamingQuery = writer.trigger(realTime="1 minute").start()  # type: ignore[call-overload]
    return query
