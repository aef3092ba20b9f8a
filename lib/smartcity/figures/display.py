"""How a figure reaches a notebook: to be drawn by the front end, and in words for those who do not see it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import plotly.graph_objects as go

PLOTLY_MIME: Final = "application/vnd.plotly.v1+json"


def describe(spec: Mapping[str, Any]) -> str:
    """Return in words what a figure (as its JSON object) shows: its title, its axes with units, and its series."""
    layout, traces = spec.get("layout", {}), spec.get("data", [])
    parts = [f"Figure: {_text(layout.get('title')) or 'without a title'}."]
    for head, titles in (
        ("Axes", _axes(layout)),
        ("Labels", (_text(note) for note in layout.get("annotations", []))),
        ("Series", (str(trace.get("name") or "") for trace in traces)),
    ):
        if texts := list(dict.fromkeys(title for title in titles if title)):
            parts.append(f"{head}: {'; '.join(texts)}.")
    return " ".join(parts)


def _axes(layout: Mapping[str, Any]) -> Iterator[str]:
    # Plotly keeps them in no order.
    for name in sorted((name for name in layout if name[:5] in ("xaxis", "yaxis")), key=lambda name: (len(name), name)):
        yield _text(layout[name].get("title"))


def _text(title: object) -> str:
    text = title.get("text") if isinstance(title, Mapping) else title
    return str(text or "").strip()


def bundle(figure: go.Figure) -> dict[str, Any]:
    """Return the outputs of a figure by MIME type: as Plotly draws it, and in words."""
    spec = json.loads(figure.to_json())
    return {PLOTLY_MIME: spec, "text/plain": describe(spec)}


def install() -> None:
    """Show figures with their words in this notebook, whose front ends draw Plotly's MIME type themselves.

    Plotly's own way imports the validator of notebooks at the first figure: three seconds in each kernel.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        shell.display_formatter.ipython_display_formatter.for_type(go.Figure, _show)


def _show(figure: go.Figure) -> None:
    from IPython.display import display  # noqa: PLC0415  late: only notebooks have it loaded already

    display(bundle(figure), raw=True)  # type: ignore[no-untyped-call]
