"""The feed: a thread that reads Kafka from the run's beginning on, and says whether Kafka answers.

It commits no offsets, so it doesn't affect other consumers. If the broker is down, it waits as long as needed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaException, Message, TopicPartition

from smartcity import kafka_login
from smartcity.dashboard.state import Live
from smartcity.dashboard.worker import Worker
from smartcity.events import STREAM_TOPICS, TOPICS
from smartcity.lake import Lake
from smartcity.schema_registry import Schemas
from smartcity.transforms.judge import Fault

_BATCH: Final = 2000
_PROBE_S: Final = 1.0
_PATIENCE_S: Final = 3.0
Offsets = Mapping[str, Mapping[str, int]]
"""The first offset of a run by topic and partition, as a lake's note has them."""


class Feed(Worker):
    """Reads the topics into a state. `down_since` is when Kafka stopped answering (time.time()), or None."""

    def __init__(self, live: Live, bootstrap: str, offsets: Offsets, made_since_ms: int | None = None) -> None:
        super().__init__("feed")
        self.live = live
        self.down_since: float | None = None
        self.records = 0
        self._offsets, self._made_since_ms = offsets, made_since_ms
        self._answered = time.monotonic()
        self._probed = 0.0
        self._schemas = Schemas.here()
        self._assigned: set[tuple[str, int]] = set()
        self._consumer = Consumer(
            {
                **kafka_login.client(bootstrap),
                "group.id": "dashboard",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 100,
                "reconnect.backoff.max.ms": 1000,
                "socket.connection.setup.timeout.ms": 2000,
                "log_level": 0,
                "error_cb": lambda error: None,  # what it says is seen by asking the broker, below
            }
        )

    def turn(self) -> None:
        """Read new records, and check once a second whether the broker is up."""
        good = [message for message in self._consumer.consume(_BATCH, 0.1) if message.error() is None]
        if good:
            values = self._schemas.plain([message.value() for message in good])
            self.live.take(map(_record, good, values))
            self.records += len(good)
            self._heard()
        if time.monotonic() - self._probed > _PROBE_S:
            self._ask()

    def close(self) -> None:
        """Disconnect from the broker."""
        self._consumer.close()

    def _ask(self) -> None:
        """Ask the broker which partitions there are, which also says whether it answers."""
        self._probed = time.monotonic()
        try:
            known = self._consumer.list_topics(timeout=1).topics
            fresh = {
                (name, number)
                for name in (*TOPICS, *STREAM_TOPICS)
                for number in (known[name].partitions if name in known else ())
            } - self._assigned
            if fresh:
                self._consumer.incremental_assign([self._begin(*each) for each in sorted(fresh)])
                self._assigned |= fresh
            self._heard()
        except KafkaException:
            if self.down_since is None and time.monotonic() - self._answered > _PATIENCE_S:
                self.down_since = time.time()

    def _heard(self) -> None:
        self._answered, self.down_since = time.monotonic(), None

    def _begin(self, topic: str, partition: int) -> TopicPartition:
        if topic in STREAM_TOPICS:  # only their time shows which records belong to this run
            if self._made_since_ms is None:
                return TopicPartition(topic, partition, OFFSET_END)
            return self._consumer.offsets_for_times([TopicPartition(topic, partition, self._made_since_ms)], timeout=5)[
                0
            ]
        return TopicPartition(topic, partition, self._offsets.get(topic, {}).get(str(partition), OFFSET_BEGINNING))


def _record(message: Message, value: bytes | Fault | None) -> tuple[str, bytes | None, int]:
    return str(message.topic()), None if isinstance(value, Fault) else value, message.timestamp()[1]


def run_start(lake: Lake) -> tuple[Offsets, int | None]:
    """Return where a run begins in Kafka, and when it began (milliseconds since the epoch).

    A run without a note in the lake starts with what Kafka still holds. Raises LakeError.
    """
    written = lake.note_time("starting_offsets")
    if written is None:
        return {}, None
    return lake.read_note("starting_offsets"), int(written.timestamp() * 1000)
