"""Delivers records to Kafka: paced, accounted for, and sent again if a restarted broker has forgotten their topic.

A broker that was restarted answers for a moment that it knows no topic. librdkafka takes its word and fails all records
in its queue, also those that it had sent before and that the broker may have kept. So the log is asked which of them it
holds, and the others are sent again: each is there once.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from smartcity import kafka_log, kafka_login
from smartcity.errors import BrokerUnreachable

ACK_S: Final = 300
"""How long a record may wait for its acknowledgement, as while the broker restarts."""
POLL_EVERY: Final = 1000
"""Records between two looks at Kafka's reports."""
FORGOTTEN: Final = (KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION, KafkaError._DESTROY)
"""Reports after which a record may be in the log or not: its topic, partition or connection is gone for the moment."""
Row = tuple[str, bytes, bytes, int, str]
"""Topic, key, value, time (ms) and record id."""


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
        if self._begin is None:
            self._begin, self._first_ms = self.clock(), timestamp_ms
        due = self._number / self.rate if self.rate else 0.0
        if self.realtime:
            due = max(due, (timestamp_ms - self._first_ms) / 1000)
        self._number += 1
        return max(0.0, self._begin + due - self.clock())


class Delivery:
    """A producer and its counts. Kafka reports errors only; what has left the queue without one is acknowledged."""

    def __init__(self, bootstrap: str) -> None:
        self.sent: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._forgotten: list[Row] = []
        self._begins: dict[str, Mapping[int, int]] = {}
        """Where this delivery's records begin: those of an earlier run before them may have the same ids."""
        self._bootstrap = bootstrap
        self._producer = Producer(
            {
                **kafka_login.client(bootstrap),
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": 20,
                "compression.type": "lz4",
                "partitioner": "murmur2_random",
                "message.timeout.ms": ACK_S * 1000,
                "queue.buffering.max.messages": 200_000,
                "delivery.report.only.error": True,
                "log_level": 2,
            }
        )

    def _produce(self, row: Row) -> None:
        topic, key, value, at_ms, record_id = row
        headers: list[tuple[str, str | bytes | None]] = [("record_id", record_id.encode())]
        report = _Report(self, row)
        self._producer.produce(topic, value, key, timestamp=at_ms, headers=headers, on_delivery=report)

    def not_delivered(self, row: Row, error: KafkaError) -> None:
        """Note that a record that had been queued did not get into the log, as far as the producer knows."""
        if error.code() in FORGOTTEN:
            self._forgotten.append(row)
        else:
            self.failed[error.str()] += 1

    def acknowledged(self) -> int:
        """Return how many records Kafka has confirmed."""
        return self.sent.total() - len(self._producer) - self.failed.total() - len(self._forgotten)

    def send_all(self, rows: Iterable[Row], pace: Pace) -> None:
        """Pass records to the producer when they are due."""
        for number, row in enumerate(rows, 1):
            if row[0] not in self._begins:
                self._begins[row[0]] = kafka_log.ends(self._bootstrap, row[0], ACK_S)
            if pace.paced:
                self._wait(pace.due_in_s(row[3]))
            self._send(row)
            self.sent[row[0]] += 1
            if number % POLL_EVERY == 0:
                self._poll(0)

    def finish(self) -> None:
        """Wait until every record is acknowledged or has failed."""
        end = time.monotonic() + ACK_S
        while (len(self._producer) or self._forgotten) and time.monotonic() < end:
            self._poll(0.1)
            self._producer.flush(0.1)
        if self.failed or self._forgotten or len(self._producer):
            self._complain()

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while seconds > 0:
            self._poll(seconds)
            seconds = end - time.monotonic()

    def _send(self, row: Row) -> None:
        try:
            self._produce(row)
        except (BufferError, KafkaException) as error:
            self._insist(row, error)

    def _insist(self, row: Row, error: BufferError | KafkaException) -> None:
        """Send a record that was not taken: when the queue is half empty, or when its topic is known again."""
        end, full = time.monotonic() + ACK_S, len(self._producer)
        while time.monotonic() < end:
            if isinstance(error, KafkaException) and error.args[0].code() not in FORGOTTEN:
                raise error
            self._poll(0.05)
            if isinstance(error, BufferError) and len(self._producer) > full / 2:
                continue
            # Unless it is asked, librdkafka looks for the topic only after minutes.
            if isinstance(error, KafkaException) and not self._know({row[0]}):
                continue
            try:
                self._produce(row)
                return
            except (BufferError, KafkaException) as again:
                error = again
        self._complain()

    def _poll(self, seconds: float) -> None:
        self._producer.poll(seconds)
        if self.failed:
            self._complain()
        if self._forgotten and self._know({row[0] for row in self._forgotten}):
            self._send_again()

    def _send_again(self) -> None:
        """Send the records in doubt that the log does not hold; if the broker goes away again, they stay in doubt."""
        if self._producer.flush(ACK_S):  # what is still under way may reach the log after it was asked
            return
        try:
            kept = kafka_log.record_ids(self._bootstrap, {row[0]: self._begins[row[0]] for row in self._forgotten})
        except KafkaException:
            return
        rows, self._forgotten = self._forgotten, []
        for row in rows:
            if row[4] not in kept:
                self._send(row)

    def _know(self, topics: set[str]) -> bool:
        """Return whether the broker knows the topics again."""
        try:
            known = self._producer.list_topics(timeout=5).topics
        except KafkaException:
            return False
        return all(name in known and known[name].partitions for name in topics)

    def _complain(self) -> None:
        sent, acked = self.sent.total(), self.acknowledged()
        causes = "; ".join(f"{count} x {cause}" for cause, count in self.failed.items()) or f"no answer in {ACK_S} s"
        raise BrokerUnreachable(
            f"Kafka has acknowledged {acked} of {sent} records, {sent - acked} are missing: {causes}. "
            "Try: ./lab status, then ./lab up kafka; ensure_topics() creates missing topics."
        )


class _Report:
    """What librdkafka calls when a record fails. It holds the row, as the message it is given has no headers or time.

    One is made for each record, so it has slots.
    """

    __slots__ = ("delivery", "row")

    def __init__(self, delivery: Delivery, row: Row) -> None:
        self.delivery, self.row = delivery, row

    def __call__(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self.delivery.not_delivered(self.row, error)
