"""The board of lesson 09: which figures it has, and the sentence below each."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from smartcity.figures import city, quality, traffic
from smartcity.figures.page import Panel

_PANELS: Final[dict[str, tuple[Any, str]]] = {
    "congestion_map": (
        traffic.congestion_map,
        "Each street by its mean speed relative to its limit. Crosses are incidents.",
    ),
    "speed_by_district": (
        traffic.speed_by_district,
        "Mean speed of all vehicles except ambulances, by minute and district. Dotted: all districts.",
    ),
    "rain_and_speed": (
        traffic.rain_and_speed,
        "Top: rain. Bottom: mean speed of the whole city. Rush hour slows it down too.",
    ),
    "air_quality": (traffic.air_quality, "Air quality index, mean of all stations, by minute."),
    "camera_flow_over_time": (
        traffic.camera_flow_over_time,
        "Mean flow past a camera, by minute and road class.",
    ),
    "events_over_time": (
        traffic.events_over_time,
        "Clean events per minute in each of the five streams, on a logarithmic scale.",
    ),
    "verdict_bars": (quality.verdict_bars, "What happened to the records of each stream."),
    "arrival_lag": (
        quality.arrival_lag,
        "Seconds from a GPS reading to its arrival on Kafka, on a logarithmic scale.",
    ),
    "scan_cost": (
        quality.scan_cost,
        "Megabytes that each query of this page scanned. Athena bills at least 10 MB per query.",
    ),
}
_WIDE: Final = ("speed_by_district", "scan_cost")


def panel(name: str, *tables: pd.DataFrame) -> Panel:
    """Return a figure of the board with its sentence. Raises KeyError for an unknown figure."""
    if name == "incident_on_its_road":
        caption = (
            "Speeds of individual vehicles on the road of one incident. Dashed lines: reported, on scene, resolved."
        )
        return Panel(incident_on_its_road(*tables), caption)
    draw, caption = _PANELS[name]
    return Panel(draw(*tables), caption, wide=name in _WIDE)


def incident_on_its_road(readings: pd.DataFrame) -> go.Figure:
    """Draw the incident that most vehicles passed: their speeds on its road, and when things happened.

    `readings`: incident_id, road_id, event_time and the times reported, on_scene, resolved (UTC; null: not yet),
    speed_kmh; the incident with the most rows first. Without rows the title says so.
    """
    story = (
        readings[readings["incident_id"] == readings["incident_id"].head(1).squeeze()] if len(readings) else readings
    )
    strip = story.rename(columns={"speed_kmh": "value"})[["event_time", "value"]]
    times = {"reported": "reported", "on_scene": "on scene", "resolved": "resolved"}
    marks = {label: story[name].iloc[0] for name, label in times.items()} if len(story) else {}
    title = (
        f"One incident on {story['road_id'].iloc[0]}, seen on its road"
        if len(story)
        else "No vehicle passed an incident"
    )
    return city.incident_story({"speed of the vehicles on the road (km/h)": strip}, marks, title)


def streets(network: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Return the streets of `network` as the map wants them, with their mean speed as a share of the limit.

    `measured`: road_id, mean_speed_kmh; a street without a reading has NaN.
    """
    roads = network.merge(measured, on="road_id", how="left")
    roads["speed_share"] = roads["mean_speed_kmh"] / roads["speed_limit_kmh"]
    roads["longitudes"] = roads[["from_longitude", "to_longitude"]].to_numpy().tolist()
    roads["latitudes"] = roads[["from_latitude", "to_latitude"]].to_numpy().tolist()
    return roads
