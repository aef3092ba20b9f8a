"""One self-contained HTML page of figures: works offline, light and dark, on a phone, and for a screen reader."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

# No bar of buttons, which would lie on what it belongs to where no mouse hovers: a double click shows all again.
_CONFIG = {"displayModeBar": False, "responsive": True}


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
    return _PAGE.substitute(
        title=html.escape(title),
        intro=html.escape(intro),
        tiles=tiles,
        panels="\n".join(_panel(index, panel) for index, panel in enumerate(panels)),
        plotly=get_plotlyjs(),
    )


def _panel(index: int, panel: Panel) -> str:
    # The title moves out of the drawing, where it could neither wrap nor be read aloud.
    drawn = go.Figure(panel.figure)
    title = drawn.layout.title.text or ""
    drawn.update_layout(title=None, margin={"t": 16})
    name = f"figure-{index}"
    body = drawn.to_html(full_html=False, include_plotlyjs=False, div_id=name, config=_CONFIG)
    return (
        f'<section class="panel{" wide" if panel.wide else ""}" aria-labelledby="{name}-title">'
        f'<h2 id="{name}-title">{html.escape(title)}</h2>'
        f'<div role="img" aria-label="{html.escape(panel.description)}">{body}</div>'
        f"<p>{html.escape(panel.description)}</p></section>"
    )


_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; --paper: #f4f6f8; --card: #fff; --ink: #1f2933; --soft: #52606d; --line: #d9e0e7; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #11161c; --card: #1b232c; --ink: #e6ebf0; --soft: #a9b6c3; --line: #33404d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1400px; padding: 24px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { font-size: 1.9rem; margin: 0 0 4px; }
h2 { font-size: 1.1rem; margin: 0 0 8px; }
p { color: var(--soft); margin: 8px 0 0; max-width: 75ch; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px; margin: 20px 0; }
.tile, .panel { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; }
.tile dt { color: var(--soft); font-size: .85rem; }
.tile dd { margin: 0; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; }
main { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
.wide { grid-column: 1 / -1; }
@media (max-width: 900px) { main { grid-template-columns: minmax(0, 1fr); } body { padding: 12px; } }
</style>
<script>$plotly</script>
</head>
<body>
<header><h1>$title</h1><p>$intro</p></header>
<dl>$tiles</dl>
<main>
$panels
</main>
<script>
// Follow the reader's light or dark setting, at the start and when it changes.
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => {
  const style = getComputedStyle(document.documentElement), of = (name) => style.getPropertyValue(name).trim();
  for (const plot of document.querySelectorAll(".js-plotly-plot")) {
    const change = { paper_bgcolor: of("--card"), plot_bgcolor: of("--card"), "font.color": of("--ink") };
    for (const axis of Object.keys(plot.layout).filter((key) => /^[xy]axis/.test(key))) {
      change[axis + ".gridcolor"] = of("--line");
      change[axis + ".zerolinecolor"] = of("--line");
    }
    Plotly.relayout(plot, change);
  }
};
addEventListener("load", paint);
dark.addEventListener("change", paint);
</script>
</body>
</html>
""")
