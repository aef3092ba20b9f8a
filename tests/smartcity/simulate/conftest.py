"""One simulated hour without faults for all tests that look at it, and a watched world."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from smartcity.simulate import Chunk, City, Config, Faults, World, city, simulate
from smartcity.simulate.chance import Floats, Ints

RUSH = Config(minutes=60, vehicles=200, start=datetime(2026, 3, 2, 7, 0, tzinfo=UTC), faults=Faults.none())


@dataclass(frozen=True)
class Hour:
    """The default hour: its city, its events by topic, its incidents."""

    city: City
    chunks: Sequence[Chunk]
    _read: dict[str, pd.DataFrame] = field(default_factory=dict)

    def events(self, topic: str) -> pd.DataFrame:
        """Return the events of a topic, read from their bytes."""
        if topic not in self._read:
            self._read[topic] = self._parse(topic)
        return self._read[topic]

    def _parse(self, topic: str) -> pd.DataFrame:
        values = (value for chunk in self.chunks for value in chunk.topics[topic]["value"].to_pylist())
        frame = pd.DataFrame([json.loads(value) for value in values])
        return frame.assign(event_time=pd.to_datetime(frame["event_time"]))

    @property
    def incidents(self) -> pd.DataFrame:
        """Return the truth about the incidents."""
        return pa.concat_tables([chunk.incidents for chunk in self.chunks]).to_pandas()


@pytest.fixture(scope="package")
def hour() -> Hour:
    """The default hour without faults."""
    return Hour(city(RUSH), list(simulate(RUSH)))


@dataclass(frozen=True)
class Track:
    """Where all vehicles were at each of a world's steps: arrays of steps by vehicles."""

    world: World
    road: Ints
    at_m: Floats
    speed_m_s: Floats
    odometer_m: Floats


@pytest.fixture(scope="package")
def track() -> Track:
    """Ten minutes of 300 vehicles, looked at after every step."""
    world = World(Config(vehicles=300, faults=Faults.none()))
    snaps = []
    for _ in range(120):
        world._step()
        fleet = world.fleet
        snaps.append([each.copy() for each in (fleet.road, fleet.at_m, fleet.speed_m_s, fleet.odometer_m)])
    return Track(world, *(np.array(each) for each in zip(*snaps, strict=True)))
