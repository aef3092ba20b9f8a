"""Write an executed notebook as a page. nbconvert renders the cells; head, figures and tables are the lab's."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final

import nbformat
from bs4 import BeautifulSoup
from bs4.element import Tag
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from plotly.offline import get_plotlyjs

from course.results import GLUED
from smartcity.figures.display import PLOTLY_MIME, describe
from smartcity.figures.page import inline

HIDDEN: Final = "remove-cell"
"""The tag of cells that speak to the run, not to the reader."""


def write_page(notebook: Path) -> Path:
    """Write `NAME.html` next to an executed notebook and return its path; it needs no network and no other file."""
    target = notebook.with_suffix(".html")
    node = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    target.write_text(render(node, notebook.stem), encoding="utf-8")
    return target


def render(notebook: NotebookNode, name: str) -> str:
    """Return the page of a notebook. plotly.js is in it once, and only where there is a figure to draw."""
    shown = deepcopy(notebook)
    shown.cells = [cell for cell in shown.cells if HIDDEN not in cell.metadata.get("tags", [])]
    drawn = sum(_draw(cell, index) for index, cell in enumerate(shown.cells))
    exporter = HTMLExporter(template_name="basic", exclude_anchor_links=True, exclude_output_prompt=True)  # type: ignore[no-untyped-call]
    body = BeautifulSoup(exporter.from_notebook_node(shown)[0], "html.parser")
    title = _one_heading(body, name)
    for table in body.select("table"):
        _speak(table)
    for block in body.select("pre"):
        block["tabindex"] = "0"  # it scrolls, so the keyboard must reach it
    page = Template(files("course.report").joinpath("page.html").read_text(encoding="utf-8"))
    return page.substitute(
        title=html.escape(title), plotly=f"<script>{get_plotlyjs()}</script>" if drawn else "", body=str(body)
    )


def _draw(cell: NotebookNode, index: int) -> int:
    """Turn the Plotly outputs of a cell into HTML that draws them; return how many there were."""
    drawn = 0
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        data.pop(GLUED, None)
        if PLOTLY_MIME in data:
            name = f"figure-{index}-{drawn}"
            output["data"] = {"text/html": _figure(name, data[PLOTLY_MIME])}
            drawn += 1
    return drawn


def _figure(name: str, spec: Mapping[str, Any]) -> str:
    parts = json.dumps([spec["data"], spec["layout"], {"displaylogo": False, "responsive": True}, spec.get("frames")])
    height = int(spec["layout"].get("height") or 480)
    return (
        f'<figure role="img" aria-label="{html.escape(describe(spec))}">'
        f'<div id="{name}" style="height:{height}px"></div></figure>'
        f"<script>draw({json.dumps(name)}, ...{inline(parts)})</script>"
    )


def _one_heading(body: BeautifulSoup, name: str) -> str:
    """Make sure that there is just one H1, and return its text: further ones become H2, a missing one is made."""
    headings = body.select("h1")
    if not headings:
        made = body.new_tag("h1")
        made.string = name
        body.insert(0, made)
        return name
    for other in headings[1:]:
        other.name = "h2"
    return str(headings[0].get_text())


def _speak(table: Tag) -> None:
    """Tell a screen reader which cells are headings, and let a wide table scroll in a box of its own."""
    table.attrs.pop("border", None)
    for heading in table.select("th"):
        if not heading.get_text(strip=True):
            heading.name = "td"
        else:
            heading["scope"] = "col" if heading.find_parent("thead") else "row"
    box = Tag(name="div", attrs={"class": "table", "tabindex": "0", "role": "group", "aria-label": "table"})
    table.wrap(box)
