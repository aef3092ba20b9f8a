"""Figures of the city's traffic. Times are UTC."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from smartcity.figures.theme import COLOURS, DASHES, SYMBOLS, blank, subplots


def events_over_time(table: pd.DataFrame) -> go.Figure:
    """Draw events a minute by topic. Columns: minute (timestamp, UTC), topic, events."""
    figure = blank()
    for index, (topic, rows) in enumerate(table.groupby("topic")):
        line = {"color": COLOURS[index % 8], "dash": DASHES[index % 8], "width": 2}
        figure.add_scatter(x=rows["minute"], y=rows["events"], name=str(topic), mode="lines", line=line)
    busiest = table.groupby("topic")["events"].sum().idxmax() if len(table) else "none"
    figure.update_layout(title=f"Most events come from {busiest}", xaxis_title="event time (UTC)")
    figure.update_yaxes(title="events per minute", type="log")
    return figure


def speed_by_district(table: pd.DataFrame) -> go.Figure:
    """Draw mean speed over time, one small chart per district, with the mean of all districts dotted in each.

    Columns: minute (UTC), district, mean_speed_kmh.
    """
    if not len(table):
        return blank(title="No speeds")
    means = table.groupby("district")["mean_speed_kmh"].mean()
    everywhere = table.groupby("minute", as_index=False)["mean_speed_kmh"].mean()
    rows = -(-len(means) // 3)
    shared = {"shared_xaxes": True, "shared_yaxes": True, "vertical_spacing": 0.09, "horizontal_spacing": 0.03}
    figure = subplots(rows, 3, subplot_titles=list(means.index), **shared)
    for index, (district, part) in enumerate(table.groupby("district")):
        cell = {"row": index // 3 + 1, "col": index % 3 + 1}
        own = {"color": COLOURS[1 if district == means.idxmin() else 0], "width": 2.5}
        dotted = {"color": COLOURS[7], "width": 1.5, "dash": "dot"}
        for name, lines, line in (("all districts", everywhere, dotted), (str(district), part, own)):
            look = {"mode": "lines", "name": name, "line": line, "showlegend": False}
            figure.add_scatter(x=lines["minute"], y=lines["mean_speed_kmh"], **look, **cell)
    figure.update_annotations(font_size=13)
    headline = f"{means.idxmin()} is the slowest district: {means.min():.0f} km/h on average"
    figure.update_layout(title=headline, height=150 * rows + 110)
    figure.update_xaxes(tickformat="%H:%M", nticks=4, tickangle=0)
    figure.update_xaxes(title="event time (UTC)", row=rows, col=2)
    figure.update_yaxes(title="mean speed (km/h)", row=(rows + 1) // 2, col=1)
    return figure.update_yaxes(rangemode="tozero")


def rain_and_speed(table: pd.DataFrame) -> go.Figure:
    """Draw rain and mean speed over time on two rows. Columns: minute (UTC), precipitation_mm_h, mean_speed_kmh."""
    figure = subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08, row_heights=[0.35, 0.65])
    figure.add_bar(x=table["minute"], y=table["precipitation_mm_h"], name="rain", marker_color=COLOURS[5], row=1, col=1)
    speed = {"color": COLOURS[1], "width": 2}
    figure.add_scatter(x=table["minute"], y=table["mean_speed_kmh"], name="mean speed", line=speed, row=2, col=1)
    wet = table["precipitation_mm_h"] > 0.1
    dry_speed, wet_speed = table.loc[~wet, "mean_speed_kmh"].mean(), table.loc[wet, "mean_speed_kmh"].mean()
    headline = (
        f"Mean speed: {wet_speed:.0f} km/h in rain, {dry_speed:.0f} when dry" if wet.any() and (~wet).any() else ""
    )
    figure.update_layout(title=headline or ("It rained all the time" if wet.any() else "No rain in this run"))
    figure.update_yaxes(title="rain (mm/h)", rangemode="tozero", row=1, col=1)
    figure.update_yaxes(title="mean speed (km/h)", rangemode="tozero", row=2, col=1)
    figure.update_xaxes(title="event time (UTC)", row=2, col=1)
    return figure


def camera_flow(table: pd.DataFrame) -> go.Figure:
    """Draw density against flow, one point per camera and interval. Columns: density_veh_km, flow_veh_h, road_class."""
    figure = blank()
    for index, (road_class, rows) in enumerate(table.groupby("road_class")):
        marker = {"color": COLOURS[index % 8], "symbol": SYMBOLS[index % 8], "size": 6, "opacity": 0.6}
        figure.add_scatter(
            x=rows["density_veh_km"], y=rows["flow_veh_h"], name=str(road_class), mode="markers", marker=marker
        )
    figure.update_layout(title="Flow rises with density until the road is full", xaxis_title="density (vehicles/km)")
    figure.update_yaxes(title="flow (vehicles/h)", rangemode="tozero")
    return figure


def air_quality(table: pd.DataFrame) -> go.Figure:
    """Draw the air quality index over time, mean of all stations. Columns: minute (UTC), air_quality_index."""
    figure = blank()
    line = {"color": COLOURS[3], "width": 2}
    figure.add_scatter(x=table["minute"], y=table["air_quality_index"], mode="lines", line=line)
    first, last = (table["air_quality_index"].iloc[at] if len(table) else 0 for at in (0, -1))
    figure.update_layout(title=f"Air quality index: {first:.0f} at the start, {last:.0f} at the end")
    figure.update_xaxes(title="event time (UTC)")
    return figure.update_yaxes(title="air quality index (lower is better)", rangemode="tozero")


def camera_flow_over_time(table: pd.DataFrame) -> go.Figure:
    """Draw the mean flow past a camera over time by class of road. Columns: minute (UTC), road_class, flow_veh_h."""
    figure = blank()
    for index, (kind, rows) in enumerate(table.groupby("road_class")):
        line = {"color": COLOURS[index], "dash": DASHES[index], "width": 2}
        figure.add_scatter(x=rows["minute"], y=rows["flow_veh_h"], name=str(kind), mode="lines", line=line)
    busiest = table.groupby("road_class")["flow_veh_h"].mean().idxmax() if len(table) else "none"
    figure.update_layout(title=f"Most vehicles pass the cameras on {busiest} roads", xaxis_title="event time (UTC)")
    return figure.update_yaxes(title="flow (vehicles/h)", rangemode="tozero")


def congestion_map(roads: pd.DataFrame, incidents: pd.DataFrame) -> go.Figure:
    """Draw the street network, coloured by speed as a share of the limit, and the incidents on it.

    `roads`: road_id, longitudes and latitudes (lists, degrees), speed_share (0 to 1, null if nothing was measured),
    mean_speed_kmh. `incidents`: incident_id, incident_type, latitude, longitude.
    """
    figure = blank()
    for label, colour, width, rows in _levels(roads):
        longitudes = [value for line in rows["longitudes"] for value in (*line, None)]
        latitudes = [value for line in rows["latitudes"] for value in (*line, None)]
        line = {"color": colour, "width": width}
        figure.add_scatter(x=longitudes, y=latitudes, mode="lines", name=label, line=line, hoverinfo="skip")
    marker = {"symbol": "x", "size": 13, "color": "#d81b60", "line": {"width": 1.5, "color": "white"}}
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
