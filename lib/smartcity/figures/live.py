"""Figures of the live page, as plain Plotly JSON: made each second, which Plotly's own objects are too slow for.

They have no colours of text and paper: the page's style sheet gives those, so that light and dark need no new figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from smartcity.figures.theme import COLOURS, FONT

Figure = dict[str, Any]
LEVELS: Final = (
    ("not measured", "#7b8794", 0.8),
    ("free: over 80 % of the limit", COLOURS[2], 1.6),
    ("slow: 60 to 80 %", COLOURS[4], 3.0),
    ("queue: below 60 %", COLOURS[1], 5.0),
)
"""Label, colour and width in pixels of each level of a road; wider where slower, so that colour is not alone."""

_AXIS: Final = {"fixedrange": True, "zeroline": False, "automargin": True}
_CLEAR: Final = "rgba(0,0,0,0)"


def level(share: float) -> int:
    """Return the level of a road by its speed as a part of the limit; NaN is not measured."""
    if math.isnan(share):
        return 0
    return 1 if share >= 0.8 else 2 if share >= 0.6 else 3


def street_map(
    ends: Sequence[tuple[float, float, float, float]],
    shares: Sequence[float],
    shown: Sequence[bool],
    incidents: Sequence[tuple[float, float, str]],
) -> Figure:
    """Draw the streets by level, those not `shown` as not measured, and incidents (longitude, latitude, text).

    `ends`: longitude and latitude (degrees) of both ends of each road; `shares`: its speed as a part of the limit.
    """
    paths: list[list[str]] = [[] for _ in LEVELS]
    for (from_x, from_y, to_x, to_y), share, inside in zip(ends, shares, shown, strict=True):
        paths[level(share) if inside else 0].append(f"M{from_x},{from_y}L{to_x},{to_y}")
    # One shape a level: as lines with gaps each road would be an element of its own, which browsers draw slowly.
    shapes = [
        {"type": "path", "path": "".join(path), "layer": "below", "line": {"color": colour, "width": width}}
        for (_, colour, width), path in zip(LEVELS, paths, strict=True)
        if path
    ]
    data: list[Figure] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [None],
            "y": [None],
            "line": {"color": colour, "width": width},
        }
        for name, colour, width in LEVELS
    ]
    longitudes, latitudes, texts = zip(*incidents, strict=True) if incidents else ((), (), ())
    marker = {"symbol": "x", "size": 13, "color": "#d81b60", "line": {"width": 1.5, "color": "#ffffff"}}
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "incident",
            "x": longitudes,
            "y": latitudes,
            "text": texts,
            "hoverinfo": "text",
            "marker": marker,
        }
    )
    bare = {**_AXIS, "showgrid": False, "showticklabels": False, "automargin": False}
    layout = _layout(margin={"l": 4, "r": 4, "t": 4, "b": 4})
    x0, y0, x1, y1 = zip(*ends, strict=True)
    spans = [[min(values) - 0.0005, max(values) + 0.0005] for values in ([*x0, *x1], [*y0, *y1])]
    layout |= {"xaxis": {**bare, "range": spans[0]}, "shapes": shapes}
    layout["yaxis"] = {**bare, "range": spans[1], "scaleanchor": "x", "scaleratio": 1.414}
    layout["legend"] = {"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "font": {"size": 12, "family": FONT}}
    return {"data": data, "layout": layout}


def speed_lines(times: Sequence[datetime], series: Mapping[str, Sequence[float | None]]) -> Figure:
    """Draw mean speeds (km/h) over time (UTC): the first line thick, the others thin and dashed."""
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [one.isoformat() for one in times],
            "y": values,
            "line": {
                "color": COLOURS[number],
                "width": 3 if number == 0 else 2,
                "dash": "solid" if number == 0 else "dot",
            },
        }
        for number, (name, values) in enumerate(series.items())
    ]
    return {"data": data, "layout": _layout(yaxis={**_AXIS, "title": {"text": "km/h"}, "rangemode": "tozero"})}


def strip(times: Sequence[datetime], values: Sequence[float | None], unit: str, colour: int) -> Figure:
    """Draw one series over time (UTC) as an area."""
    line = {"color": COLOURS[colour], "width": 2}
    area = {
        "type": "scatter",
        "mode": "lines",
        "fill": "tozeroy",
        "fillcolor": f"{COLOURS[colour]}33",
        "x": [one.isoformat() for one in times],
        "y": values,
        "line": line,
    }
    layout = _layout(
        yaxis={**_AXIS, "title": {"text": unit}, "rangemode": "tozero"}, margin={"l": 50, "r": 8, "t": 6, "b": 24}
    )
    return {"data": [area], "layout": {**layout, "showlegend": False}}


def _layout(**more: Any) -> Figure:
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
    base = {
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "legend": legend,
        "font": {"size": 12, "family": FONT},
        "uirevision": "same",
    }
    return {
        **base,
        "margin": {"l": 50, "r": 8, "t": 30, "b": 24},
        "xaxis": {**_AXIS, "type": "date"},
        "hovermode": "x",
        **more,
    }
