"""How a figure reaches a notebook: to be drawn by the front end, and in words for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import plotly.io
from plotly.io.base_renderers import PlotlyRenderer

PLOTLY_MIME: Final = "application/vnd.plotly.v1+json"


def describe(spec: Mapping[str, Any]) -> str:
    """Return in words what a figure (as its JSON object) shows: its title, its axes with units, and its series."""
    layout, traces = spec.get("layout", {}), spec.get("data", [])
    parts = [f"Figure: {_text(layout.get('title')) or 'without a title'}."]
    for head, words in (
        ("Axes", _axes(layout)),
        ("Labels", (_text(note) for note in layout.get("annotations", []))),
        ("Series", (str(trace.get("name") or "") for trace in traces)),
    ):
        if told := list(dict.fromkeys(word for word in words if word)):
            parts.append(f"{head}: {'; '.join(told)}.")
    return " ".join(parts)


def _axes(layout: Mapping[str, Any]) -> Iterator[str]:
    for name, axis in layout.items():
        if name[:5] in ("xaxis", "yaxis"):
            yield _text(axis.get("title"))


def _text(title: object) -> str:
    found = title.get("text") if isinstance(title, Mapping) else title
    return str(found or "").strip()


class DescribedRenderer(PlotlyRenderer):  # type: ignore[misc]
    """Plotly's own output for notebooks, and beside it the figure in words."""

    def to_mimebundle(self, fig_dict: dict[str, Any]) -> dict[str, Any]:
        """Return the outputs of one figure by MIME type."""
        bundle: dict[str, Any] = super().to_mimebundle(fig_dict)
        return {**bundle, "text/plain": describe(bundle[PLOTLY_MIME])}


def register() -> None:
    """Show figures with their words, where the front end draws Plotly itself (JupyterLab, VS Code)."""
    plotly.io.renderers["smartcity"] = DescribedRenderer()
    if plotly.io.renderers.default in ("plotly_mimetype", "jupyterlab", "vscode"):
        plotly.io.renderers.default = "smartcity"


register()
