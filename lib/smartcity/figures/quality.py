"""Figures of the data's quality."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from smartcity.events import Verdict
from smartcity.figures.theme import COLOURS

_PATTERNS = {Verdict.TRANSFORMED: "", Verdict.DUPLICATE: "/", Verdict.LATE: ".", Verdict.DEAD_LETTER: "x"}


def verdict_bars(table: pd.DataFrame) -> go.Figure:
    """Draw what became of the records, a bar a topic. Columns: topic, verdict, events."""
    figure = go.Figure()
    totals = table.groupby("topic")["events"].sum()
    for index, verdict in enumerate(Verdict):
        rows = table[table["verdict"] == verdict].set_index("topic")["events"].reindex(totals.index, fill_value=0)
        share = 100 * rows / totals
        marker = {"color": COLOURS[(2, 0, 4, 1)[index]], "pattern": {"shape": _PATTERNS[verdict]}}
        text = [f"{count:,}" for count in rows]
        figure.add_bar(y=totals.index, x=share, name=verdict.value, orientation="h", marker=marker, customdata=text)
    figure.update_traces(hovertemplate="%{y}: %{customdata} records (%{x:.2f} %)")
    kept = table.loc[table["verdict"] == Verdict.TRANSFORMED, "events"].sum()
    total = int(totals.sum())
    told = (
        f"{100 * kept / total:.1f} % of {total:,} records are clean; each other one is kept with its reason"
        if total
        else ""
    )
    figure.update_layout(barmode="stack", title=told or "No records", xaxis_title="share of the topic's records (%)")
    figure.update_yaxes(title="", autorange="reversed", automargin=True)
    return figure
