"""The minutes of districts that pages follow are those that the lake gets."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from confluent_kafka import Consumer, TopicPartition
from pyspark.sql import SparkSession
from tests.smartcity.stream.conftest import Run, close_minutes

from smartcity import kafka, kafka_login
from smartcity.errors import NotConfigured
from smartcity.events import AGGREGATES
from smartcity.simulate import Config, city
from smartcity.stream import catch_up_view, run_until_caught_up
from smartcity.stream.aggregates import start_aggregates
from smartcity.stream.job import finish

pytestmark = pytest.mark.stack


def test_the_last_of_each_minute_is_the_row_of_the_lake(spark: SparkSession, faulty_run: Run) -> None:
    """Rows come before a minute is final, and when it is, the last one of its key has every number of the lake's view."""
    config = replace(faulty_run.config, roads=city(Config(vehicles=40)).roads)
    kafka.ensure_topics(config.bootstrap, 1, [AGGREGATES])
    reader = Consumer({**kafka_login.client(config.bootstrap), "group.id": "test", "enable.auto.commit": False})
    begin = reader.get_watermark_offsets(TopicPartition(AGGREGATES, 0), timeout=10)[1]
    run_until_caught_up(spark, config)
    close_minutes(faulty_run)
    finish(start_aggregates(spark, config, once=True), 120)
    catch_up_view(spark, config, "district_minutes")
    stored = spark.read.parquet(f"{faulty_run.lake.uri.replace('s3:', 's3a:')}/aggregates/district_minutes").toPandas()
    columns = ["district", "minute_start", "cameras", "vehicle_count", "flow_veh_h", "mean_speed_kmh", "density_veh_km"]
    stored["minute_start"] = pd.to_datetime(stored["minute_start"], utc=True)
    sent = table(sent_from(reader, begin))
    final = sent[sent["minute_start"] <= stored["minute_start"].max()]
    frames = [one[columns].sort_values(columns[:2]).reset_index(drop=True) for one in (final, stored)]
    assert len(final) < len(sent)
    pd.testing.assert_frame_equal(*frames, check_dtype=False)
    reader.close()


def sent_from(reader: Consumer, offset: int) -> dict[bytes, bytes]:
    """Return the last value of each key from an offset on."""
    end = reader.get_watermark_offsets(TopicPartition(AGGREGATES, 0), timeout=10)[1]
    reader.assign([TopicPartition(AGGREGATES, 0, offset)])
    found: dict[bytes, bytes] = {}
    while reader.position([TopicPartition(AGGREGATES, 0)])[0].offset < end:
        for message in reader.consume(1000, 1):
            found[message.key()] = message.value()
    return found


def table(values: dict[bytes, bytes]) -> pd.DataFrame:
    """Return values as rows."""
    found = pd.DataFrame([json.loads(value) for value in values.values()])
    found["minute_start"] = pd.to_datetime(found["minute_start"], utc=True)
    return found


def test_without_roads_nothing_is_started(spark: SparkSession, faulty_run: Run) -> None:
    """Who gives no roads is told what to do."""
    with pytest.raises(NotConfigured, match="Try: StreamConfig"):
        start_aggregates(spark, faulty_run.config)
