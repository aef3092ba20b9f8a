"""The stream as a program."""

from __future__ import annotations

import signal
from unittest.mock import MagicMock

import pytest
from py4j.protocol import Py4JError

from smartcity.events import STREAM_TOPICS
from smartcity.stream import main as program
from smartcity.stream.main import SENDERS


def test_each_topic_of_the_stream_has_a_sender() -> None:
    """What the contract lists as written by the stream is what the program can start."""
    assert SENDERS.keys() == STREAM_TOPICS.keys()


JAVA = """An error occurred while calling o60.start.
: java.io.IOException: No space left on device
\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)
"""


@pytest.mark.parametrize("error", [Py4JError(JAVA), OSError(28, "No space left on device")])
def test_an_error_of_the_machine_is_a_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Java or the disk refuses ends the program in one line that says why and what to try next, without a traceback."""

    def fail(_options: object) -> None:
        raise error

    monkeypatch.setattr(program, "spark_session", lambda _name: MagicMock())
    monkeypatch.setattr(program, "_config", fail)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert program.main(["--lake", "s3://lake/run"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "No space left on device. Its next start continues. Try: ./lab status" in line
