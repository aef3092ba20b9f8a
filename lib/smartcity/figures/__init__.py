"""The lab's figures: one look, a title that says what to see, axes with units. Pure: tables in, Plotly figures out."""

from smartcity.figures.board import incident_on_its_road, panel, streets
from smartcity.figures.city import fundamental_diagram, incident_story, longest_queue, moving_vehicles
from smartcity.figures.display import describe, install
from smartcity.figures.page import Panel, page
from smartcity.figures.quality import arrival_lag, scan_cost, verdict_bars
from smartcity.figures.theme import COLOURS, DASHES, SYMBOLS, template
from smartcity.figures.traffic import (
    air_quality,
    camera_flow,
    camera_flow_over_time,
    congestion_map,
    events_over_time,
    rain_and_speed,
    speed_by_district,
)

__all__ = [
    "COLOURS",
    "DASHES",
    "SYMBOLS",
    "Panel",
    "air_quality",
    "arrival_lag",
    "camera_flow",
    "camera_flow_over_time",
    "congestion_map",
    "describe",
    "events_over_time",
    "fundamental_diagram",
    "incident_on_its_road",
    "incident_story",
    "install",
    "longest_queue",
    "moving_vehicles",
    "page",
    "panel",
    "rain_and_speed",
    "scan_cost",
    "speed_by_district",
    "streets",
    "template",
    "verdict_bars",
]
