"""Records onto Kafka: topics, a producer that accounts for every record, and pacing.

The producer is librdkafka's, idempotent with acks=all: a record is written once and in order, or reported as not
written ("Idempotent Producer" in https://docs.confluent.io/platform/current/clients/librdkafka/html/md_INTRODUCTION.html).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from smartcity import kafka_login
from smartcity.delivery import Delivery, Pace, Row
from smartcity.errors import BrokerUnreachable
from smartcity.events import TOPICS
from smartcity.simulate import Chunk

CONNECT_S: Final = 15
_SPREAD_S: Final = 5
"""How long a new topic may take to be known to all brokers."""
_NOT_YET: Final = (
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION,
)
"""What a broker answers about a partition that it does not know, or does not lead, yet."""
Progress = Callable[[int, int], None]
"""Called with the numbers of records sent and acknowledged so far."""


def ensure_topics(bootstrap: str, partitions: int = 4, names: Iterable[str] = tuple(TOPICS)) -> None:
    """Create those topics (by default the five of the contract) that do not exist yet, with that many partitions.

    Raises BrokerUnreachable where Kafka does not answer within 15 seconds.
    """
    _require_broker(bootstrap)
    # -1: as many copies as the cluster makes by default, one on a laptop's single broker.
    wanted = [NewTopic(name, num_partitions=partitions, replication_factor=-1) for name in names]
    admin = AdminClient({**kafka_login.client(bootstrap), "log_level": 2})
    for name, made in admin.create_topics(wanted, request_timeout=CONNECT_S).items():
        try:
            made.result(CONNECT_S)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise BrokerUnreachable(
                    f"Topic {name} was not created: {error.args[0].str()}. Try: ./lab logs kafka"
                ) from error


def end_offsets(bootstrap: str) -> dict[str, dict[str, int]]:
    """Return the offset of the next record by topic and partition, in the form of Spark's `startingOffsets`.

    Raises BrokerUnreachable where Kafka does not answer within 15 seconds, or a topic does not exist.
    """
    _require_broker(bootstrap)
    reader = Consumer({**kafka_login.client(bootstrap), "group.id": "end_offsets"})
    try:
        known = _partitions(reader)
        return {name: {str(p): _end(reader, name, p) for p in known[name]} for name in TOPICS}
    finally:
        reader.close()


def _partitions(reader: Consumer) -> dict[str, list[int]]:
    """Return the partitions of the city's topics; one of several brokers may learn of a new topic a little later."""
    limit = time.monotonic() + _SPREAD_S
    while True:
        topics = reader.list_topics(timeout=CONNECT_S).topics
        known = {name: sorted(topic.partitions) for name, topic in topics.items() if topic.partitions}
        absent = sorted(set(TOPICS) - set(known))
        if not absent:
            return known
        if time.monotonic() > limit:
            raise BrokerUnreachable(f"Kafka has no topic {', '.join(absent)}. Try: ensure_topics() first.")
        time.sleep(0.1)


def _end(reader: Consumer, topic: str, partition: int) -> int:
    """Return the offset of the next record, once the partition's leader answers.

    Brokers learn of a new topic some time after its creation has succeeded (Kafka's Admin API, "createTopics").
    """
    limit = time.monotonic() + CONNECT_S
    while True:
        try:
            return int(reader.get_watermark_offsets(TopicPartition(topic, partition), timeout=CONNECT_S)[1])
        except KafkaException as error:
            if error.args[0].code() not in _NOT_YET:
                raise
            if time.monotonic() > limit:
                raise BrokerUnreachable(
                    f"Partition {partition} of topic {topic} has had no leader for {CONNECT_S} s. Try: ./lab status"
                ) from error
        time.sleep(0.1)


def produce(
    chunks: Iterable[Chunk],
    bootstrap: str,
    rate: float | None = None,
    realtime: bool = False,
    on_progress: Progress | None = None,
) -> dict[str, int]:
    """Send all records in their order and return how many Kafka has acknowledged, by topic.

    `rate` caps records a second, evenly spread; `realtime` sends each record at its arrival time, counted from the
    first one; without both it goes as fast as Kafka takes them. Keys choose partitions as in the Java client (murmur2).
    Raises BrokerUnreachable where Kafka does not answer, or has not acknowledged all records in 300 seconds; the
    message says how many are missing.
    """
    _require_broker(bootstrap)
    delivery, pace = Delivery(bootstrap), Pace(rate, realtime)
    for chunk in chunks:
        delivery.send_all(_rows(chunk), pace)
        if on_progress:
            on_progress(delivery.sent.total(), delivery.acknowledged())
    delivery.finish()
    if on_progress:
        on_progress(delivery.sent.total(), delivery.acknowledged())
    return {name: delivery.sent[name] for name in TOPICS}


def _rows(chunk: Chunk) -> Iterable[Row]:
    columns = ("topic", "key", "value", "timestamp_ms", "record_id")
    return zip(*(chunk.records[name].to_pylist() for name in columns), strict=True)


def _require_broker(bootstrap: str) -> None:
    try:
        AdminClient({**kafka_login.client(bootstrap), "log_level": 0}).list_topics(timeout=CONNECT_S)
    except KafkaException as error:
        raise BrokerUnreachable(f"Kafka at {bootstrap} did not answer in {CONNECT_S} s. Try: ./lab up kafka") from error
