"""What goes to the topic of the dead letters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from smartcity.stream.dead_letters import MOST_BYTES, DeadLetterTopic
from smartcity.stream.main import arguments


class Sent:
    """A producer that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[tuple[Any, Any, dict[str, bytes]]] = []

    def poll(self, seconds: float) -> int:
        """Report nothing."""
        return 0

    def produce(self, topic: str, value: Any, key: Any, *, headers: Any, **_: object) -> None:
        """Keep a message."""
        self.messages.append((key, value, dict(headers)))


def test_a_record_too_large_for_a_message_is_told_by_its_place() -> None:
    """A megabyte in value, key or record id leaves its place, reason and size; a smaller record goes whole."""
    topic = DeadLetterTopic("127.0.0.1:1")
    topic.__dict__["_producer"] = sent = Sent()
    row = {"topic": "gps_data", "kafka_partition": 1, "kafka_offset": 7, "reason": "bad_json", "detail": "d"}
    row |= {"kafka_timestamp": datetime(2026, 3, 2, tzinfo=UTC), "key": b"k", "value": b"v", "record_id": "r"}
    topic._send(row)
    for large in ({"value": b"x" * MOST_BYTES}, {"key": b"x" * MOST_BYTES}, {"record_id": "x" * MOST_BYTES}):
        topic._send({**row, **large})
    whole, *rest = sent.messages
    assert whole[:2] == (b"k", b"v")
    assert whole[2]["record_id"] == b"r"
    for key, value, headers in rest:
        assert (key, value, headers["offset"], headers["reason"]) == (None, None, b"7", b"bad_json")
        assert int(headers["too_large"]) > MOST_BYTES
        assert sum(map(len, headers.values())) < 100


def test_the_program_names_the_topic_or_leaves_it_out() -> None:
    """Dead letters go to their topic by default, to another that is named, and to none where the name is empty."""
    given = (["--dead-letter-topic", name] if name is not None else [] for name in (None, "other", ""))
    named = [arguments(["--lake", "s3://b/run", *options]).dead_letter_topic for options in given]
    assert named == ["dead_letters", "other", ""]
