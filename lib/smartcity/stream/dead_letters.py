"""Dead letters on Kafka too, so that a device's owner can listen to its faults without reading the lake."""

from __future__ import annotations

import io
from collections import Counter
from functools import cached_property
from typing import Any, Final

import pyarrow.parquet as pq
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from smartcity import kafka, kafka_login
from smartcity.errors import BrokerUnreachable
from smartcity.lake.store import Store

DEAD_LETTERS: Final = "dead_letters"
"""The topic: key, value and timestamp unchanged; headers topic, partition, offset, reason, detail and, where there
was one, record_id. A record that alone fills a message is reported by place and reason, with the header too_large."""

ACK_S: Final = 60
MOST_BYTES: Final = 900_000
"""Of a message: a broker takes a megabyte by default, and the headers come on top of what it once took."""


class DeadLetterTopic:
    """Sends the dead letters of a batch to a topic, at least once: topic, partition and offset identify a copy."""

    def __init__(self, bootstrap: str, topic: str = DEAD_LETTERS) -> None:
        self._bootstrap, self._topic = bootstrap, topic
        self._failed: Counter[str] = Counter()

    @cached_property
    def _producer(self) -> Producer:
        kafka.ensure_topics(self._bootstrap, 1, [self._topic])
        settings = {**kafka_login.client(self._bootstrap), "enable.idempotence": True, "log_level": 2}
        return Producer(
            {**settings, "linger.ms": 5, "message.timeout.ms": ACK_S * 1000, "delivery.report.only.error": True}
        )

    def send(self, store: Store, path: str) -> int:
        """Send the rows of a file of the zone `dead_letter`; return how many. Raises BrokerUnreachable."""
        rows = pq.read_table(io.BytesIO(store.get(path))).to_pylist()
        self._failed.clear()
        try:
            for row in rows:
                self._send(row)
            left = self._producer.flush(ACK_S)
        except (BufferError, KafkaException) as error:
            raise self._unsent(str(error)) from error
        if left or self._failed:
            raise self._unsent(", ".join(self._failed) or f"no answer in {ACK_S} s")
        return len(rows)

    def _send(self, row: dict[str, Any]) -> None:
        names = {"topic": "topic", "kafka_partition": "partition", "kafka_offset": "offset"}
        names |= {"reason": "reason", "detail": "detail", "record_id": "record_id"}
        headers: list[tuple[str, str | bytes | None]]
        headers = [(name, str(row[column]).encode()) for column, name in names.items() if row[column] is not None]
        key, value = row["key"], row["value"]
        size = sum(len(text or b"") for text in (key, value, *(text for _, text in headers)))
        if size > MOST_BYTES:  # the lake has it whole; one record must not stop the stream
            headers = [header for header in headers if header[0] not in ("detail", "record_id")]
            headers, key, value = [*headers, ("too_large", str(size).encode())], None, None
        moment = round(row["kafka_timestamp"].timestamp() * 1000)
        self._producer.poll(0)
        self._producer.produce(self._topic, value, key, timestamp=moment, headers=headers, on_delivery=self._report)

    def _report(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._failed[error.str()] += 1

    def _unsent(self, why: str) -> BrokerUnreachable:
        return BrokerUnreachable(f"Kafka didn't accept the dead letters: {why}. Try: ./lab status, ./lab logs kafka")
