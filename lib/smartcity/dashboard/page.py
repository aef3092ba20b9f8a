"""The page: what stands on it, and how a view fills it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from smartcity.dashboard.state import Live
from smartcity.dashboard.view import View
from smartcity.figures import live as figures

NONE: Final = "–"
TILES: Final = {
    "speed": "mean speed",
    "queues": "roads in a queue",
    "incidents": "open incidents",
    "rain": "rain",
    "air": "air quality index",
    "flow": "camera flow",
}
FIGURES: Final = {
    "map": (
        "Streets, mean of 5 minutes",
        "Map of the streets by speed, with open incidents; the tiles and lists say it in words",
    ),
    "speeds": ("Speed", "Line chart of mean speed by minute over the last hour"),
    "flow": ("Camera flow", "Chart of vehicles an hour past a camera, by minute"),
    "air": ("Air quality", "Chart of the air quality index, by minute"),
}
"""Title of each figure, and the words that a screen reader says for it."""

_PLOT: Final[Any] = {"displayModeBar": False, "responsive": True, "scrollZoom": False}


def layout(districts: Sequence[str]) -> html.Main:
    """Return the empty page."""
    head = html.Header([html.H1("Smart city control room"), html.P(id="clock", role="status"), html.P(id="feed")])
    lists = [html.H2("Open incidents"), html.Ul(id="incidents"), html.H2("Alerts"), html.Ul(id="alerts")]
    charts = (_card(name, title, told) for name, (title, told) in FIGURES.items())
    return html.Main(
        [
            head,
            html.Div(id="banner", role="alert", className="hidden"),
            _aria(html.Section(_controls(districts), className="controls"), label="What is shown"),
            html.Dl([_tile(name, text) for name, text in TILES.items()], className="tiles"),
            *charts,
            # It scrolls, so the keyboard must reach it.
            _aria(html.Section(lists, className="card lists", tabIndex=0), label="Incidents and alerts"),
            dcc.Store(id="pulse"),
            dcc.Store(id="drawn"),
        ]
    )


def _controls(districts: Sequence[str]) -> list[Any]:
    choices = [{"label": "All districts", "value": ""}, *({"label": one, "value": one} for one in districts)]
    choice = dcc.Dropdown(choices, "", id="district", clearable=False, searchable=False)
    options: dict[str, Any] = {"marks": None, "updatemode": "drag", "allow_direct_input": False}
    slider = dcc.Slider(0, 1, 1, value=1, id="moment", **options)
    label = html.Label("Moment (UTC)", id="moment-label")
    moment = html.Div([label, slider], className="control wide", role="group")
    return [
        html.Div([html.Label("District", htmlFor="district"), choice], className="control"),
        _aria(moment, labelledby="moment-label"),
        _aria(html.Button("Live", id="live", n_clicks=0), pressed="true"),
    ]


def _aria(part: Component, **words: str) -> Component:
    """Return the part with words for a screen reader."""
    for name, value in words.items():
        setattr(part, f"aria-{name}", value)
    return part


def _card(name: str, title: str, told: str) -> html.Section:
    graph = dcc.Graph(id=name, config=_PLOT, responsive=True, style={"height": "100%"})
    plot = _aria(html.Div(graph, role="img", className="plot"), label=told)
    return html.Section([html.H2(title), plot], className=f"card {name}")


def _tile(name: str, text: str) -> html.Div:
    return html.Div([html.Dt(text), html.Dd(NONE, id=f"tile-{name}")], className="tile")


def ends(roads: pd.DataFrame) -> list[tuple[float, float, float, float]]:
    """Return longitude and latitude of both ends of each road."""
    names = ("from_longitude", "from_latitude", "to_longitude", "to_latitude")
    return list(zip(*(roads[name].tolist() for name in names), strict=True))


def drawings(live: Live, seen: View, district: str) -> dict[str, Any]:
    """Return the figures of a view by the ids of their graphs."""
    spots = [
        (*one.place, f"{one.kind}, severity {one.severity}, {status.replace('_', ' ')}, {one.road_id}")
        for _, one, status in seen.incidents
    ]
    lines = {district: seen.series.get("district", [])} if district else {}
    return {
        "map": figures.street_map(ends(live.roads), seen.share.tolist(), seen.inside.tolist(), spots),
        "speeds": figures.speed_lines(seen.times, {**lines, "whole city": seen.series.get("city", [])}),
        "flow": figures.strip(seen.times, seen.series.get("flow", []), "vehicles/h", 2),
        "air": figures.strip(seen.times, seen.series.get("air", []), "AQI", 3),
    }


def tiles(seen: View) -> list[str]:
    """Return the texts of the tiles, in the order of `TILES`."""
    texts = {
        "speed": _number(seen.speed, "km/h"),
        "queues": str(seen.queues),
        "incidents": str(len(seen.incidents)),
        "rain": _number(seen.now("rain"), "mm/h"),
        "air": _number(seen.now("air"), ""),
        "flow": _number(seen.now("flow"), "veh/h"),
    }
    return [texts[name] for name in TILES]


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return NONE
    return f"{value:.1f} {unit}".strip() if value < 10 else f"{value:,.0f} {unit}".strip()


def incident_rows(seen: View) -> list[html.Li]:
    """Return the open incidents as list items."""
    rows = [
        html.Li(
            [
                html.Strong(f"{one.kind}, severity {one.severity}"),
                f" {status.replace('_', ' ')} since {_clock(one.times[status])}, {one.road_id}",
            ]
        )
        for _, one, status in seen.incidents
    ]
    return rows or [html.Li("None", className="none")]


def alert_rows(seen: View, known: bool) -> list[html.Li]:
    """Return the newest alerts as list items; `known` says whether alerts are sent at all."""
    newest = sorted(seen.alerts, key=lambda one: one["at"], reverse=True)[:12]
    rows = [html.Li([html.Strong(_clock(one["at"])), f" {one.get('text', '')}"]) for one in newest]
    return rows or [
        html.Li(
            "None" if known else ["No alerts are sent. Try: ", html.Code("./lab stream --alerts")], className="none"
        )
    ]


def clock(seen: View, live: bool) -> str:
    """Return the line that says which moment is shown."""
    if seen.at is None:
        return "Waiting for the first event. Try: ./lab simulate --realtime"
    return f"{'Live' if live else 'Looking back'}: {seen.at:%d %B %Y, %H:%M:%S} UTC"


def feed_line(
    taken: Mapping[str, int], set_aside: Mapping[str, int], stored: Mapping[str, int], trouble: str | None
) -> str:
    """Return the line about the records: read, set aside, and stored in the lake."""
    aside = ", ".join(
        f"{set_aside.get(name, 0):,} {name.replace('_', ' ')}" for name in ("late", "duplicate", "dead_letter")
    )
    lake = f"the lake does not answer ({trouble})" if trouble else f"{stored.get('raw', 0):,} stored in the lake"
    return f"{sum(taken.values()):,} events, {aside}; {lake}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}"
