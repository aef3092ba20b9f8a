"""Figures say the finding in their title, and can be told apart on white and on the dark card."""

from __future__ import annotations

import pandas as pd

from smartcity import figures

NINE = [f"district {number}" for number in range(9)]


def luminance(colour: str) -> float:
    """Return the relative luminance, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_each_colour_is_seen_on_light_and_dark() -> None:
    """Every colour has a contrast of 3 to white and to the dark card."""
    for colour in figures.COLOURS:
        for card in ("#ffffff", "#1b232c"):
            low, high = sorted((luminance(colour), luminance(card)))
            assert (high + 0.05) / (low + 0.05) >= 3, (colour, card)


def test_each_district_has_a_chart_of_its_own() -> None:
    """Nine districts give nine small charts; the slowest is named and has its own colour."""
    minutes = pd.date_range("2026-03-02 07:00", periods=3, freq="min")
    rows = [(at, name, 30.0 - (name == NINE[4])) for at in minutes for name in NINE]
    figure = figures.speed_by_district(pd.DataFrame(rows, columns=["minute", "district", "mean_speed_kmh"]))
    own = [trace for trace in figure.data if trace.name in NINE]
    assert len({trace.xaxis for trace in own}) == 9
    assert figure.layout.title.text == "district 4 is the slowest district: 29 km/h on average"
    assert [trace.name for trace in own if trace.line.color != own[0].line.color] == [NINE[4]]


def test_the_cost_counts_at_least_ten_megabytes_a_query() -> None:
    """Two small queries are billed as 20 MB at 5 USD a terabyte."""
    figure = figures.scan_cost(pd.DataFrame({"question": ["a", "b"], "bytes": [1, 2_000_000]}))
    assert figure.layout.title.text == "This page scanned 2.0 MB: 0.00010 USD on AWS"


def test_the_lag_title_says_the_share_that_is_soon() -> None:
    """Three of four events within ten seconds are 75 %."""
    figure = figures.arrival_lag(pd.DataFrame({"lag_s": [1.0, 300.0], "events": [3, 1]}))
    assert figure.layout.title.text.startswith("75.0 % of events")
