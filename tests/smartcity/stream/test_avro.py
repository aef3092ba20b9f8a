"""The stream takes Avro as well as JSON, with the schemas of the lab's registry."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession
from tests.smartcity.stream.conftest import Run, close_minutes

from smartcity import kafka
from smartcity.avro_records import avro_schema, header, version_of
from smartcity.errors import NotConfigured, SchemaRefused
from smartcity.lake import Lake
from smartcity.reconcile import reconcile
from smartcity.runs import Run as Sender
from smartcity.schema_registry import Publisher, glue, register
from smartcity.simulate import Chunk, Config, Faults, city, simulate
from smartcity.stream import StreamConfig, catch_up_view, run_until_caught_up
from smartcity.stream import main as stream_main
from smartcity.stream.alerts import start_alerts

pytestmark = pytest.mark.stack


def with_value(chunk: Chunk, record_id: str, value: bytes) -> Chunk:
    """Return a chunk in which one record has another value."""
    ids, values = chunk.wire["record_id"].to_pylist(), chunk.wire["value"].to_pylist()
    changed = [value if other == record_id else old for other, old in zip(ids, values, strict=True)]
    index = chunk.wire.schema.get_field_index("value")
    return replace(chunk, wire=chunk.wire.set_column(index, "value", pa.array(changed, pa.binary())))


@pytest.fixture
def mixed_run(spark: SparkSession, in_lab: Mapping[str, str]) -> Iterator[Run]:
    """Chunks of JSON and of Avro by turns, with many faults, and one record whose schema the registry does not have."""
    lake = Lake(f"s3://smartcity-lake/test-{uuid.uuid4().hex}")
    lake.make_bucket()
    broker = in_lab["KAFKA_BOOTSTRAP_SERVERS"]
    kafka.ensure_topics(broker)
    offsets, publisher = kafka.end_offsets(broker), Publisher.of(glue())
    chunks = list(simulate(Config(minutes=6, vehicles=40, faults=Faults.many())))
    truth = pa.concat_tables(chunk.truth for chunk in chunks).unify_dictionaries().to_pandas()
    once = (
        ~truth.duplicated("event_id", keep=False) & (truth["verdict"] == "transformed") & (truth["topic"] == "gps_data")
    )
    row = truth.index[once][0]
    lost = truth.loc[row, "record_id"]
    truth = truth.astype({"verdict": str, "reason": object})
    truth.loc[row, ["verdict", "reason"]] = ["dead_letter", "unknown_schema"]
    written = [publisher.chunk(chunk) if number % 2 else chunk for number, chunk in enumerate(chunks)]
    kafka.produce((with_value(chunk, lost, header(uuid.uuid4()) + b"x") for chunk in written), broker)
    options: dict[str, Any] = {"starting_offsets": json.dumps(offsets), "max_offsets_per_trigger": 600}
    yield Run(lake, pa.Table.from_pandas(truth, preserve_index=False), StreamConfig(lake.uri, **options))
    lake.purge()


def test_both_forms_are_judged_as_the_truth_says(spark: SparkSession, mixed_run: Run) -> None:
    """The ledger balances, reasons included; the raw zone keeps the bytes, and the unknown schema is a dead letter."""
    caught = run_until_caught_up(spark, mixed_run.config)
    ledger = reconcile(mixed_run.lake, mixed_run.truth)
    assert caught.rows["raw"] == ledger.total.produced == mixed_run.truth.num_rows
    raw = [version_of(value) is not None for value in mixed_run.lake.read("raw", "gps_data")["value"].to_pylist()]
    assert 0.2 < sum(raw) / len(raw) < 0.8
    dead = mixed_run.lake.read("dead_letter", "gps_data").to_pandas()
    (unknown,) = dead[dead["reason"] == "unknown_schema"]["detail"]
    assert "the registry has no schema version" in unknown


def test_a_view_counts_the_readings_of_both_forms(spark: SparkSession, mixed_run: Run) -> None:
    """Where the run says that it is Avro, a view has each camera reading once, in whichever form it came."""
    config = replace(mixed_run.config, roads=city(Config(vehicles=40)).roads, avro=True)
    run_until_caught_up(spark, config)
    close_minutes(mixed_run)
    catch_up_view(spark, config, "district_minutes")
    view = spark.read.parquet(f"{mixed_run.lake.uri.replace('s3:', 's3a:')}/aggregates/district_minutes").toPandas()
    seen = mixed_run.lake.read("transformed", "traffic_data").to_pandas()
    assert view["vehicle_count"].sum() == seen["vehicle_count"].sum() > 0


def test_alerts_are_refused_for_a_run_in_avro(spark: SparkSession, mixed_run: Run) -> None:
    """Real-time mode cannot decode, and alerts that never come would be worse than an error."""
    with pytest.raises(NotConfigured, match="this run is Avro"):
        start_alerts(spark, replace(mixed_run.config, avro=True))


def test_a_run_notes_its_format(in_lab: Mapping[str, str]) -> None:
    """The stream of a run that was sent as Avro knows so without an option."""
    lake = Lake(f"s3://smartcity-lake/test-{uuid.uuid4().hex}")
    sender = Sender(lake, in_lab["KAFKA_BOOTSTRAP_SERVERS"])
    for publisher in (Publisher.of(glue()), None):
        sender.send(Config(minutes=1, vehicles=2), publisher=publisher)
        config = stream_main._config(stream_main.arguments(["--lake", lake.uri]))
        assert config.avro is (publisher is not None)
    lake.purge()


def test_a_producer_that_breaks_the_schema_sends_nothing(in_lab: Mapping[str, str]) -> None:
    """A registry that holds another schema of a topic refuses the city's; Kafka's offsets stay as they were."""
    broker, client = in_lab["KAFKA_BOOTSTRAP_SERVERS"], glue()
    kafka.ensure_topics(broker)
    client.delete_registry(RegistryId={"RegistryName": "smartcity"})
    renamed = avro_schema("weather_data")
    renamed["fields"][-1]["name"] = "aqi"
    register(client, "weather_data", renamed)
    before = kafka.end_offsets(broker)
    with pytest.raises(SchemaRefused, match="weather_data"):
        Sender(Lake("s3://smartcity-lake/never"), broker).send(Config(minutes=1), publisher=Publisher.of(client))
    assert kafka.end_offsets(broker) == before
    client.delete_registry(RegistryId={"RegistryName": "smartcity"})
