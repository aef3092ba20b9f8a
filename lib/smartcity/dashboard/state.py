"""What the page knows: the city minute by minute, from the records of the five topics as they arrive. Times are UTC.

A record is counted once, by the rules of the contract. Late records, copies and dead letters are set aside and only
counted. The numbers are current; the lake's are final.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final, NotRequired, TypedDict, TypeVar

import msgspec
import numpy as np
import pyarrow as pa

from smartcity.events import AGGREGATES, ALERTS, DUPLICATE_WINDOW_S, FUTURE_LIMIT_S, LATENESS_LIMIT_S, TOPICS
from smartcity.transforms.judge import Fault, decoder, event_time, examine

KEPT_MINUTES: Final = 24 * 60
KEPT_ALERTS: Final = 500
Record = tuple[str, bytes | None, int]
"""Topic, value and Kafka timestamp (milliseconds since the epoch)."""


class AlertRecord(TypedDict):
    """The value of a record of the topic `alerts`; other fields are ignored."""

    event_id: str
    event_time: str
    road_id: NotRequired[str]
    text: NotRequired[str]


class AggregateRecord(TypedDict):
    """The value of a record of the topic `aggregates`; other fields are ignored."""

    district: str
    minute_start: str
    congestion_level: NotRequired[str | int | None]
    mean_speed_kmh: NotRequired[float | None]
    flow_veh_h: NotRequired[float | None]


_Sent = TypeVar("_Sent", AlertRecord, AggregateRecord)


@dataclass
class Minute:
    """One minute of event time: by road the readings and the sum of speeds, and means in the making."""

    readings: np.ndarray
    speeds: np.ndarray
    sums: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, value: float) -> None:
        """Take a value into the mean called `name`."""
        self.sums[name] += value  # type: ignore[assignment]
        self.sums[f"{name}#"] += 1


@dataclass
class Incident:
    """One incident: where it is, and when it reached each status."""

    kind: str
    severity: int
    road_id: str
    location: tuple[float, float]
    times: dict[str, datetime] = field(default_factory=dict)


class Live:
    """The state of the page. Safe to be used by several threads."""

    def __init__(self, roads: pa.Table) -> None:
        self.lock = threading.Lock()
        self.roads = roads.to_pandas()
        self.road_of = {name: row for row, name in enumerate(self.roads["road_id"])}
        self.version = 0
        self.minutes: dict[int, Minute] = {}
        self.incidents: dict[str, Incident] = {}
        self.alerts: deque[dict[str, Any]] = deque(maxlen=KEPT_ALERTS)
        self.districts: dict[int, dict[str, dict[str, Any]]] = {}
        self.set_aside: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        self.newest: datetime | None = None
        self._seen: dict[int, set[str]] = {}
        self.takers = {ALERTS: self._alert, AGGREGATES: self._aggregate}

    def take(self, records: Iterable[Record]) -> None:
        """Add records, all of them before the next reader sees the state."""
        with self.lock:
            for topic, value, timestamp_ms in records:
                self.takers.get(topic, self._record)(topic, value, timestamp_ms)
            self.version += 1

    def _record(self, topic: str, value: bytes | None, timestamp_ms: int) -> None:
        event = _event(topic, value)
        at = event and event_time(event.event_time)
        if event is None or at is None or at.timestamp() - timestamp_ms / 1000 > FUTURE_LIMIT_S:
            self.set_aside["dead_letter"] += 1
        elif timestamp_ms / 1000 - at.timestamp() > LATENESS_LIMIT_S:
            self.set_aside["late"] += 1
        elif self._is_copy(event.event_id, timestamp_ms):
            self.set_aside["duplicate"] += 1
        else:
            self.taken[topic] += 1
            # A device whose clock is ahead does not move the page's: what it says is shown when its minute has come.
            arrived = min(at, datetime.fromtimestamp(timestamp_ms / 1000, UTC))
            self.newest = max(arrived, self.newest or arrived)
            getattr(self, f"_{topic}")(event, at)

    def _is_copy(self, event_id: str, timestamp_ms: int) -> bool:
        """Return whether the event arrived before; forget events that can't arrive again."""
        period = timestamp_ms // 1000 // DUPLICATE_WINDOW_S
        for old in [seen for seen in self._seen if seen < period - 1]:
            del self._seen[old]
        if any(event_id in ids for ids in self._seen.values()):
            return True
        self._seen.setdefault(period, set()).add(event_id)
        return False

    def _minute(self, at: datetime) -> Minute:
        number = int(at.timestamp()) // 60
        if number not in self.minutes:
            count = len(self.roads)
            self.minutes[number] = Minute(np.zeros(count, np.int32), np.zeros(count))
            while len(self.minutes) > KEPT_MINUTES:
                del self.minutes[min(self.minutes)]
        return self.minutes[number]

    def _vehicle_data(self, event: Any, at: datetime) -> None:
        row = self.road_of.get(event.road_id)
        if row is None or event.vehicle_type == "emergency":
            return
        minute = self._minute(at)
        minute.readings[row] += 1
        minute.speeds[row] += event.speed_kmh

    def _gps_data(self, event: Any, at: datetime) -> None:
        self._minute(at).sums["gps"] += 1

    def _traffic_data(self, event: Any, at: datetime) -> None:
        self._minute(at).add("flow", event.vehicle_count * 3600 / event.interval_s)

    def _weather_data(self, event: Any, at: datetime) -> None:
        minute = self._minute(at)
        minute.add("rain", event.precipitation_mm_h)
        minute.add("air", event.air_quality_index)

    def _emergency_data(self, event: Any, at: datetime) -> None:
        fresh = Incident(event.incident_type, event.severity, event.road_id, (event.longitude, event.latitude))
        self.incidents.setdefault(event.incident_id, fresh).times.setdefault(event.status, at)

    def _alert(self, _topic: str, value: bytes | None, _timestamp_ms: int) -> None:
        alert = _sent(value, AlertRecord)
        at = alert and _time(alert["event_time"])
        if alert is None or at is None or alert["event_id"] in {known["event_id"] for known in self.alerts}:
            return
        self.alerts.append({**alert, "at": at})

    def _aggregate(self, _topic: str, value: bytes | None, _timestamp_ms: int) -> None:
        """Keep what the cameras of a district saw in a minute; of several such rows, the last counts."""
        row = _sent(value, AggregateRecord)
        at = row and _time(row["minute_start"])
        if row is None or at is None:
            return
        self.districts.setdefault(int(at.timestamp()) // 60, {})[row["district"]] = dict(row)
        while len(self.districts) > KEPT_MINUTES:
            del self.districts[min(self.districts)]


def _event(topic: str, value: bytes | None) -> Any:
    """Return the event in a record's value, with its fields as attributes, or None for a dead letter."""
    try:
        return decoder(topic).decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        examined = examine(TOPICS[topic], value)  # the strict decoder refuses fields that are only unknown
    if isinstance(examined, Fault):
        return None
    return SimpleNamespace(**dict(zip((field.name for field in TOPICS[topic].fields), examined.values, strict=True)))


def _sent(value: bytes | None, kind: type[_Sent]) -> _Sent | None:
    """Return what Spark has sent, or None for a record that it can't have sent: anyone with the login may write one."""
    try:
        return msgspec.json.decode(value or b"", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _time(text: Any) -> datetime | None:
    """Return the time of an alert, which Spark writes with a varying number of decimals."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return None
