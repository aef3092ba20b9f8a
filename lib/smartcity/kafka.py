"""Records onto Kafka: topics, a producer that accounts for every record, and pacing.

The producer is librdkafka's, idempotent with acks=all: a record is written once and in order, or reported as not
written ("Idempotent Producer" in https://docs.confluent.io/platform/current/clients/librdkafka/html/md_INTRODUCTION.html).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from smartcity.errors import BrokerUnreachable
from smartcity.events import TOPICS
from smartcity.simulate import Chunk

CONNECT_S: Final = 15
ACK_S: Final = 300
"""How long a record may wait for its acknowledgement, as while the broker restarts."""
POLL_EVERY: Final = 1000
"""Records between two looks at Kafka's reports."""
Row = tuple[str, bytes, bytes, int, str]
"""Topic, key, value, time (ms) and record id."""
Progress = Callable[[int, int], None]
"""Called with the numbers of records sent and acknowledged so far."""


def ensure_topics(bootstrap: str, partitions: int = 4, names: Iterable[str] = tuple(TOPICS)) -> None:
    """Create those topics (by default the five of the contract) that do not exist yet, with that many partitions.

    Raises BrokerUnreachable where Kafka does not answer within 15 seconds.
    """
    _require_broker(bootstrap)
    wanted = [NewTopic(name, num_partitions=partitions, replication_factor=1) for name in names]
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})
    for name, made in admin.create_topics(wanted, request_timeout=CONNECT_S).items():
        try:
            made.result(CONNECT_S)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise BrokerUnreachable(
                    f"Topic {name} was not made: {error.args[0].str()}. Try: ./lab logs kafka"
                ) from error


def end_offsets(bootstrap: str) -> dict[str, dict[str, int]]:
    """Return the offset of the next record by topic and partition, in the form of Spark's `startingOffsets`.

    Raises BrokerUnreachable where Kafka does not answer within 15 seconds, or a topic does not exist.
    """
    _require_broker(bootstrap)
    reader = Consumer({"bootstrap.servers": bootstrap, "group.id": "end_offsets"})
    try:
        known = reader.list_topics(timeout=CONNECT_S).topics
        if absent := set(TOPICS) - set(known):
            raise BrokerUnreachable(f"Kafka has no topic {', '.join(sorted(absent))}. Try: ensure_topics() first.")
        return {name: {str(p): _end(reader, name, p) for p in sorted(known[name].partitions)} for name in TOPICS}
    finally:
        reader.close()


def _end(reader: Consumer, topic: str, partition: int) -> int:
    return int(reader.get_watermark_offsets(TopicPartition(topic, partition), timeout=CONNECT_S)[1])


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
    delivery, pace = _Delivery(bootstrap), Pace(rate, realtime)
    for chunk in chunks:
        delivery.send_all(_rows(chunk), pace)
        if on_progress:
            on_progress(delivery.sent.total(), delivery.acknowledged())
    delivery.finish()
    if on_progress:
        on_progress(delivery.sent.total(), delivery.acknowledged())
    return {name: delivery.sent[name] for name in TOPICS}


@dataclass
class Pace:
    """When each record is due: evenly at `rate` a second, or at its own time, whichever is later."""

    rate: float | None = None
    realtime: bool = False
    clock: Callable[[], float] = time.monotonic
    _begin: float | None = field(default=None, init=False)
    _first_ms: int = field(default=0, init=False)
    _number: int = field(default=0, init=False)

    @property
    def paced(self) -> bool:
        """Whether any record has to wait for its turn."""
        return self.rate is not None or self.realtime

    def due_in_s(self, timestamp_ms: int) -> float:
        """Return the seconds until the next record, which arrives at `timestamp_ms`, is due; 0 where it is."""
        if not self.paced:
            return 0.0
        if self._begin is None:
            self._begin, self._first_ms = self.clock(), timestamp_ms
        due = self._number / self.rate if self.rate else 0.0
        if self.realtime:
            due = max(due, (timestamp_ms - self._first_ms) / 1000)
        self._number += 1
        return max(0.0, self._begin + due - self.clock())


def _rows(chunk: Chunk) -> Iterable[Row]:
    columns = ("topic", "key", "value", "timestamp_ms", "record_id")
    return zip(*(chunk.records[name].to_pylist() for name in columns), strict=True)


def _require_broker(bootstrap: str) -> None:
    try:
        AdminClient({"bootstrap.servers": bootstrap, "log_level": 0}).list_topics(timeout=CONNECT_S)
    except KafkaException as error:
        raise BrokerUnreachable(f"Kafka at {bootstrap} did not answer in {CONNECT_S} s. Try: ./lab up kafka") from error


class _Delivery:
    """A producer and its books. Kafka reports errors only; what has left the queue without one is acknowledged."""

    def __init__(self, bootstrap: str) -> None:
        self.sent: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": 20,
                "compression.type": "lz4",
                "partitioner": "murmur2_random",
                "message.timeout.ms": ACK_S * 1000,
                "queue.buffering.max.messages": 200_000,
                "delivery.report.only.error": True,
                "log_level": 2,
                "on_delivery": self._report,
            }
        )

    def _report(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self.failed[error.str()] += 1

    def acknowledged(self) -> int:
        """Return how many records Kafka has confirmed."""
        return self.sent.total() - len(self._producer) - self.failed.total()

    def send_all(self, rows: Iterable[Row], pace: Pace) -> None:
        """Hand records to the producer, each when it is due."""
        produce, paced = self._producer.produce, pace.paced
        for number, (topic, key, value, at_ms, record_id) in enumerate(rows, 1):
            if paced:
                self._wait(pace.due_in_s(at_ms))
            headers: list[tuple[str, str | bytes | None]] = [("record_id", record_id.encode())]
            try:
                produce(topic, value, key, timestamp=at_ms, headers=headers)
            except BufferError:
                self._wait_for_room()
                produce(topic, value, key, timestamp=at_ms, headers=headers)
            self.sent[topic] += 1
            if number % POLL_EVERY == 0:
                self._poll(0)

    def finish(self) -> None:
        """Wait until every record is acknowledged or has failed."""
        self._producer.flush(ACK_S)
        if self.failed or len(self._producer):
            self._complain()

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while seconds > 0:
            self._poll(seconds)
            seconds = end - time.monotonic()

    def _wait_for_room(self) -> None:
        """Wait until the queue is half empty: a record that waits alone for each place costs more."""
        end, full = time.monotonic() + ACK_S, len(self._producer)
        while len(self._producer) > full / 2:
            self._poll(0.05)
            if time.monotonic() > end:
                self._complain()

    def _poll(self, seconds: float) -> None:
        self._producer.poll(seconds)
        if self.failed:
            self._complain()

    def _complain(self) -> None:
        sent, acked = self.sent.total(), self.acknowledged()
        causes = "; ".join(f"{count} x {cause}" for cause, count in self.failed.items()) or f"no answer in {ACK_S} s"
        raise BrokerUnreachable(
            f"Kafka has acknowledged {acked} of {sent} records, {sent - acked} are missing: {causes}. "
            "Try: ./lab status, then ./lab up kafka; missing topics are made by ensure_topics()."
        )
