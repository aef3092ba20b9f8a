"""A lake of its own for each test of the stream."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from confluent_kafka import Producer
from pyspark.sql import SparkSession

from smartcity import kafka, kafka_login
from smartcity.events import TRAFFIC_DATA
from smartcity.lake import Lake
from smartcity.simulate import Config, Faults, simulate
from smartcity.stream import StreamConfig


@dataclass(frozen=True)
class Run:
    """A lake, the truth about what was sent for it, and the settings to stream it."""

    lake: Lake
    truth: pa.Table
    config: StreamConfig


@pytest.fixture
def faulty_run(spark: SparkSession, in_lab: Mapping[str, str]) -> Iterator[Run]:
    """Six minutes of a small city with many faults, on Kafka; three batches or more."""
    lake = Lake(f"s3://smartcity-lake/test-{uuid.uuid4().hex}")
    lake.make_bucket()
    broker = in_lab["KAFKA_BOOTSTRAP_SERVERS"]
    kafka.ensure_topics(broker)
    offsets = kafka.end_offsets(broker)
    chunks = list(simulate(Config(minutes=6, vehicles=40, faults=Faults.many())))
    kafka.produce(chunks, broker)
    truth = pa.concat_tables(chunk.truth for chunk in chunks).unify_dictionaries()
    options: dict[str, Any] = {"starting_offsets": json.dumps(offsets), "max_offsets_per_trigger": 600}
    yield Run(lake, truth, StreamConfig(lake.uri, **options))
    lake.purge()


def close_minutes(run: Run) -> None:
    """Send a camera's reading of half an hour past the newest stored one, so that all minutes before are final."""
    seen = run.lake.read("transformed", "traffic_data").to_pandas()
    later = seen.iloc[0][[field.name for field in TRAFFIC_DATA.fields]].to_dict()
    moment = seen["event_time"].max() + pd.Timedelta(minutes=30)
    text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event = {**later, "event_id": "later", "event_time": text, "vehicle_ids": [], "mean_speed_kmh": None}
    producer = Producer(kafka_login.client(run.config.bootstrap))
    producer.produce("traffic_data", json.dumps(event, default=int), timestamp=int(moment.timestamp() * 1000))
    assert producer.flush(30) == 0
