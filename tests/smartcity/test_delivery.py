"""Records that a broker did not take at once are there once, none is lost."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Mapping

import pytest
from confluent_kafka.admin import AdminClient
from kafka import KafkaConsumer, TopicPartition

from smartcity.delivery import Delivery, Pace, Row
from smartcity.kafka import ensure_topics


def ids_in(bootstrap: str, topic: str) -> Counter[str]:
    """Return how often each record id is in a topic of one partition."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    place = TopicPartition(topic, 0)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    end, found = consumer.end_offsets([place])[place], Counter[str]()
    while consumer.position(place) < end:
        for batch in consumer.poll(timeout_ms=1000).values():
            found.update(dict(record.headers)["record_id"].decode() for record in batch)
    consumer.close()
    return found


@pytest.mark.stack
@pytest.mark.timeout(120)
def test_records_of_a_forgotten_topic_are_sent_when_it_is_known_again(in_lab: Mapping[str, str]) -> None:
    """A topic that the broker does not know for a while gets each record once, in the order of sending."""
    bootstrap, topic = in_lab["KAFKA_BOOTSTRAP_SERVERS"], f"forgotten-{uuid.uuid4().hex[:8]}"
    admin = AdminClient({"bootstrap.servers": bootstrap})
    rows: list[Row] = [(topic, b"dev", b"x" * 200, 1_772_434_800_000, str(number)) for number in range(9000)]
    ensure_topics(bootstrap, 1, [topic])
    delivery = Delivery(bootstrap)
    delivery.send_all(rows[:10], Pace())
    delivery.finish()
    admin.delete_topics([topic])[topic].result(30)
    again = threading.Timer(3, lambda: ensure_topics(bootstrap, 1, [topic]))
    again.start()
    delivery.send_all(rows[10:], Pace(rate=2000))
    delivery.finish()
    assert ids_in(bootstrap, topic) == Counter(row[4] for row in rows[10:])
    assert delivery.acknowledged() == len(rows)
    admin.delete_topics([topic])[topic].result(30)
