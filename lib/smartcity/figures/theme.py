"""One Plotly template for every figure, readable without telling colours apart."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import plotly.graph_objects as go
import plotly.io
from plotly.subplots import make_subplots

COLOURS: Final = ("#1F7FBF", "#D55E00", "#009E73", "#C9689B", "#C08400", "#3D9BD9", "#8A7A14", "#7B8794")
"""Okabe and Ito's hues, https://jfly.uni-koeln.de/color/, each with a contrast of 3 on white and on the dark card."""
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
FONT: Final = "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
INK: Final = "#1f2933"
GRID: Final = "#e3e8ee"


@cache
def template() -> str:
    """Register the lab's template with Plotly, the first time, and return its name."""
    axis = {
        "gridcolor": GRID,
        "zerolinecolor": GRID,
        "linecolor": "#9aa5b1",
        "ticks": "outside",
        "tickcolor": "#9aa5b1",
    }
    layout = go.Layout(
        colorway=COLOURS,
        font={"family": FONT, "size": 14, "color": INK},
        title={"x": 0.015, "xref": "container", "xanchor": "left", "font": {"size": 18}},
        paper_bgcolor="white",
        plot_bgcolor="white",
        xaxis={**axis, "automargin": True, "title": {"standoff": 10}},
        yaxis={**axis, "automargin": True},  # names of bars are of any length
        # At the foot of the picture, so that it meets no title of an axis, however high the picture is.
        legend={"orientation": "h", "yref": "container", "y": 0.01, "yanchor": "bottom", "x": 0},
        margin={"l": 70, "r": 24, "t": 64, "b": 72},
        hoverlabel={"font": {"size": 13}},
    )
    plotly.io.templates["smartcity"] = go.layout.Template(layout=layout)
    return "smartcity"


def blank(**layout: Any) -> go.Figure:
    """Return an empty figure in the lab's look."""
    return go.Figure(layout={"template": template(), **layout})


def subplots(*arguments: Any, **options: Any) -> go.Figure:
    """Return an empty figure of several charts in the lab's look; it takes what Plotly's `make_subplots` takes."""
    return make_subplots(*arguments, **options, figure=blank())
