"""Figures of the city's traffic. Times are UTC."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from smartcity.figures.theme import COLOURS, DASHES, SYMBOLS


def events_over_time(table: pd.DataFrame) -> go.Figure:
    """Draw events a minute by topic. Columns: minute (timestamp, UTC), topic, events."""
    figure = go.Figure()
    for index, (topic, rows) in enumerate(table.groupby("topic")):
        line = {"color": COLOURS[index % 8], "dash": DASHES[index % 8], "width": 2}
        figure.add_scatter(x=rows["minute"], y=rows["events"], name=str(topic), mode="lines", line=line)
    busiest = table.groupby("topic")["events"].sum().idxmax() if len(table) else "none"
    figure.update_layout(title=f"Most events come from {busiest}", xaxis_title="event time (UTC)")
    figure.update_yaxes(title="events per minute", type="log")
    return figure


def speed_by_district(table: pd.DataFrame) -> go.Figure:
    """Draw mean speed over time, a line a district. Columns: minute (UTC), district, mean_speed_kmh."""
    figure = go.Figure()
    means = table.groupby("district")["mean_speed_kmh"].mean()
    for index, (district, rows) in enumerate(table.groupby("district")):
        line = {"color": COLOURS[index % 8], "dash": DASHES[index % 8], "width": 2}
        figure.add_scatter(x=rows["minute"], y=rows["mean_speed_kmh"], name=str(district), mode="lines", line=line)
    title = (
        f"{means.idxmin()} is the slowest district: {means.min():.0f} km/h on average" if len(means) else "No speeds"
    )
    figure.update_layout(title=title, xaxis_title="event time (UTC)")
    figure.update_yaxes(title="mean speed (km/h)", rangemode="tozero")
    return figure


def rain_and_speed(table: pd.DataFrame) -> go.Figure:
    """Draw rain and mean speed over time on two rows. Columns: minute (UTC), precipitation_mm_h, mean_speed_kmh."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08, row_heights=[0.35, 0.65])
    figure.add_bar(x=table["minute"], y=table["precipitation_mm_h"], name="rain", marker_color=COLOURS[5], row=1, col=1)
    speed = {"color": COLOURS[1], "width": 2}
    figure.add_scatter(x=table["minute"], y=table["mean_speed_kmh"], name="mean speed", line=speed, row=2, col=1)
    wet = table["precipitation_mm_h"] > 0.1
    dry_speed, wet_speed = table.loc[~wet, "mean_speed_kmh"].mean(), table.loc[wet, "mean_speed_kmh"].mean()
    told = f"Mean speed: {wet_speed:.0f} km/h in rain, {dry_speed:.0f} when dry" if wet.any() and (~wet).any() else ""
    figure.update_layout(title=told or ("It rained all the time" if wet.any() else "No rain in this run"))
    figure.update_yaxes(title="rain (mm/h)", rangemode="tozero", row=1, col=1)
    figure.update_yaxes(title="mean speed (km/h)", rangemode="tozero", row=2, col=1)
    figure.update_xaxes(title="event time (UTC)", row=2, col=1)
    return figure


def camera_flow(table: pd.DataFrame) -> go.Figure:
    """Draw density against flow, a point a camera and interval. Columns: density_veh_km, flow_veh_h, road_class."""
    figure = go.Figure()
    for index, (road_class, rows) in enumerate(table.groupby("road_class")):
        marker = {"color": COLOURS[index % 8], "symbol": SYMBOLS[index % 8], "size": 6, "opacity": 0.6}
        figure.add_scatter(
            x=rows["density_veh_km"], y=rows["flow_veh_h"], name=str(road_class), mode="markers", marker=marker
        )
    figure.update_layout(title="Flow rises with density until the road is full", xaxis_title="density (vehicles/km)")
    figure.update_yaxes(title="flow (vehicles/h)", rangemode="tozero")
    return figure


def congestion_map(roads: pd.DataFrame, incidents: pd.DataFrame) -> go.Figure:
    """Draw the street network, coloured by speed as a share of the limit, and the incidents on it.

    `roads`: road_id, longitudes and latitudes (lists, degrees), speed_share (0 to 1, null where nothing was measured),
    mean_speed_kmh. `incidents`: incident_id, incident_type, latitude, longitude.
    """
    figure = go.Figure()
    for label, colour, width, rows in _levels(roads):
        longitudes = [value for line in rows["longitudes"] for value in (*line, None)]
        latitudes = [value for line in rows["latitudes"] for value in (*line, None)]
        line = {"color": colour, "width": width}
        figure.add_scatter(x=longitudes, y=latitudes, mode="lines", name=label, line=line, hoverinfo="skip")
    marker = {"symbol": "x", "size": 12, "color": "#000000", "line": {"width": 1, "color": "white"}}
    text = incidents["incident_type"] + " " + incidents["incident_id"]
    where = {"x": incidents["longitude"], "y": incidents["latitude"]}
    figure.add_scatter(**where, mode="markers", name="incident", marker=marker, text=text, hoverinfo="text")
    slow = int((roads["speed_share"] < 0.6).sum())
    figure.update_layout(title=f"{slow} of {len(roads)} roads run below 60 % of their limit", height=620)
    figure.update_xaxes(title="longitude (°)", showgrid=False, constrain="domain")
    figure.update_yaxes(title="latitude (°)", showgrid=False, scaleanchor="x", scaleratio=1.41, constrain="domain")
    return figure


def _levels(roads: pd.DataFrame) -> list[tuple[str, str, float, pd.DataFrame]]:
    """Split the roads into levels: label, colour, line width (wider where slower, so that colour is not alone)."""
    share = roads["speed_share"]
    return [
        ("not measured", "#c8d0d9", 1, roads[share.isna()]),
        ("free (over 80 % of the limit)", COLOURS[2], 1.5, roads[share >= 0.8]),
        ("slow (60 to 80 %)", COLOURS[4], 2.5, roads[(share >= 0.6) & (share < 0.8)]),
        ("queue (below 60 %)", COLOURS[1], 4, roads[share < 0.6]),
    ]
