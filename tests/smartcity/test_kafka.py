"""Records onto Kafka: none is lost, each is in its place, and pacing is smooth."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import cast

import psutil
import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException
from kafka import KafkaConsumer, TopicPartition

from localcloud import lab
from localcloud.home import Home
from smartcity import kafka, kafka_login
from smartcity.errors import BrokerUnreachable
from smartcity.events import TOPICS
from smartcity.simulate import Chunk, Config, simulate

CITY = Config(minutes=4, vehicles=60, seed=3)


def test_a_rate_spreads_records_evenly() -> None:
    """At 100 a second, the nth record is due n hundredths after the first, however late its turn comes."""
    now = [5.0]
    pace = kafka.Pace(rate=100, clock=lambda: now[0])
    assert pace.due_in_s(0) == 0
    assert pace.due_in_s(0) == pytest.approx(0.01)
    now[0] += 0.5
    assert pace.due_in_s(0) == 0
    now[0] = 5.0
    assert pace.due_in_s(0) == pytest.approx(0.03)


def test_real_time_follows_the_arrivals() -> None:
    """A record that arrives 90 s after the first is due 90 s after it."""
    pace = kafka.Pace(realtime=True, clock=lambda: 1.0)
    assert pace.due_in_s(1_000_000) == 0
    assert pace.due_in_s(1_090_000) == pytest.approx(90)


def test_without_a_broker_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each entry names the address and the next step."""
    monkeypatch.setattr(kafka, "CONNECT_S", 1)
    for call in (kafka.ensure_topics, kafka.end_offsets, lambda b: kafka.produce([], b)):
        with pytest.raises(BrokerUnreachable, match=r"127\.0\.0\.1:1 .*Try: \./lab up kafka"):
            call("127.0.0.1:1")


class NewPartition:
    """A reader of a partition whose leader refuses it some times before it answers."""

    def __init__(self, code: int, refusals: int) -> None:
        self.code, self.refusals = code, refusals

    def get_watermark_offsets(self, partition: TopicPartition, timeout: float) -> tuple[int, int]:
        self.refusals -= 1
        if self.refusals >= 0:
            raise KafkaException(KafkaError(self.code))
        return 0, 7


@pytest.mark.parametrize("code", [KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.NOT_LEADER_FOR_PARTITION])
def test_a_new_partition_is_waited_for(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Its offset is returned as soon as its leader knows it; without a leader the error names the partition."""
    assert kafka._end(cast("Consumer", NewPartition(code, refusals=2)), "t", 3) == 7
    monkeypatch.setattr(kafka, "CONNECT_S", 0)
    with pytest.raises(BrokerUnreachable, match=r"Partition 3 of topic t has had no leader .*Try: \./lab status"):
        kafka._end(cast("Consumer", NewPartition(code, refusals=1000)), "t", 3)


class NewTopics:
    """A reader of a broker that lists the city's topics only when it is asked for the third time."""

    def __init__(self) -> None:
        self.calls = 0

    def list_topics(self, timeout: float) -> SimpleNamespace:
        self.calls += 1
        known = {name: SimpleNamespace(partitions={0: None} if self.calls > 2 else {}) for name in TOPICS}
        return SimpleNamespace(topics=known if self.calls > 1 else {})


def test_new_topics_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker may learn of a topic, and of its partitions, after another has created it; if not, the error names it."""
    reader = NewTopics()
    assert set(kafka._partitions(cast("Consumer", reader))) == set(TOPICS)
    assert reader.calls == 3
    monkeypatch.setattr(kafka, "_SPREAD_S", -1)
    with pytest.raises(BrokerUnreachable, match=r"Kafka has no topic .*gps_data.*Try: ensure_topics"):
        kafka._partitions(cast("Consumer", NewTopics()))


def test_another_error_of_a_partition_is_raised() -> None:
    """A refusal that waiting doesn't change is not waited for."""
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        kafka._end(cast("Consumer", NewPartition(KafkaError.TOPIC_AUTHORIZATION_FAILED, refusals=1)), "t", 0)


@pytest.fixture
def bootstrap(in_lab: Mapping[str, str]) -> str:
    """The address of the lab's Kafka, which has the topics."""
    kafka.ensure_topics(in_lab["KAFKA_BOOTSTRAP_SERVERS"])
    return in_lab["KAFKA_BOOTSTRAP_SERVERS"]


def read_since(bootstrap: str, begin: dict[str, dict[str, int]]) -> list[tuple[object, ...]]:
    """Return topic, partition, key, value, timestamp and record_id of all records from `begin` to now, in order."""
    consumer = KafkaConsumer(**kafka_login.kafka_python(bootstrap), enable_auto_commit=False)
    places = {TopicPartition(t, int(p)): at for t, parts in begin.items() for p, at in parts.items()}
    consumer.assign(list(places))
    for place, at in places.items():
        consumer.seek(place, at)
    wanted = sum(at for parts in kafka.end_offsets(bootstrap).values() for at in parts.values()) - sum(places.values())
    found: list[tuple[object, ...]] = []
    while len(found) < wanted:
        for batch in consumer.poll(timeout_ms=5000).values():
            found += [(r.topic, r.partition, r.key, r.value, r.timestamp, dict(r.headers)["record_id"]) for r in batch]
    consumer.close()
    return found


@pytest.mark.stack
def test_every_record_is_on_kafka_once_and_whole(bootstrap: str) -> None:
    """Keys, bytes (also empty and broken ones), times and record ids are read back as they were simulated."""
    begin, chunks = kafka.end_offsets(bootstrap), list(simulate(CITY))
    sent = kafka.produce(chunks, bootstrap)
    rows = [row for chunk in chunks for row in chunk.records.to_pylist()]
    assert sent == {t: sum(row["topic"] == t for row in rows) for t in TOPICS}
    found = read_since(bootstrap, begin)
    assert sorted(f[:1] + f[2:] for f in found) == sorted(
        (r["topic"], r["key"], r["value"], r["timestamp_ms"], r["record_id"].encode()) for r in rows
    )


@pytest.mark.stack
def test_a_device_keeps_to_one_partition_and_its_order(bootstrap: str) -> None:
    """All records of a key are in one partition, in the order of their arrival."""
    begin = kafka.end_offsets(bootstrap)
    kafka.produce(simulate(CITY), bootstrap)
    last: dict[tuple[object, object], tuple[object, int]] = {}
    for topic, partition, key, _, at, _ in read_since(bootstrap, begin):
        before = last.get((topic, key), (partition, 0))
        assert before[0] == partition
        assert before[1] <= at  # type: ignore[operator]
        last[topic, key] = (partition, at)  # type: ignore[assignment]


def pid_of(service: str, home: Home) -> int:
    """Return the process id of a running service."""
    return next(each.pid for each in lab.supervisor(home).status() if each.name == service and each.pid)


@pytest.mark.stack
@pytest.mark.timeout(240)
def test_a_broker_that_is_killed_loses_nothing(bootstrap: str, lab_home: Home) -> None:
    """Killed amid a paced run and started again, Kafka holds each record once, and all are acknowledged."""
    begin, chunks = kafka.end_offsets(bootstrap), list(simulate(CITY))
    total = sum(len(chunk.records) for chunk in chunks)

    def interrupted() -> Iterator[Chunk]:
        for number, chunk in enumerate(chunks):
            if number == 1:
                broker = psutil.Process(pid_of("kafka", lab_home))
                broker.kill()
                broker.wait(10)
                back.start()
            yield chunk

    back = threading.Thread(target=lambda: lab.supervisor(lab_home).up(["kafka"]))
    sent = kafka.produce(interrupted(), bootstrap, rate=total / 10)
    back.join(120)
    ids = [found[5] for found in read_since(bootstrap, begin)]
    assert sum(sent.values()) == total == len(ids) == len(set(ids))
