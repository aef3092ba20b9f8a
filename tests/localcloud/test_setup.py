"""What must be done once before a service starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from localcloud import setup
from localcloud.containers import setup_lines
from localcloud.errors import ServiceFailed
from localcloud.service import Command, Setup


def counting(folder: Path, code: str = "") -> Setup:
    """Return a set-up that appends a letter to a file each time it runs, then runs that code."""
    program = f"open({str(folder / 'runs')!r}, 'a').write('x'); {code}"
    return Setup("the count", Command((sys.executable, "-c", program)), folder / "mark", ("secret-word",))


def runs(folder: Path) -> int:
    """Return how often it ran."""
    return len((folder / "runs").read_text())


def test_it_runs_once(tmp_path: Path) -> None:
    """A program that ended well is not run again."""
    for _ in range(3):
        setup.ensure(counting(tmp_path))
    assert runs(tmp_path) == 1


def test_a_failure_is_tried_again_and_shows_no_secret(tmp_path: Path) -> None:
    """A program that failed leaves no mark; the error has the last line of its output without the secrets."""
    for _ in range(2):
        with pytest.raises(ServiceFailed, match=r"the count: failed: refused \*\*\*"):
            setup.ensure(counting(tmp_path, "raise SystemExit('refused secret-word')"))
    assert runs(tmp_path) == 2


def test_one_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the limit there is an error that names what was waited for."""
    monkeypatch.setattr(setup, "LIMIT_S", 0.5)
    with pytest.raises(ServiceFailed, match="the count: no answer"):
        setup.ensure(counting(tmp_path, "import threading; threading.Event().wait(60)"))


def test_a_container_does_it_once_before_its_service(tmp_path: Path) -> None:
    """In a container's start script the program runs once, and the service starts each time."""
    lines = "\n".join([*setup_lines(counting(tmp_path), None, tmp_path), "echo started"])
    said = [subprocess.run(["/bin/sh", "-c", lines], capture_output=True, text=True, check=True) for _ in range(3)]
    assert [done.stdout for done in said] == ["started\n"] * 3
    assert runs(tmp_path) == 1


def test_a_container_ends_where_it_fails(tmp_path: Path) -> None:
    """In a container's start script a failed program ends the container, so that the engine starts it again."""
    lines = "\n".join([*setup_lines(counting(tmp_path, "raise SystemExit(3)"), None, tmp_path), "echo started"])
    done = subprocess.run(["/bin/sh", "-c", lines], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
