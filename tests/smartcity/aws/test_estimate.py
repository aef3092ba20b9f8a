"""The arithmetic of the estimate, against sums done by hand."""

from __future__ import annotations

import pytest

from smartcity.aws import estimate
from smartcity.aws.estimate import Line, Stack
from smartcity.errors import LabError


def test_an_idle_hour() -> None:
    """Three addresses at 0.005, two secrets at 0.4 a month, and 0.1 GB twice; Kafka adds 0.75 and 20 x 0.0015."""
    hand = 0.1 * 0.023 / 730 + 0.1 * 0.024 / 730 + 2 * 0.4 / 730 + 3 * 0.005
    assert estimate.total(estimate.idle_hour(Stack())) == pytest.approx(hand)
    assert estimate.total(estimate.idle_hour(Stack(kafka=True))) == pytest.approx(hand + 0.78)
    assert estimate.total(estimate.idle_hour(Stack(warehouse=False))) == pytest.approx(0.1 * 0.023 / 730)


def test_a_price_has_a_source_and_a_unit() -> None:
    """Each line of the table can be looked up."""
    table = estimate.prices()
    assert table["region"] == "us-east-1"
    for price in table["prices"].values():
        assert price["usd"] > 0
        assert price["unit"]
        assert price["source"].startswith("https://aws.amazon.com/")


def test_a_line_multiplies() -> None:
    """Ten minutes of a crawl with two units are a third of 0.44."""
    assert Line("crawl", "crawler_dpu_hour", 2 * 10 / 60).usd == pytest.approx(0.44 / 3)


def test_a_workshop_without_counted_lessons_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum that leaves out the lessons would be silently too small."""
    monkeypatch.setattr(estimate, "usage", dict)
    with pytest.raises(LabError, match="counted"):
        estimate.workshop(12, 8, Stack())
