"""What the logs of topics hold: where partitions end, and the record ids at their ends."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from smartcity import kafka_login
from smartcity.errors import BrokerUnreachable

TAIL: Final = 100_000
"""Records at the end of a partition among which those that are in doubt are looked for: all that may be under way."""
LIMIT_S: Final = 300
"""How long it may take to read one partition."""


def _record_id(message: Message) -> str:
    headers: dict[str, Any] = dict(message.headers() or ())
    return bytes(headers.get("record_id", b"")).decode()


def _reader(bootstrap: str) -> Consumer:
    return Consumer({**kafka_login.client(bootstrap), "group.id": "delivery", "enable.auto.commit": False})


def ends(bootstrap: str, topic: str, limit_s: float) -> dict[int, int]:
    """Return the offset of the next record by partition; none if there is no such topic. Raises BrokerUnreachable."""
    end = time.monotonic() + limit_s
    while True:
        reader = _reader(bootstrap)
        try:
            partitions = reader.list_topics(topic, timeout=30).topics[topic].partitions
            return {n: reader.get_watermark_offsets(TopicPartition(topic, n), timeout=30)[1] for n in partitions}
        except KafkaException as error:
            if time.monotonic() > end:
                raise BrokerUnreachable(
                    f"Kafka did not answer for {limit_s} s: {error}. Try: ./lab up kafka"
                ) from error
            time.sleep(0.2)
        finally:
            reader.close()


def record_ids(bootstrap: str, begins: Mapping[str, Mapping[int, int]]) -> set[str]:
    """Return the record ids at the ends of topics, from these offsets on."""
    reader = _reader(bootstrap)
    ids: set[str] = set()
    try:
        for topic, begin in begins.items():
            for number in reader.list_topics(topic, timeout=30).topics[topic].partitions:
                ids |= _tail(reader, TopicPartition(topic, number), begin.get(number, 0))
    finally:
        reader.close()
    return ids


def _tail(reader: Consumer, partition: TopicPartition, begin: int) -> set[str]:
    low, high = reader.get_watermark_offsets(partition, timeout=30)
    # A topic that was deleted and created again starts at 0: all that it holds came later.
    partition.offset = max(low, high - TAIL, begin if begin <= high else low)
    reader.assign([partition])
    ids: set[str] = set()
    end = time.monotonic() + LIMIT_S
    while reader.position([partition])[0].offset < high and high > partition.offset:
        for message in reader.consume(1000, timeout=1):
            if not message.error():
                ids.add(_record_id(message))
        if time.monotonic() > end:
            raise BrokerUnreachable(
                f"Waited {LIMIT_S} s to read {partition.topic} back. Try: ./lab status, ./lab logs kafka"
            )
    return ids
