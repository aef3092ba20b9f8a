"""The stream on real services: every record once, whatever dies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from tests.smartcity.stream.conftest import Run, close_minutes
from tests.smartcity.transforms.test_batch import NOW
from tests.smartcity.transforms.test_judge import CHANGES, value

from smartcity import kafka_login
from smartcity.errors import LedgerUnbalanced, QueryDied
from smartcity.events import TOPICS, Verdict
from smartcity.lake.store import Store
from smartcity.reconcile import reconcile
from smartcity.simulate import Config, Faults, city, simulate
from smartcity.stream import catch_up_view, frames, run_until_caught_up
from smartcity.stream import main as stream_main
from smartcity.stream.commit import Committer

pytestmark = pytest.mark.stack


def test_every_record_is_judged_as_the_truth_says(spark: SparkSession, faulty_run: Run) -> None:
    """Over several batches of faulty records the ledger balances, reasons included."""
    caught = run_until_caught_up(spark, faulty_run.config)
    ledger = reconcile(faulty_run.lake, faulty_run.truth)
    assert caught.batches >= 3
    assert caught.rows["raw"] == ledger.total.produced == faulty_run.truth.num_rows
    assert min(ledger.total.duplicate, ledger.total.dead_letter, ledger.total.transformed) > 0


def test_the_ledger_sees_what_is_wrong(spark: SparkSession, faulty_run: Run) -> None:
    """A truth that differs in one record's verdict and lacks another one does not balance."""
    run_until_caught_up(spark, faulty_run.config)
    truth = faulty_run.truth.slice(1).to_pandas().astype({"verdict": str})
    truth.loc[0, "verdict"] = "late" if truth.loc[0, "verdict"] != "late" else "duplicate"
    with pytest.raises(LedgerUnbalanced) as seen:
        reconcile(faulty_run.lake, faulty_run.truth.schema.empty_table().from_pandas(truth))
    assert (seen.value.ledger.total.misjudged, seen.value.ledger.total.unknown) == (1, 1)  # type: ignore[attr-defined]


def test_the_roads_are_those_of_the_city_that_the_run_noted(faulty_run: Run) -> None:
    """Without options the stream takes the noted city, an option goes before, and without either there are no roads."""

    def roads(*options: str) -> int:
        found = stream_main._config(stream_main.arguments(["--lake", faulty_run.lake.uri, *options])).roads
        return 0 if found is None else found.num_rows

    assert (roads(), roads("--vehicles", "1000")) == (0, city(Config(vehicles=1000)).roads.num_rows)
    faulty_run.lake.begin_run({"gps_data": {"0": 5}}, 4000, 3)
    assert roads() == city(Config(vehicles=4000, seed=3)).roads.num_rows != city(Config()).roads.num_rows
    assert roads("--vehicles", "1000") == city(Config(vehicles=1000, seed=3)).roads.num_rows


class Death(Exception):
    """The driver ends here."""


def _die(original: Callable[..., Any], at: Iterator[bool]) -> Callable[..., Any]:
    def dying(*arguments: Any) -> Any:
        if next(at, False):
            raise Death("killed by the test")
        return original(*arguments)

    return dying


@pytest.mark.parametrize(("step", "call"), [("put", 0), ("_complete", 3), ("put", 1), ("put", 2)])
def test_a_driver_that_dies_while_it_commits_loses_and_doubles_nothing(
    step: str, call: int, spark: SparkSession, faulty_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever note or file of a commit is the last one, the next driver finishes it, and each row is there once."""
    at = iter([False] * call + [True])
    with monkeypatch.context() as patch:
        patch.setattr(Store, step, _die(getattr(Store, step), at))
        with pytest.raises(QueryDied, match="killed by the test"):
            run_until_caught_up(spark, faulty_run.config)
    run_until_caught_up(spark, faulty_run.config)
    assert reconcile(faulty_run.lake, faulty_run.truth).balanced


def test_nobody_sees_a_batch_before_its_commit(
    spark: SparkSession, faulty_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a batch has uploaded all files and the driver dies before the commit, the zones are as empty as before."""
    with monkeypatch.context() as patch:
        patch.setattr(Committer, "_finish", _die(Committer._finish, iter([True])))
        with pytest.raises(QueryDied):
            run_until_caught_up(spark, faulty_run.config)
    assert [faulty_run.lake.files(zone) for zone in ("raw", *Verdict)] == [[]] * 5


def test_dead_letters_are_on_their_topic_with_reason_and_bytes(spark: SparkSession, faulty_run: Run) -> None:
    """Each row of the zone dead_letter is on the topic: its key, value, time, place in Kafka, reason and record id."""
    topic = f"dead_letters_{faulty_run.lake.prefix}"
    run_until_caught_up(spark, replace(faulty_run.config, dead_letter_topic=topic))
    stored = [row for name in TOPICS for row in faulty_run.lake.read("dead_letter", name).to_pylist()]
    reader = Consumer({**kafka_login.client(faulty_run.config.bootstrap), "group.id": topic, "log_level": 2})
    reader.assign([TopicPartition(topic, 0, 0)])
    letters = reader.consume(len(stored), 30)
    reader.close()
    wanted = {
        f"{row['topic']} {row['kafka_partition']} {row['kafka_offset']}": (
            row["key"],
            row["value"],
            round(row["kafka_timestamp"].timestamp() * 1000),
            row["reason"],
            row["record_id"],
        )
        for row in stored
    }
    assert {_place(one): _letter(one) for one in letters} == wanted
    assert len(letters) == len(stored) > 20


def _headers(letter: Message) -> dict[str, str]:
    return {name: text.decode() for name, text in letter.headers()}


def _place(letter: Message) -> str:
    return " ".join(_headers(letter)[name] for name in ("topic", "partition", "offset"))


def _letter(letter: Message) -> tuple[Any, ...]:
    headers = _headers(letter)
    return letter.key(), letter.value(), letter.timestamp()[1], headers["reason"], headers.get("record_id")


def test_a_second_checkpoint_is_refused(spark: SparkSession, faulty_run: Run) -> None:
    """A stream that does not know what the lake holds does not write to it."""
    run_until_caught_up(spark, faulty_run.config)
    other = replace(faulty_run.config, checkpoint=f"{faulty_run.config.checkpoint}_other")
    with pytest.raises(QueryDied, match="another checkpoint"):
        run_until_caught_up(spark, other)


def poison() -> list[bytes | None]:
    """Return a few thousand values: arbitrary bytes and JSON, and good records with bytes removed, added or repeated."""
    found: list[bytes | None] = []
    hurt = st.tuples(st.integers(0, 400), st.integers(0, 20), st.binary(max_size=5)).map(
        lambda cut: value()[: cut[0]] + cut[2] + value()[cut[0] + cut[1] :]
    )

    @given(st.lists(st.none() | st.binary(max_size=200) | hurt | CHANGES.map(lambda c: value(**c)), max_size=60))
    @settings(max_examples=400, deadline=None, database=None, phases=[Phase.generate])
    def collect(values: list[bytes | None]) -> None:
        found.extend(values)

    collect()
    return found


def test_poison_of_every_kind_stops_nothing_and_is_kept(spark: SparkSession, faulty_run: Run) -> None:
    """Thousands of broken values with odd keys and headers get one place each, and all their bytes are in raw."""
    sent = poison()
    producer = Producer(kafka_login.client(faulty_run.config.bootstrap))
    for number, one in enumerate(sent):
        headers = [("record_id", b"\xff")] if number % 3 else [("other", b""), ("record_id", None)]
        producer.produce("weather_data", one, b"\xfe" if number % 2 else None, timestamp=NOW + number, headers=headers)
    assert producer.flush(30) == 0
    assert len(sent) > 1000
    rows = run_until_caught_up(spark, replace(faulty_run.config, max_offsets_per_trigger=3000)).rows
    assert rows["raw"] == len(sent) + faulty_run.truth.num_rows == sum(rows[zone] for zone in Verdict)
    stored = faulty_run.lake.read("raw", "weather_data", ["value"])["value"].to_pylist()
    assert not Counter(sent) - Counter(stored)


def test_the_views_see_the_events_that_the_truth_calls_events(spark: SparkSession) -> None:
    """Of every topic with many faults: what the truth calls transformed or duplicate, a number for a text not taken."""
    chunks = list(simulate(Config(minutes=20, vehicles=100, faults=Faults.many())))
    records = pa.concat_tables(chunk.records for chunk in chunks).unify_dictionaries()
    truth = pa.concat_tables(chunk.truth for chunk in chunks).unify_dictionaries().to_pandas()
    times = records["timestamp_ms"].cast(pa.timestamp("ms", tz="UTC")).cast(pa.timestamp("us", tz="UTC"))
    columns = {"topic": records["topic"].cast(pa.string()), "value": records["value"], "kafka_timestamp": times}
    frame = spark.createDataFrame(pa.table(columns))
    good = truth[truth["verdict"].isin(["transformed", "duplicate"])].groupby("topic", observed=True).size()
    wanted = {topic: int(good.get(topic, 0)) for topic in TOPICS}
    assert {topic: frames.events(frame, topic).count() for topic in TOPICS} == wanted
    assert (truth["reason"] == "wrong_type").sum() > 20


def test_a_view_counts_each_camera_reading_once(spark: SparkSession, faulty_run: Run) -> None:
    """When a later event has closed all minutes, the view has each once, and the vehicles of the zone, no more, no less."""
    config = replace(faulty_run.config, roads=city(Config(vehicles=40)).roads)
    run_until_caught_up(spark, config)
    catch_up_view(spark, config, "district_minutes")
    close_minutes(faulty_run)
    catch_up_view(spark, config, "district_minutes")
    view = spark.read.parquet(f"{faulty_run.lake.uri.replace('s3:', 's3a:')}/aggregates/district_minutes").toPandas()
    assert not view.duplicated(["district", "minute_start"]).any()
    seen = faulty_run.lake.read("transformed", "traffic_data").to_pandas()
    assert view["vehicle_count"].sum() == seen["vehicle_count"].sum() > 0
