"""The plan of a trial by kill -9."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from smartcity.chaos import trial

PARTS = ("kafka", "zookeeper", "s3", "driver", "worker")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the plan's random pauses take no time."""
    monkeypatch.setattr(trial.time, "sleep", lambda _seconds: None)


def test_75_rounds_are_100_kills() -> None:
    """Every third round kills two different parts at once, also where one shuffle ends and the next begins."""
    rounds = [victims for _, victims in trial._plan(PARTS, 75, random.Random(1))]
    assert [len(victims) for victims in rounds] == [1, 1, 2] * 25
    assert all(len(set(victims)) == len(victims) for victims in rounds)


def test_each_part_is_killed_before_any_comes_again() -> None:
    """The numbers of kills of any two parts differ by one at most."""
    counts = Counter(victim for _, victims in trial._plan(PARTS, 74, random.Random(2)) for victim in victims)
    assert set(counts) == set(PARTS)
    assert max(counts.values()) - min(counts.values()) <= 1
