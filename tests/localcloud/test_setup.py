"""What must be done once before a service starts."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from localcloud import setup
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


def test_one_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    """After the limit there is an error that names what was waited for."""
    endless = counting(tmp_path, "import threading; threading.Event().wait(60)")
    with pytest.raises(ServiceFailed, match="the count: no answer"):
        setup.ensure(replace(endless, limit_s=0.5))


@pytest.mark.parametrize(("reports", "expected"), [(True, ["half of it", "all of it"]), (False, [])])
def test_only_what_is_for_the_user_is_shown(tmp_path: Path, reports: bool, expected: list[str]) -> None:
    """The lines of a program that reports reach the caller; another's output may hold a secret."""
    lines = list[str]()
    talking = counting(tmp_path, "print('half of it'); print('all of it')")
    setup.ensure(replace(talking, reports=reports), lines.append)
    assert lines == expected


def test_services_that_start_together_do_it_once(tmp_path: Path) -> None:
    """The second waits for the first, as three brokers of a cluster do, and then has nothing to do."""
    slow = counting(tmp_path, "import time; time.sleep(0.5)")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(setup.ensure, [slow] * 3))
    assert runs(tmp_path) == 1
