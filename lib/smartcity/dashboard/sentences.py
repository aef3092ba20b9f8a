"""The texts of a view. A row is a list of runs, each an HTML tag (or none) and its text."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from smartcity.dashboard.view import View

NONE: Final = "–"
TILES: Final = {
    "speed": "mean speed",
    "queues": "roads in a queue",
    "incidents": "open incidents",
    "rain": "rain, whole city",
    "air": "air quality index, city",
    "flow": "camera flow, city",
}
SHOWN_ALERTS: Final = 12
Row = list[tuple[str, str]]


def tiles(seen: View) -> list[str]:
    """Return the texts of the tiles, in the order of `TILES`."""
    texts = {
        "speed": number(seen.speed, "km/h"),
        "queues": f"{seen.queues} of {int(seen.inside.sum())}",
        "incidents": str(len(seen.incidents)),
        "rain": number(seen.now("rain"), "mm/h"),
        "air": number(seen.now("air"), ""),
        "flow": number(seen.now("flow"), "veh/h"),
    }
    return [texts[name] for name in TILES]


def number(value: float | None, unit: str) -> str:
    """Return a number with its unit, or a dash if there is none."""
    if value is None:
        return NONE
    return f"{value:.1f} {unit}".strip() if value < 10 else f"{value:,.0f} {unit}".strip()


def incidents(seen: View) -> list[Row]:
    """Return the open incidents, a row each."""
    return [
        [
            ("strong", f"{incident.kind} {incident.severity}"),
            ("", f", {status.replace('_', ' ')} {incident.times[status]:%H:%M}, {incident.road_id}"),
        ]
        for _, incident, status in seen.incidents
    ] or [[("", "None")]]


def alerts(seen: View, known: bool) -> list[Row]:
    """Return the newest alerts; `known` says whether alerts are sent at all."""
    newest = sorted(seen.alerts, key=lambda alert: alert["at"], reverse=True)[:SHOWN_ALERTS]
    rows: list[Row] = [[("strong", f"{alert['at']:%H:%M:%S}"), ("", f" {alert.get('text', '')}")] for alert in newest]
    none: Row = [("", "None")] if known else [("", "Nothing sends alerts. Try: "), ("code", "./lab stream --alerts")]
    return rows or [none]


def districts(seen: View, names: Sequence[str]) -> list[Row]:
    """Return one row per district: its name, level of service, mean speed and flow, as the cameras saw them."""
    rows = seen.districts.rows if seen.districts else {}
    return [_district(name, rows.get(name, {})) for name in names]


def _district(name: str, row: Mapping[str, Any]) -> Row:
    level = str(row.get("congestion_level", NONE))
    return [
        ("th", name),
        ("td", level),
        ("td", number(row.get("mean_speed_kmh"), "")),
        ("td", number(row.get("flow_veh_h"), "")),
    ]


def districts_line(seen: View) -> Row:
    """Return which minute the districts' rows are of, or how to get them."""
    if seen.districts is None:
        return [("", "Nothing sends them. Try: "), ("code", "./lab stream --aggregates")]
    at = datetime.fromtimestamp(seen.districts.minute * 60, UTC)
    state = "final" if seen.districts.final else "provisional"
    return [("", f"Cameras at {at:%H:%M}, {state}. Level of service: from A (free) to F (jammed).")]


def clock(seen: View, live: bool) -> str:
    """Return the line that says which moment is shown."""
    if seen.at is None:
        return "Waiting for the first event. Try: ./lab simulate --realtime"
    return f"{'Live' if live else 'Looking back'}: {seen.at:%d %B %Y, %H:%M:%S} UTC"


def feed(taken: Mapping[str, int], set_aside: Mapping[str, int], stored: Mapping[str, int], trouble: str | None) -> str:
    """Return the line about the records: read, set aside, and stored in the lake."""
    aside = ", ".join(
        f"{set_aside.get(name, 0):,} {name.replace('_', ' ')}" for name in ("late", "duplicate", "dead_letter")
    )
    lake = f"the lake doesn't answer ({trouble})" if trouble else f"{stored.get('raw', 0):,} stored in the lake"
    return f"{sum(taken.values()):,} events, {aside}; {lake}"


def banner(down_since: float | None) -> Row:
    """Return the banner for Kafka being down since a time (time.time()), or nothing."""
    if down_since is None:
        return []
    since = time.strftime("%H:%M:%S", time.localtime(down_since))
    text = f" since {since}. You see the last known state; the page continues when Kafka is back. Try: "
    return [("strong", "Kafka doesn't answer"), ("", text), ("code", "./lab up kafka")]
