"""What is sent to browsers: each part once, drawn and said alike."""

from __future__ import annotations

import json
import time

import pytest

from smartcity.dashboard import Live
from smartcity.dashboard.parts import Projection, answer, contents, levels, tagged
from smartcity.dashboard.pulse import NEWS_S, Pulse
from smartcity.dashboard.view import view

from .conftest import Record


def test_only_what_changed_is_sent(live: Live, records: list[Record]) -> None:
    """A browser that has all parts gets none; after a change it gets those that differ, and never the streets again."""
    live.take(records[: len(records) // 2])
    first = tagged(contents(live, view(live), "", True))
    assert json.loads(answer(1, first, []))["parts"].keys() == first.keys()
    known = [tag for tag, _ in first.values()]
    assert json.loads(answer(2, first, known)) == {"tick": 2, "parts": {}}
    live.take(records[len(records) // 2 :])
    news = json.loads(answer(3, tagged(contents(live, view(live), "", True)), known))["parts"]
    assert "clock" in news
    assert "streets" not in news


def test_the_levels_are_those_of_the_view(live: Live, records: list[Record]) -> None:
    """There are as many queues in the map as in the tile, in a district as in the city, and none outside of it."""
    live.take(records)
    for district in (None, "Harbour"):
        seen = view(live, district)
        assert levels(seen).count("3") == seen.queues > 0
        assert {digit for digit, inside in zip(levels(seen), seen.inside, strict=True) if not inside} <= {"0"}


def test_a_chart_is_said_in_words(live: Live, records: list[Record]) -> None:
    """What a screen reader says of a chart are its newest, lowest and highest values."""
    live.take(records)
    chart = contents(live, view(live), "", True)["flow"]
    values = [value for value in chart["lines"][0][2] if value is not None]
    assert f"now {values[-1]:.0f}, lowest {min(values):.0f}, highest {max(values):.0f}" in chart["said"]


def test_the_map_keeps_the_shape_of_the_city(live: Live) -> None:
    """North is up, west is left, and a metre is as long both ways."""
    project = Projection(live.roads)
    (x, y), (east, _), (_, south) = (project.locate(*one) for one in ((9.01, 45.02), (9.02, 45.02), (9.01, 45.01)))
    assert (east - x) * 1.414 == pytest.approx(south - y, rel=0.01)
    assert east > x
    assert south > y


def test_the_pulse_counts_changes_and_takes_its_time() -> None:
    """A change is told at once, further ones not before a while has passed, and nothing is told where nothing is new."""
    state = [0]
    pulse = Pulse(lambda: state[0]).start()
    try:
        assert pulse.after(0, 0.2) == 0
        began = time.monotonic()
        for number in (1, 2):
            state[0] = number
            assert pulse.after(number - 1, 10) == number
        assert time.monotonic() - began >= NEWS_S
    finally:
        pulse.stop()
