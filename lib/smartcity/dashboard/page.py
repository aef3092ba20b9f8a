"""The page: what is on it. It starts empty; `assets/room.js` fills it with the parts that the server sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from smartcity.dashboard.sentences import NONE, TILES

FIGURES: Final = {
    "map": (
        "Streets, 5-minute mean",
        "Map of the streets by speed, with open incidents; the tiles and lists say the same in words",
    ),
    "speeds": ("Speed, km/h", "Line chart of mean speed by minute over the last hour"),
    "flow": ("Camera flow, whole city, vehicles/h", "Chart of vehicles per hour passing a camera, by minute"),
    "air": ("Air quality index, whole city", "Chart of the air quality index, by minute"),
}
"""Title of each figure, and the words that a screen reader says for it until there are figures."""


def layout(districts: Sequence[str]) -> html.Main:
    """Return the empty page."""
    head = html.Header([html.H1("Smart city control room"), html.P(id="clock", role="status"), html.P(id="feed")])
    lists = [
        html.H2("Open incidents, severity 1 to 5"),
        html.Ul(id="incidents"),
        html.H2("Alerts"),
        html.Ul(id="alerts"),
    ]
    charts = (_card(name, title, label) for name, (title, label) in FIGURES.items())
    return html.Main(
        [
            head,
            html.Div(id="banner", role="alert", className="hidden"),
            _aria(html.Section(_controls(districts), className="controls"), label="What is shown"),
            html.Dl([_tile(name, text) for name, text in TILES.items()], className="tiles"),
            *charts,
            # The lists scroll, so the keyboard must reach them.
            html.Div(
                [
                    _table(),
                    _aria(html.Section(lists, className="card lists", tabIndex=0), label="Incidents and alerts"),
                ],
                className="side",
            ),
        ]
    )


def _controls(districts: Sequence[str]) -> list[Any]:
    choices = [{"label": "All districts", "value": ""}, *({"label": name, "value": name} for name in districts)]
    choice = dcc.Dropdown(choices, "", id="district", clearable=False, searchable=False, maxHeight=460)
    options: dict[str, Any] = {"marks": None, "updatemode": "drag", "allow_direct_input": False}
    slider = dcc.Slider(0, 1, 1, value=1, id="moment", **options)
    label = html.Label("Moment (UTC)", id="moment-label")
    moment = html.Div([label, slider], className="control wide", role="group")
    return [
        html.Div([html.Label("District", htmlFor="district"), choice], className="control"),
        _aria(moment, labelledby="moment-label"),
        _aria(html.Button("Live", id="live", n_clicks=0), pressed="true"),
    ]


def _aria(part: Component, **attributes: str) -> Component:
    """Return the part with words for a screen reader."""
    for name, value in attributes.items():
        setattr(part, f"aria-{name}", value)
    return part


def _card(name: str, title: str, label: str) -> html.Section:
    plot = _aria(html.Div(id=name, role="img", className="plot"), label=label)
    return html.Section(
        [html.H2(title), plot, html.Ul(id=f"{name}-legend", className="legend")], className=f"card {name}"
    )


def _table() -> html.Section:
    """Return the table of the districts, whose rows come later."""
    row = html.Tr([html.Th(text, scope="col") for text in ("District", "Level", "km/h", "veh/h")])
    table = html.Table([html.Thead(row), html.Tbody(id="districts")])
    return html.Section([html.H2("Districts"), table, html.P(id="minute")], className="card districts")


def _tile(name: str, text: str) -> html.Div:
    return html.Div([html.Dt(text), html.Dd(NONE, id=f"tile-{name}")], className="tile")
