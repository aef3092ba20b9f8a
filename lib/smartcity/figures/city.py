"""Figures of the city itself: vehicles on the move, traffic against its theory, one incident in all streams."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from smartcity.errors import ConfigInvalid
from smartcity.figures.theme import COLOURS, DASHES, INK, subplots, template

_WIDTH = {"trunk": 4.0, "arterial": 2.5, "local": 1.0}


def moving_vehicles(roads: pd.DataFrame, positions: pd.DataFrame) -> go.Figure:
    """Draw vehicles on the streets, to be played. Nulls are not allowed.

    `roads`: road_class, crossing, from_/to_latitude and from_/to_longitude (degrees). `positions`: one row per vehicle
    and `time` (text that sorts), vehicle_id, vehicle_type, latitude, longitude (degrees).
    """
    figure = px.scatter(
        positions.sort_values(["time", "vehicle_type", "vehicle_id"]),
        x="longitude",
        y="latitude",
        color="vehicle_type",
        symbol="vehicle_type",
        animation_frame="time",
        animation_group="vehicle_id",
        color_discrete_sequence=COLOURS,
        template=template(),
    )
    figure.update_traces(marker={"size": 9})
    streets = [_streets(str(kind), part) for kind, part in roads.groupby("road_class")]
    tunnels = _streets("tunnel", roads[roads["crossing"] == "tunnel"])
    figure.add_traces([*streets, tunnels.update(line={"dash": "dot", "width": 5, "color": INK})])
    figure.data = figure.data[-len(streets) - 1 :] + figure.data[: -len(streets) - 1]
    for frame in figure.frames:
        frame.traces = list(range(len(streets) + 1, len(streets) + 1 + len(frame.data)))
    figure.update_layout(title=f"{positions['vehicle_id'].nunique()} connected vehicles on the move", height=720)
    figure.update_layout(legend={"orientation": "v", "x": 1.01, "y": 1, "title": ""}, margin={"l": 90, "r": 150})
    figure.update_xaxes(title="longitude (°)", showgrid=False, range=_span(roads, "longitude"))
    figure.update_yaxes(title="latitude (°)", showgrid=False, range=_span(roads, "latitude"))
    return figure.update_yaxes(scaleanchor="x", scaleratio=1.414)


def _span(roads: pd.DataFrame, axis: str) -> list[float]:
    values = [*roads[f"from_{axis}"], *roads[f"to_{axis}"]]
    return [min(values) - 0.001, max(values) + 0.001]


def _streets(kind: str, roads: pd.DataFrame) -> go.Scatter:
    """Return all roads of a kind as one line with gaps."""
    line = {"color": "#b8c2cc", "width": _WIDTH.get(kind, 2.0)}
    x, y = (
        [value for pair in zip(roads[f"from_{name}"], roads[f"to_{name}"], strict=True) for value in (*pair, None)]
        for name in ("longitude", "latitude")
    )
    return go.Scatter(x=x, y=y, mode="lines", name=kind, line=line, hoverinfo="skip")


def fundamental_diagram(minutes: pd.DataFrame, models: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Draw flow against density a lane: camera minutes as marks, the model of each road class as a line.

    `minutes`: density (vehicles/km/lane), flow (vehicles/h/lane), road_class. `models`: by road class density and flow.
    """
    figure = px.scatter(
        minutes,
        x="density",
        y="flow",
        color="road_class",
        symbol="road_class",
        opacity=0.5,
        color_discrete_sequence=COLOURS,
        template=template(),
        category_orders={"road_class": list(models)},
    )
    for number, (kind, curve) in enumerate(models.items()):
        line = {"color": INK, "dash": DASHES[number], "width": 2}
        figure.add_scatter(x=curve["density"], y=curve["flow"], mode="lines", line=line, name=f"model, {kind}")
    figure.update_layout(title="The cameras find the triangle: free on the left, queued on the right", height=560)
    figure.update_layout(legend_title="", xaxis_title="density (vehicles per km and lane)")
    return figure.update_yaxes(title="flow (vehicles per hour and lane)")


def longest_queue(incidents: pd.DataFrame, end: pd.Timestamp) -> pd.Series:
    """Return the incident with the longest queue, if possible of those that were resolved before the run's `end` (UTC).

    `incidents`: incident_type, start_time, resolved_time (null while it lasts), queue_m and more. A null
    `resolved_time` of the answer becomes `end`. Raises ConfigInvalid if nothing happened.
    """
    if incidents.empty:
        raise ConfigInvalid("Nothing happened in this run. Try: more minutes, more vehicles or another seed.")
    resolved = incidents.dropna(subset="resolved_time")
    story = (incidents if resolved.empty else resolved).sort_values("queue_m").iloc[-1]
    return story if pd.notna(story["resolved_time"]) else story.where(story.index != "resolved_time", end)


def incident_story(strips: Mapping[str, pd.DataFrame], marks: Mapping[str, pd.Timestamp], title: str) -> go.Figure:
    """Draw several streams over one time axis, a strip each, and when things happened as dashed lines.

    `strips`: by heading (with unit) a table of event_time (UTC) and value. `marks`: by label a time; null is left out.
    """
    figure = subplots(rows=len(strips), cols=1, shared_xaxes=True, vertical_spacing=0.07, subplot_titles=list(strips))
    for number, strip in enumerate(strips.values()):
        marker = {"color": COLOURS[number % 8], "size": 5}
        figure.add_scatter(
            x=strip["event_time"], y=strip["value"], mode="markers", marker=marker, row=number + 1, col=1
        )
    figure.update_annotations(x=0, xanchor="left", font_size=14)
    known = {label: at for label, at in marks.items() if at == at}  # NaT is not equal to itself
    for number, (label, at) in enumerate(known.items()):
        figure.add_vline(x=at, line={"dash": "dash", "width": 1.5, "color": COLOURS[7]}, row="all", col=1)
        note = {
            "text": label,
            "showarrow": False,
            "font": {"size": 12},
            "xanchor": "left",
            "bgcolor": "rgba(127,127,127,0.2)",
        }
        figure.add_annotation(x=at, y=1 - 0.18 * (number % 2), yref="y domain", **note)
    figure.update_layout(title=title, height=190 * len(strips) + 120, showlegend=False)
    figure.update_xaxes(title="event time (UTC)", row=len(strips), col=1)
    return figure.update_yaxes(rangemode="tozero")
