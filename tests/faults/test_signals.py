"""Commands that run for long end when they are asked to, and take along what they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from localcloud.home import Home
from localcloud.process import strays, wait_until

pytestmark = pytest.mark.stack

LAB = [sys.executable, "-m", "lab"]


def _as_in_a_terminal() -> None:
    """Let Ctrl-C reach the command also where the tests themselves run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def env(lab_env: Mapping[str, str], lab_home: Home) -> Mapping[str, str]:
    """The environment that `./lab` gives its commands."""
    lib = str(Path(__file__).resolve().parents[2] / "lib")
    return {**os.environ, "LAB_HOME": str(lab_home.root.parent), "PYTHONPATH": lib}


@pytest.fixture
def stream(env: Mapping[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A stream of the run `signals` that has begun to read."""
    log = tmp_path / "stream.log"
    command = [*LAB, "stream", "--run-id", "signals", "--fresh", "--vehicles", "50", "--seed", "7"]
    with log.open("wb") as output, subprocess.Popen(command, env=env, stdout=output, stderr=output) as process:
        assert wait_until(lambda: "Kafka " in log.read_text(), 120), log.read_text()
        yield process
        process.kill()


def test_a_stream_that_is_asked_to_end_leaves_nothing_behind(
    stream: subprocess.Popen[bytes], env: Mapping[str, str], lab_home: Home
) -> None:
    """A second stream of the run is refused with the first one's pid; SIGTERM ends the first with its Java."""
    family = [psutil.Process(stream.pid), *psutil.Process(stream.pid).children(recursive=True)]
    assert any("java" in member.name() for member in family)
    second = subprocess.run(
        [*LAB, "stream", "--run-id", "signals"], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert second.returncode == 1
    assert f"process {stream.pid}" in " ".join(second.stderr.split())
    stream.send_signal(signal.SIGTERM)
    assert stream.wait(60) == 0
    assert not psutil.wait_procs(family, timeout=20)[1]
    assert "stream-signals" not in strays(lab_home)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_control_room_ends_when_it_is_asked_to(number: signal.Signals, env: Mapping[str, str]) -> None:
    """The live page's server ends on a request to end, on a closed terminal and on Ctrl-C."""
    command = [*LAB, "dashboard", "--vehicles", "50", "--seed", "7", "--run-id", "signals"]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=env, preexec_fn=_as_in_a_terminal, **pipes) as process:
        assert process.stdout
        assert "Control room: http://127.0.0.1:" in process.stdout.readline()
        process.send_signal(number)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode in (0, 128 + number, 130)
    assert "Traceback" not in errors
