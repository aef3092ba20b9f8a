"""One self-contained HTML page of figures: works offline, light and dark, on a phone, and for a screen reader."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Final

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

_HEIGHT: Final = 450
"""Pixels of a figure that says no height: Plotly's own."""


@dataclass(frozen=True)
class Panel:
    """A figure with the one sentence that says what it shows (also its text for a screen reader)."""

    figure: go.Figure
    description: str
    wide: bool = False


def page(title: str, intro: str, facts: Mapping[str, str], panels: list[Panel]) -> str:
    """Return the HTML of a page: a heading, an introduction, key figures as tiles, and the panels."""
    tiles = "".join(
        f'<div class="tile"><dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd></div>'
        for name, value in facts.items()
    )
    template = Template(files("smartcity.figures").joinpath("page.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=html.escape(title),
        intro=html.escape(intro),
        tiles=tiles,
        panels="\n".join(_panel(index, panel) for index, panel in enumerate(panels)),
        specs=",\n".join(map(_spec, panels)),
        plotly=get_plotlyjs(),
    )


def _panel(index: int, panel: Panel) -> str:
    name, title = f"figure-{index}", panel.figure.layout.title.text or ""
    height = int(panel.figure.layout.height or _HEIGHT)
    return (
        f'<section class="panel{" wide" if panel.wide else ""}" aria-labelledby="{name}-title">'
        f'<h2 id="{name}-title">{html.escape(title)}</h2>'
        f'<div id="{name}" role="img" aria-label="{html.escape(panel.description)}" style="--height:{height}px"></div>'
        f"<p>{html.escape(panel.description)}</p></section>"
    )


def _spec(panel: Panel) -> str:
    # The title moves out of the drawing, where it could neither wrap nor be read aloud.
    drawn = go.Figure(panel.figure).update_layout(title=None, margin={"t": 16})
    return inline(str(drawn.to_json()))


def inline(document: str) -> str:
    """Return a JSON document so that no text in it can end the `<script>` around it, or hide where that ends.

    HTML looks for `</script` there, and for `<!--` with `<script` (HTML standard, "Restrictions for contents of script
    elements"); in JSON, `<` occurs in strings only.
    """
    return document.replace("<", "\\u003c")
