"""Records with hostile texts run nothing in a browser: on the live page, on the run's page, on a lesson's page.

The texts are those of the OWASP cheat sheet "XSS Filter Evasion": tags, attributes, addresses that run code, comments
that hide the end of a script.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import nbformat
import pandas as pd
import plotly.express as px
import pytest
from nbformat import v4

from course.report import write_page
from smartcity import figures
from smartcity.dashboard import Live, serve
from smartcity.dashboard.feed import Feed
from smartcity.dashboard.lakewatch import LakeWatch
from smartcity.figures.display import bundle
from smartcity.lake import Lake
from smartcity.simulate import Config, city

TEXTS = (
    "<img src=x onerror='window.ran=1'>",
    "</script><script>window.ran=1</script>",
    "<!--<script>",
    "<svg/onload=window.ran=1>",
    '"><iframe srcdoc="<script>parent.ran=1</script>">',
    '<a href="javascript:window.ran=1">a street</a>',
    "{{constructor.constructor('window.ran=1')()}}",
)
HOSTILE = " ".join(TEXTS)
MOMENT = pd.Timestamp("2026-03-02 07:00", tz="UTC")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """An empty tab; whatever ran in it, or any error in it, fails the test."""
    context = browser.new_context()
    made, errors = context.new_page(), list[str]()
    made.set_default_timeout(120_000)
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    made.evaluate(
        "() => document.querySelectorAll('main a, figure a, .plot a').forEach((link) => link.dispatchEvent(new MouseEvent('click')))"
    )
    assert made.evaluate("window.ran") is None
    assert made.evaluate("document.querySelectorAll('img[src=x], iframe, svg[onload]').length") == 0
    assert errors == []
    context.close()


ENVELOPE = {
    "event_id": HOSTILE,
    "device_id": HOSTILE,
    "event_time": "2026-03-02T07:00:10.000Z",
    "latitude": 45.0,
    "longitude": 9.0,
    "vehicle_id": HOSTILE,
}
RECORDS = {
    "gps_data": {"vehicle_type": "taxi", "speed_kmh": 10.0, "direction_deg": 0.0, "accuracy_m": 1.0},
    "emergency_data": {
        "incident_id": HOSTILE,
        "incident_type": "fire",
        "status": "reported",
        "severity": 5,
        "road_id": HOSTILE,
        "lanes_closed": 1,
        "description": HOSTILE,
    },
    "alerts": {"text": HOSTILE},
}
"""Records that keep the contract of each topic, and whose free texts are hostile."""


def records() -> list[tuple[str, bytes | None, int]]:
    """Return the records as they arrive, ten seconds after their event."""
    at = int(MOMENT.timestamp() * 1000) + 20_000
    values = {topic: {**ENVELOPE, "event_id": topic + HOSTILE, **fields} for topic, fields in RECORDS.items()}
    return [(topic, json.dumps(value).encode(), at) for topic, value in values.items()]


@pytest.fixture
def live_page() -> Iterator[str]:
    """The address of a live page that has taken the records."""
    live, feed = Live(city(Config(minutes=1, vehicles=5, seed=1)).roads), SimpleNamespace(down_since=None)
    live.take(records())
    assert not live.set_aside
    server = serve(live, cast("Feed", feed), LakeWatch(Lake("s3://nowhere/run")), ("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join(10)
    server.server_close()


def test_the_live_page_shows_hostile_texts_as_texts(page: Any, live_page: str) -> None:
    """An incident on a road of a hostile name, and a hostile alert, are rows of text."""
    page.goto(live_page)
    page.wait_for_selector("#incidents strong")
    assert HOSTILE in page.text_content("#incidents")
    assert HOSTILE in page.text_content("#alerts")


def test_the_runs_page_shows_hostile_texts_as_texts(page: Any, tmp_path: Path) -> None:
    """Names of districts, roads and incidents, facts and sentences can't run anything, and the figures are drawn."""
    street = {"road_id": HOSTILE, "longitudes": [9.0, 9.1], "latitudes": [45.0, 45.1], "speed_share": 0.5}
    fire = {"incident_id": HOSTILE, "incident_type": HOSTILE, "longitude": 9.0, "latitude": 45.0}
    speeds = pd.DataFrame([(MOMENT, HOSTILE, 30.0)], columns=["minute", "district", "mean_speed_kmh"])
    panels = [
        figures.panel("congestion_map", pd.DataFrame([street]), pd.DataFrame([fire])),
        figures.panel("speed_by_district", speeds),
    ]
    path = tmp_path / "index.html"
    path.write_text(figures.page(HOSTILE, HOSTILE, {HOSTILE: HOSTILE}, panels))
    page.goto(path.as_uri())
    page.evaluate("() => drawn")
    assert page.locator("[role=img] .main-svg").count() > 0
    assert page.title() == HOSTILE


def test_a_lessons_page_shows_hostile_texts_as_texts(page: Any, tmp_path: Path) -> None:
    """Tables, printed text, errors and figures of hostile records run nothing, and the figure is drawn."""
    table = pd.DataFrame({"district": [HOSTILE], "speed_kmh": [31.5]})
    outputs = [
        v4.new_output("display_data", data=bundle(px.bar(table, x="district", y="speed_kmh", title=HOSTILE))),
        v4.new_output("execute_result", data={"text/html": table.to_html(), "text/plain": repr(table)}),
        v4.new_output("stream", text=HOSTILE),
        v4.new_output("error", ename="ValueError", evalue=HOSTILE, traceback=[HOSTILE]),
    ]
    cells = [v4.new_markdown_cell("# Title"), v4.new_code_cell("show()", outputs=outputs)]
    nbformat.write(v4.new_notebook(cells=cells), tmp_path / "lesson.ipynb")
    page.goto(write_page(tmp_path / "lesson.ipynb").as_uri())
    page.wait_for_selector("figure .main-svg")
    assert HOSTILE in page.text_content("body")
