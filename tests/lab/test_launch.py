"""The command line with which `./lab stream` starts the stream."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import typer

from lab import progress
from lab.launch import REAL_TIME_MASTER, StreamOptions
from smartcity.events import STREAM_TOPICS
from smartcity.stream.main import arguments
from smartcity.stream.views import VIEWS


def test_the_stream_understands_every_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set on the command line arrives in the program that streams."""
    monkeypatch.setattr(progress, "folder", lambda: tmp_path)
    options = StreamOptions(alerts=True, aggregates=True, dead_letters=False, trigger_s=0.5, vehicles=50, seed=3)
    python, *command = options.command("s3://lake/run", once=False)
    assert (python, command[:2]) == (sys.executable, ["-m", "smartcity.stream.main"])
    read = arguments(command[2:])
    assert (read.lake, read.once, read.alerts, read.aggregates) == ("s3://lake/run", False, True, True)
    assert (read.dead_letter_topic, read.trigger_s, read.vehicles, read.seed) == ("", 0.5, 50, 3)
    assert (read.views, read.progress) == ([*VIEWS], tmp_path)


def test_without_options_nothing_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain stream makes no further topic, names no city, and leaves Spark's master as it is."""
    monkeypatch.setattr(progress, "folder", lambda: tmp_path)
    options = StreamOptions(views=False)
    read = arguments(options.command("s3://lake/run", once=False)[3:])
    assert (read.views, read.vehicles, read.once, options.topics, options.environment) == ([], None, False, [], {})


def test_alerts_get_their_topic_and_enough_cores() -> None:
    """Real-time mode holds a core for each partition that it reads."""
    options = StreamOptions(alerts=True)
    assert (options.topics, options.environment) == (["alerts"], {"SPARK_MASTER_URL": REAL_TIME_MASTER})


@pytest.mark.parametrize("name", STREAM_TOPICS)
def test_a_stream_that_ends_sends_no_topic_of_its_own(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--once` with a topic that only a lasting stream sends is refused by the command and by the program."""
    monkeypatch.setattr(progress, "folder", lambda: tmp_path)
    options = StreamOptions(**{name: True})
    with pytest.raises(typer.BadParameter, match=f"sends no {name}"):
        options.check(once=True)
    with pytest.raises(SystemExit):
        arguments(options.command("s3://lake/run", once=True)[3:])
    assert f"--once sends no {name}" in capsys.readouterr().err


@pytest.mark.parametrize("topic", STREAM_TOPICS)
def test_each_topic_of_the_stream_has_its_option(topic: str) -> None:
    """A topic that the contract lists can be asked for, and then is made before the stream starts."""
    assert StreamOptions(**{topic: True}).topics == [topic]


def test_a_plain_stream_may_end() -> None:
    """`--once` alone is accepted."""
    StreamOptions().check(once=True)
