"""Figures of the data's quality."""

from __future__ import annotations

from typing import Final

import pandas as pd
import plotly.graph_objects as go

from smartcity.events import Verdict
from smartcity.figures.theme import COLOURS, blank

ATHENA_USD_TB: Final = 5.0
"""Price of a scanned terabyte, https://aws.amazon.com/athena/pricing/ (us-east-1)."""

ATHENA_LEAST_BYTES: Final = 10_000_000
"""What a query is billed for at least, by the same page."""

_PATTERNS = {Verdict.TRANSFORMED: "", Verdict.DUPLICATE: "/", Verdict.LATE: ".", Verdict.DEAD_LETTER: "x"}


def verdict_bars(table: pd.DataFrame) -> go.Figure:
    """Draw what happened to the records, one bar per topic. Columns: topic, verdict, events."""
    figure = blank()
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
    headline = (
        f"{100 * kept / total:.1f} % of {total:,} records are clean; the others are kept with their reasons"
        if total
        else ""
    )
    figure.update_layout(
        barmode="stack", title=headline or "No records", xaxis_title="share of the topic's records (%)"
    )
    figure.update_yaxes(title="", autorange="reversed", automargin=True)
    return figure


def arrival_lag(table: pd.DataFrame) -> go.Figure:
    """Draw how long events were on their way, from event to arrival on Kafka. Columns: lag_s (seconds), events."""
    figure = blank()
    figure.add_bar(x=table["lag_s"], y=table["events"], marker_color=COLOURS[0])
    total = table["events"].sum()
    soon = 100 * table.loc[table["lag_s"] <= 10, "events"].sum() / total if total else 0
    figure.update_layout(title=f"{soon:.1f} % of events arrive within 10 s; some wait in a tunnel")
    figure.update_xaxes(title="event to arrival (s)")
    return figure.update_yaxes(title="events", type="log")


def scan_cost(table: pd.DataFrame) -> go.Figure:
    """Draw the bytes that each Athena query scanned. Columns: question, bytes."""
    figure = blank()
    figure.add_bar(y=table["question"], x=table["bytes"] / 1e6, orientation="h", marker_color=COLOURS[0])
    figure.update_traces(hovertemplate="%{y}: %{x:.2f} MB scanned")
    billed = table["bytes"].clip(lower=ATHENA_LEAST_BYTES).sum() / 1e12 * ATHENA_USD_TB
    figure.update_layout(title=f"This page scanned {table['bytes'].sum() / 1e6:.1f} MB: {billed:.5f} USD on AWS")
    figure.update_xaxes(title="scanned (MB)")
    return figure.update_yaxes(autorange="reversed", automargin=True)
