"""Records that a broker did not take at once are there once, none is lost."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Mapping
from types import SimpleNamespace

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from kafka import KafkaConsumer, TopicPartition

from smartcity import kafka_login
from smartcity.delivery import Delivery, Pace, Row
from smartcity.kafka import ensure_topics


def rows_in(bootstrap: str, topic: str) -> Counter[Row]:
    """Return how often each row is in a topic of one partition."""
    consumer = KafkaConsumer(**kafka_login.kafka_python(bootstrap), enable_auto_commit=False)
    place = TopicPartition(topic, 0)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    end, found = consumer.end_offsets([place])[place], Counter[Row]()
    while consumer.position(place) < end:
        for batch in consumer.poll(timeout_ms=1000).values():
            found.update((r.topic, r.key, r.value, r.timestamp, dict(r.headers)["record_id"].decode()) for r in batch)
    consumer.close()
    return found


@pytest.mark.stack
@pytest.mark.timeout(120)
@pytest.mark.parametrize("partitions", [1, 4])
def test_records_of_a_forgotten_topic_are_sent_when_it_is_known_again(
    in_lab: Mapping[str, str], partitions: int
) -> None:
    """A topic that the broker does not know for a while gets each record once and whole.

    With four partitions before, of which three are gone afterwards, librdkafka first takes records and gives them up
    later. Its report on those has neither headers nor time.
    """
    bootstrap, topic = in_lab["KAFKA_BOOTSTRAP_SERVERS"], f"forgotten-{uuid.uuid4().hex[:8]}"
    admin = AdminClient(kafka_login.client(bootstrap))
    rows: list[Row] = [
        (topic, b"dev-%d" % (number % 16), b"x" * 200, 1_772_434_800_000 + number, str(number))
        for number in range(9000)
    ]
    ensure_topics(bootstrap, partitions, [topic])
    delivery = Delivery(bootstrap)
    delivery.send_all(rows[:10], Pace())
    delivery.finish()
    admin.delete_topics([topic])[topic].result(30)
    again = threading.Timer(3, lambda: ensure_topics(bootstrap, 1, [topic]))
    again.start()
    delivery.send_all(rows[10:], Pace(rate=2000))
    delivery.finish()
    assert rows_in(bootstrap, topic) == Counter(rows[10:])
    assert delivery.acknowledged() == len(rows)
    admin.delete_topics([topic])[topic].result(30)


@pytest.mark.stack
@pytest.mark.timeout(120)
def test_an_earlier_run_with_the_same_ids_is_not_this_one(in_lab: Mapping[str, str]) -> None:
    """Records in doubt are sent again even if an earlier run with the same seed has left its own, with equal ids."""
    bootstrap, topic = in_lab["KAFKA_BOOTSTRAP_SERVERS"], f"twice-{uuid.uuid4().hex[:8]}"
    rows: list[Row] = [(topic, b"dev", b"x", 1_772_434_800_000 + number, str(number)) for number in range(100)]
    ensure_topics(bootstrap, 1, [topic])
    for in_doubt in ([], rows[60:]):
        delivery = Delivery(bootstrap)
        delivery.send_all(rows[: 100 - len(in_doubt)], Pace())
        for row in in_doubt:
            delivery.not_delivered(row, KafkaError(KafkaError._UNKNOWN_TOPIC))
        for row in rows[50:60] if in_doubt else ():  # these are in the log, whatever the report says
            delivery.not_delivered(row, KafkaError(KafkaError._UNKNOWN_TOPIC))
        delivery.finish()
    assert rows_in(bootstrap, topic) == Counter(rows + rows)
    admin = AdminClient(kafka_login.client(bootstrap))
    admin.delete_topics([topic])[topic].result(30)


class Forgetful:
    """A producer that takes no record before it was asked for the broker's topics, as librdkafka for minutes."""

    def __init__(self, settings: Mapping[str, object]) -> None:
        self.asked, self.taken = 0, list[str]()

    def produce(self, topic: str, value: bytes, *more: object, **named: object) -> None:
        """Take a record, or raise."""
        if not self.asked:
            raise KafkaException(KafkaError(KafkaError._UNKNOWN_TOPIC))
        self.taken.append(topic)

    def list_topics(self, timeout: float) -> SimpleNamespace:
        """Tell that the topic is there."""
        self.asked += 1
        return SimpleNamespace(topics={"t": SimpleNamespace(partitions={0: None})})

    def poll(self, seconds: float) -> int:
        """Report nothing."""
        return 0

    def __len__(self) -> int:
        return 0


def test_a_topic_that_the_producer_thinks_unknown_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that is refused because of an unknown topic is taken as soon as the broker was asked for its topics."""
    monkeypatch.setattr("smartcity.delivery.Producer", Forgetful)
    monkeypatch.setattr("smartcity.delivery.ACK_S", 5)
    monkeypatch.setattr("smartcity.kafka_log.ends", lambda *_: {0: 0})
    delivery = Delivery("127.0.0.1:1")
    delivery.send_all([("t", b"", b"", 0, "1")], Pace())
    assert (delivery._producer.taken, delivery._producer.asked) == (["t"], 1)
