"""The run: the city's records by their arrival, in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartcity.events import TOPICS
from smartcity.simulate.chance import Chance
from smartcity.simulate.config import Config
from smartcity.simulate.records import wire
from smartcity.simulate.truth import incident_table
from smartcity.simulate.world import World

RECORD_COLUMNS: Final = ("topic", "key", "value", "timestamp_ms", "record_id")
TRUTH_COLUMNS: Final = ("record_id", "topic", "event_id", "verdict", "reason", "event_time", "arrival_time", "fault")


@dataclass(frozen=True)
class Chunk:
    """All records that arrive in [`begin_ms`, `end_ms`), in the order in which they are sent, with their truth."""

    begin_ms: int
    end_ms: int
    wire: pa.Table
    """One row per record; `records` and `truth` are views of it."""
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
