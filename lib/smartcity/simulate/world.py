"""The city and everything that moves in it, minute by minute."""

from __future__ import annotations

from typing import Final

from smartcity.simulate import demand
from smartcity.simulate.cameras import CameraReadings
from smartcity.simulate.chance import Chance, Floats
from smartcity.simulate.city import City, city
from smartcity.simulate.clocks import Clocks
from smartcity.simulate.columns import Events
from smartcity.simulate.config import Config
from smartcity.simulate.fleet import Fleet, Passing
from smartcity.simulate.flow import STEP_S, Traffic
from smartcity.simulate.incidents import Incidents, Notice
from smartcity.simulate.readings import VehicleReadings
from smartcity.simulate.routing import assign, routes
from smartcity.simulate.stations import StationReadings, emergency_events
from smartcity.simulate.weather import Weather, capacity_factor, speed_factor

BLOCK_S: Final = 60
"""The city is simulated in blocks of this length, whatever the chunks are."""
WARM_UP_MIN: Final = 20
"""Simulated before the start without reports, so that the streets are as full as at any time."""


class World:
    """The city and everything that moves in it; `minute` lets 60 seconds pass."""

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
        """Let 60 seconds pass; return what the devices reported, one entry per topic."""
        intensity = demand.intensity(self.now_ms)
        bustle = float(intensity.sum())
        self._set_minute(intensity, bustle)
        notices: list[Notice] = []
        for _ in range(BLOCK_S // STEP_S):
            notices += self._step()
        self.incidents.watch_queues(self.traffic, self.now_ms)
        sensors = (self.cameras.take(self.now_ms), self.stations.take(self.now_ms, self.traffic))
        desk = emergency_events(self.city, notices, self.clocks)
        return [*self.vehicles.take(), *(self._audible(each) for each in sensors), desk]

    def _audible(self, events: Events) -> Events:
        return events.filter(~self.clocks.silent(events.topic, events.device, events.tick_ms))

    def _set_minute(self, intensity: Floats, bustle: float) -> None:
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
