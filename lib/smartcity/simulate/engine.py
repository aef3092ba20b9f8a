"""The run: minute by minute the city moves, its devices report, and their records arrive in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartcity.events import TOPICS
from smartcity.simulate import demand
from smartcity.simulate.cameras import CameraReadings
from smartcity.simulate.chance import Chance
from smartcity.simulate.city import City, city
from smartcity.simulate.clocks import Clocks
from smartcity.simulate.columns import Events
from smartcity.simulate.config import Config
from smartcity.simulate.fleet import Fleet, Passing
from smartcity.simulate.flow import STEP_S, Traffic
from smartcity.simulate.incidents import Incidents, Notice
from smartcity.simulate.readings import VehicleReadings
from smartcity.simulate.records import wire
from smartcity.simulate.routing import assign, routes
from smartcity.simulate.stations import StationReadings, emergency_events
from smartcity.simulate.truth import incident_table
from smartcity.simulate.weather import Weather, capacity_factor, speed_factor

BLOCK_S: Final = 60
"""The city is simulated in blocks of this length, whatever the chunks are."""
WARM_UP_MIN: Final = 20
"""Simulated before the start without reports, so that the streets are as full as at any time."""
RECORD_COLUMNS: Final = ("topic", "key", "value", "timestamp_ms", "record_id")
TRUTH_COLUMNS: Final = ("record_id", "topic", "event_id", "verdict", "reason", "event_time", "arrival_time", "fault")


class World:
    """The city with all that moves in it; `minute` lets 60 seconds pass."""

    def __init__(self, config: Config) -> None:
        self.config, chance = config, Chance(config.seed)
        self.city: City = city(config)
        ways = routes(self.city, chance)
        self.now_ms = config.start_ms - WARM_UP_MIN * 60_000
        self.weather = Weather(chance)
        trips = assign(self.city, ways)
        self.traffic = Traffic(self.city, trips)
        self.fleet = Fleet(self.city, ways, chance, config)
        self.incidents = Incidents(self.city, ways, trips, chance)
        self.clocks = Clocks(chance, config.faults)
        self.vehicles = VehicleReadings(self.city, self.fleet, chance, self.clocks)
        self.cameras = CameraReadings(self.city, self.traffic, self.fleet, self.clocks)
        self.stations = StationReadings(self.city, self.weather, chance, self.clocks)
        self._road_x = self.city.node_x[self.city.road_from]
        while self.now_ms < config.start_ms:
            self.minute()

    def minute(self) -> list[Events]:
        """Let 60 seconds pass; return what the devices reported meanwhile, one entry a topic."""
        intensity = demand.intensity(self.now_ms)
        bustle = float(intensity.sum())
        self._set_minute(intensity, bustle)
        notices: list[Notice] = []
        for _ in range(BLOCK_S // STEP_S):
            notices += self._step()
        self.incidents.watch_queues(self.traffic, self.now_ms)
        sensors = [
            self._audible(e) for e in (self.cameras.take(self.now_ms), self.stations.take(self.now_ms, self.traffic))
        ]
        return [*self.vehicles.take(), *sensors, emergency_events(self.city, notices, self.clocks)]

    def _audible(self, events: Events) -> Events:
        return events.filter(~self.clocks.silent(events.topic, events.device, events.tick_ms))

    def _set_minute(self, intensity: np.ndarray, bustle: float) -> None:
        rain = self.weather.rain_mm_h(self.now_ms // 1000, self._road_x)
        self.traffic.demand(intensity)
        self.traffic.weather(speed_factor(rain), capacity_factor(rain))
        self.fleet.bustle = max(0.1, bustle)
        if self.now_ms >= self.config.start_ms:
            self.incidents.begin(self.traffic, self.now_ms, bustle, rain)

    def _step(self) -> list[Notice]:
        now = self.now_ms
        notices = self.incidents.step(self.traffic, self.fleet, now)
        self.vehicles.report(now)
        passing: Passing = self.fleet.step(self.traffic, now)
        self.traffic.step()
        self.cameras.watch(self.traffic, passing)
        self.now_ms += STEP_S * 1000
        return notices


@dataclass(frozen=True)
class Chunk:
    """All records that arrive in [`begin_ms`, `end_ms`), in the order in which they are sent, with their truth."""

    begin_ms: int
    end_ms: int
    wire: pa.Table
    """One row a record; `records` and `truth` are views of it."""
    incidents: pa.Table
    """The truth about the incidents that ended, or that are still open when the simulated time is over; see `truth`."""

    @cached_property
    def records(self) -> pa.Table:
        """What goes to Kafka: topic, key, value, timestamp_ms (arrival: Kafka's CreateTime), record_id."""
        return self.wire.select(list(RECORD_COLUMNS))

    @cached_property
    def topics(self) -> dict[str, pa.Table]:
        """The records of each topic, by its name."""
        return {name: self.records.filter(pc.equal(self.records["topic"], name)) for name in TOPICS}

    @cached_property
    def truth(self) -> pa.Table:
        """What each record is: record_id, topic, event_id, verdict, reason, event_time, arrival_time (UTC), fault."""
        arrival = self.wire["timestamp_ms"].cast(pa.timestamp("ms", tz="UTC"))
        return self.wire.append_column("arrival_time", arrival).select(list(TRUTH_COLUMNS))


def simulate(config: Config) -> Iterator[Chunk]:
    """Run the city and yield its records by arrival, in chunks of `config.chunk_s` seconds, with constant memory.

    Records that arrive after the end of the simulated time (copies, backlogs) come in further chunks.
    """
    world, chance = World(config), Chance(config.seed)
    pool: list[pa.Table] = []
    ready_ms = begin_ms = config.start_ms
    chunk_ms = config.chunk_s * 1000
    for number in range(config.minutes + 1):
        if number < config.minutes:
            pool += [wire(events, chance, config.faults) for events in world.minute()]
            ready_ms = world.now_ms
        else:
            world.incidents.end()
            ready_ms = max(ready_ms, *(pc.max(p["timestamp_ms"]).as_py() for p in pool if len(p))) + chunk_ms
        while begin_ms + chunk_ms <= ready_ms:
            now, pool = _split(pool, begin_ms + chunk_ms)
            yield Chunk(begin_ms, begin_ms + chunk_ms, now, incident_table(world.city, world.incidents.take()))
            begin_ms += chunk_ms


def _split(parts: list[pa.Table], until_ms: int) -> tuple[pa.Table, list[pa.Table]]:
    """Return the records that have arrived by `until_ms` in order of arrival, and the others."""
    pool = pa.concat_tables(parts)
    arrived = pc.less(pool["timestamp_ms"], until_ms)
    now = pool.filter(arrived)
    order = np.argsort(now["timestamp_ms"].to_numpy(), kind="stable")
    return now.take(order), [pool.filter(pc.invert(arrived))]
