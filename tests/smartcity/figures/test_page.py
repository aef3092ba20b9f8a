"""The page of figures in a real Chromium: one file, fast to be read, in light and dark, and for every reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from course.pages import audit
from smartcity import figures

MINUTES = pd.date_range("2026-03-02 07:00", periods=30, freq="min", tz="UTC")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a page with figures of every kind: lines, bars on a logarithmic scale, a map, small charts."""
    weather = {"precipitation_mm_h": 1.5, "mean_speed_kmh": 30.0, "air_quality_index": 50.0}
    speeds = pd.DataFrame([(at, name, 30.0) for at in MINUTES for name in "abc"])
    verdicts = pd.DataFrame({"topic": ["gps_data"] * 2, "verdict": ["transformed", "late"], "events": [9, 1]})
    street = {"road_id": "r", "longitudes": [9.0, 9.1], "latitudes": [45.0, 45.1], "speed_share": 0.5}
    incident = {"incident_id": "i", "incident_type": "fire", "longitude": 9.0, "latitude": 45.0}
    panels = [
        figures.panel("congestion_map", pd.DataFrame([street]), pd.DataFrame([incident])),
        figures.panel("speed_by_district", speeds.set_axis(["minute", "district", "mean_speed_kmh"], axis=1)),
        figures.panel("rain_and_speed", pd.DataFrame([{"minute": at, **weather} for at in MINUTES])),
        figures.panel("verdict_bars", verdicts),
        figures.panel("arrival_lag", pd.DataFrame({"lag_s": [1.0, 300.0], "events": [300, 1]})),
    ]
    path: Path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(figures.page("City & more", "What </script> it is.", {"records": "10"}, panels))
    return path.as_uri()


@pytest.mark.parametrize("size", audit.SIZES)
@pytest.mark.parametrize("scheme", audit.SCHEMES)
def test_every_reader_can_use_it(browser: Any, address: str, scheme: str, size: str) -> None:
    """In light and dark, on a laptop and a phone: readable text, names for pictures, and no scrolling sideways."""
    width, height = audit.SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    page.evaluate("() => drawn")
    assert page.locator("[role=img] .main-svg").count() > 0
    assert audit.faults(page) == []
    context.close()


def test_it_follows_a_change_of_light(browser: Any, address: str) -> None:
    """A page opened in the light has readable figures when the dark comes."""
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(address)
    page.evaluate("() => drawn")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(1500)
    assert audit.faults(page) == []
    context.close()


def test_it_asks_nobody(browser: Any, address: str) -> None:
    """The page is one request, to no host."""
    found = audit.loading(browser, address)
    assert (found["requests"], found["other_hosts"]) == (1, [])
