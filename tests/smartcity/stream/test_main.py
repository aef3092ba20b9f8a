"""The stream as a program."""

from __future__ import annotations

from smartcity.events import STREAM_TOPICS
from smartcity.stream.main import SENDERS


def test_each_topic_of_the_stream_has_a_sender() -> None:
    """What the contract lists as written by the stream is what the program can start."""
    assert SENDERS.keys() == STREAM_TOPICS.keys()
