"""The records of a topic between two offsets of each partition, as the engine's COPY takes them, and their count.

Each partition is read from where the last refresh stopped up to its end as it was when this refresh began. Only a few
megabytes are held at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from localcloud.redshift.errors import SqlError
from localcloud.redshift.streaming import rows
from localcloud.redshift.streaming.brokers import Brokers, unreadable

STALL_S = 20
"""How long no record may come while some are missing."""
_CHUNK, _AT_ONCE = 1 << 20, 2_000
_WAIT_S = 0.02
"""What is there after so long is taken, even if it is less than asked for."""
_CONSUMER = {
    "group.id": "redshift",
    "enable.auto.commit": False,
    "auto.offset.reset": "error",
    "enable.partition.eof": True,
    "isolation.level": "read_committed",
    "queued.max.messages.kbytes": 16_384,
    "fetch.wait.max.ms": 20,
}
"""The offsets are the warehouse's: the group keeps none."""


@dataclass
class Book:
    """The count of one partition: records read, sent to the engine and skipped, and how far it was read."""

    begin: int
    end: int
    read: int = 0
    sent: int = 0
    skipped: int = 0
    bytes: int = 0
    next: int = -1
    times: list[int] = field(default_factory=list)
    """The earliest and the latest timestamp, in milliseconds."""

    def __post_init__(self) -> None:
        self.next = self.begin

    def see(self, offset: int, size: int, moment: int) -> None:
        """Count a record. Raises SqlError if it comes out of turn."""
        if offset < self.next:
            raise SqlError("XX000", f"Kafka gave offset {offset} after {self.next - 1}")
        self.next = offset + 1
        self.read += 1
        self.bytes += size
        self.times = [min(self.times[0], moment), max(self.times[1], moment)] if self.times else [moment, moment]

    def check(self) -> None:
        """Raise SqlError if a record that was read is in neither count, or there are more than offsets."""
        if self.read != self.sent + self.skipped or self.read > self.next - self.begin:
            raise SqlError(
                "XX000",
                f"REFRESH lost count: {self.read} record(s) of {self.next - self.begin} offsets were read, "
                f"{self.sent} sent and {self.skipped} skipped",
            )


class Reading:
    """The records that one refresh reads. Close it at the end."""

    def __init__(self, brokers: Brokers, topic: str, spans: Mapping[int, tuple[int, int]], moment: datetime) -> None:
        self._topic, self._refresh_time = topic, rows.refresh_time(moment)
        self.books = {partition: Book(*span) for partition, span in spans.items()}
        self.errors: list[dict[str, Any]] = []
        self._open = {partition for partition, (begin, end) in spans.items() if begin < end}
        self._consumer = Consumer({**brokers.client, **_CONSUMER})
        self._seen_at = time.monotonic()

    def close(self) -> None:
        """End the connection to the brokers."""
        self._consumer.close()

    def chunks(self) -> Iterator[bytes]:
        """Give the records. Raises SqlError if they stop coming."""
        self._consumer.assign([TopicPartition(self._topic, number, self.books[number].begin) for number in self._open])
        chunk = bytearray(rows.HEADER)
        while self._open:
            for message in self._messages():
                self._take(message, chunk)
            if len(chunk) >= _CHUNK:
                yield bytes(chunk)
                chunk.clear()
        for book in self.books.values():
            book.check()
        yield bytes(chunk) + rows.TRAILER

    def _messages(self) -> list[Message]:
        try:
            messages = self._consumer.consume(_AT_ONCE, timeout=_WAIT_S)
        except KafkaException as error:
            raise unreadable(self._topic, error) from None
        now = time.monotonic()
        if now - self._seen_at > STALL_S:
            read = sum(book.read for book in self.books.values())
            raise unreadable(self._topic, f"none came within {STALL_S} s, after {read}; nothing was changed")
        if any(message.error() is None for message in messages):
            self._seen_at = now
        return messages

    def _take(self, message: Message, chunk: bytearray) -> None:
        failure, partition, offset = message.error(), _number(message.partition()), _number(message.offset())
        if failure is not None:
            self._judge(failure, partition, offset)
        if failure is not None or partition not in self._open:
            return
        book = self.books[partition]
        if offset < book.end:
            self._add(book, message, chunk)
        if offset >= book.end - 1:
            book.next = book.end
            self._finish(partition)

    def _add(self, book: Book, message: Message, chunk: bytearray) -> None:
        book.see(_number(message.offset()), len(message), message.timestamp()[1])
        if len(message) > rows.LIMIT or len(message.key() or b"") > rows.LIMIT:
            book.skipped += 1
            self.errors.append(rows.too_large(message))
            return
        chunk += rows.encoded(message, self._refresh_time)
        book.sent += 1

    def _judge(self, failure: KafkaError, partition: int, offset: int) -> None:
        """Take note of what is not a record: the end of a partition, which transactions that run may hold back."""
        if failure.code() == KafkaError._PARTITION_EOF:
            if partition in self._open:
                book = self.books[partition]
                book.next = max(book.next, min(offset, book.end))
                self._finish(partition)
        elif failure.fatal() or failure.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):
            raise unreadable(self._topic, failure.str())

    def _finish(self, partition: int) -> None:
        self._open.discard(partition)
        self._consumer.pause([TopicPartition(self._topic, partition)])


def _number(value: int | None) -> int:
    """Return a number of a message, which an error of the client itself does not have."""
    return -1 if value is None else value
