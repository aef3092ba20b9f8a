"""A view in parts, as browsers get it. Each part is built once for all browsers, and sent only to those without it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zlib import crc32

import numpy as np
import pandas as pd

from smartcity.dashboard import sentences
from smartcity.dashboard.state import Live
from smartcity.dashboard.view import View
from smartcity.figures.live import LEVELS, level
from smartcity.figures.theme import COLOURS

Parts = Mapping[str, tuple[str, str]]
"""By the name of a part its tag, which changes with it, and its JSON text."""

CHARTS: Final = {"speeds": ("Mean speed", "km/h", 0), "flow": ("Camera flow", "vehicles/h", 2), "air": ("AQI", "", 3)}
"""By its place on the page what a line chart shows, its unit and its first colour."""

_MAP_UNITS: Final = 1000
_LATITUDE_RATIO: Final = 1.414
"""A degree of latitude by one of longitude at 45 degrees north, where the city lies."""


def tagged(contents: Mapping[str, Any]) -> Parts:
    """Return contents as parts."""
    texts = {name: json.dumps(value, separators=(",", ":")) for name, value in contents.items()}
    return {name: (f"{crc32(f'{name}{text}'.encode()):x}", text) for name, text in texts.items()}


def answer(tick: int, parts: Parts, known: Sequence[str]) -> str:
    """Return the JSON of the parts whose tags are not known."""
    news = ",".join(f'"{name}":["{tag}",{text}]' for name, (tag, text) in parts.items() if tag not in known)
    return f'{{"tick":{tick},"parts":{{{news}}}}}'


def contents(live: Live, seen: View, district: str, following: bool) -> dict[str, Any]:
    """Return what a view shows, part by part, ready for JSON."""
    project = Projection(live.roads)
    spots = [
        [
            *project.locate(*incident.location),
            f"{incident.kind}, severity {incident.severity}, {status.replace('_', ' ')}, {incident.road_id}",
        ]
        for _, incident, status in seen.incidents
    ]
    return {
        "streets": project.streets(),
        "roads": levels(seen),
        "spots": spots,
        "incidents": sentences.incidents(seen),
        "alerts": sentences.alerts(seen, bool(live.alerts)),
        "districts": sentences.districts(seen, sorted(set(live.roads["district"]))),
        "minute": sentences.districts_line(seen),
        **{name: _chart(seen, name, district) for name in CHARTS},
        "tiles": sentences.tiles(seen),
        "slider": [seen.first, max(seen.last, seen.first + 1)],
        "clock": sentences.clock(seen, following),
    }


def levels(seen: View) -> str:
    """Return the level of each road as a digit, in the order of the roads; those outside the district have 0."""
    return "".join(str(level(share) if inside else 0) for share, inside in zip(seen.share, seen.inside, strict=True))


def _chart(seen: View, name: str, district: str) -> dict[str, Any]:
    label, unit, colour = CHARTS[name]
    if name != "speeds":
        lines = {label: seen.series.get(name, [])}
    else:
        own = {district: seen.series.get("district", [])} if district else {}
        lines = {**own, "whole city": seen.series.get("city", [])}
    start = int(seen.times[0].timestamp()) // 60 if seen.times else 0
    drawn = [
        [line_label, COLOURS[colour + at], [None if value is None else round(value, 1) for value in values]]
        for at, (line_label, values) in enumerate(lines.items())
    ]
    return {"start": start, "unit": unit, "lines": drawn, "said": _said(label, unit, lines)}


def _said(label: str, unit: str, lines: Mapping[str, Sequence[float | None]]) -> str:
    """Return a chart in words, for those who do not see it."""
    parts = []
    for line_label, values in lines.items():
        known = [value for value in values if value is not None]
        span = f"now {known[-1]:.0f}, lowest {min(known):.0f}, highest {max(known):.0f}" if known else "nothing yet"
        parts.append(f"{line_label}: {span}" if len(lines) > 1 or line_label != label else span)
    return f"{label} by minute over the last hour, {'; '.join(parts)} {unit}".strip()


class Projection:
    """Degrees to the units of the map, which has its origin in the north-west."""

    def __init__(self, roads: pd.DataFrame) -> None:
        self.ends = roads[["from_longitude", "from_latitude", "to_longitude", "to_latitude"]].to_numpy()
        self.west, self.north = self.ends[:, ::2].min(), self.ends[:, 1::2].max()
        self.scale = _MAP_UNITS / (self.ends[:, ::2].max() - self.west)

    def locate(self, longitude: Any, latitude: Any) -> tuple[Any, Any]:
        """Return x and y of a place, or of many."""
        x, y = (longitude - self.west) * self.scale, (self.north - latitude) * self.scale * _LATITUDE_RATIO
        return np.rint(x).astype(int).tolist(), np.rint(y).astype(int).tolist()

    def streets(self) -> dict[str, Any]:
        """Return the path of each road, and how each level is drawn."""
        columns = (*self.locate(self.ends[:, 0], self.ends[:, 1]), *self.locate(self.ends[:, 2], self.ends[:, 3]))
        paths = [f"M{x},{y}L{to_x},{to_y}" for x, y, to_x, to_y in zip(*columns, strict=True)]
        return {"size": [_MAP_UNITS, max(*columns[1], *columns[3])], "levels": LEVELS, "paths": paths}
