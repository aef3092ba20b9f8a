"""A small simulated city as the checks see it: its chunks, and a lake in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pyarrow as pa
import pytest

from smartcity.events import TOPICS
from smartcity.simulate import Chunk, Config, simulate

CONFIG = Config(minutes=20, vehicles=60, seed=11)


@dataclass
class MemoryLake:
    """The zones of a run, made of the simulator's truth; districts go by the last letter of a device's id."""

    chunks: list[Chunk]
    config: Config = CONFIG

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All records with their truth."""
        records = pa.concat_tables(chunk.records for chunk in self.chunks).to_pandas()
        truth = self.truth().to_pandas().drop(columns=["topic", "record_id"])
        return pd.concat([records, truth], axis=1).astype({"topic": str, "verdict": str})

    def truth(self) -> pa.Table:
        """Return the simulator's truth."""
        return pa.concat_tables(chunk.truth for chunk in self.chunks)

    def read(self, zone: str, topic: str, columns: Sequence[str]) -> pa.Table:
        """Return the events of a topic in a zone."""
        rows = self.frame.query("topic == @topic and verdict == @zone")
        events = pd.DataFrame([json.loads(value) for value in rows["value"]])
        events["event_time"] = pd.to_datetime(events["event_time"])
        events["kafka_timestamp"] = pd.to_datetime(rows["timestamp_ms"].to_numpy(), unit="ms", utc=True)
        events["district"] = ["district " + device[-1] for device in events["device_id"]]
        return pa.Table.from_pandas(events[list(columns)], preserve_index=False)

    def files(self, _zone: str, topic: str) -> list[str]:
        """Return two files in each of two hours."""
        return [f"transformed/{topic}/event_date=2026-03-02/hour={h}/{n}.parquet" for h in ("07", "08") for n in "12"]


@pytest.fixture(scope="session")
def lake() -> MemoryLake:
    """The lake of a small city; each topic has events in every zone but emergencies."""
    chunks = list(simulate(CONFIG))
    assert set(TOPICS) <= set(pa.concat_tables(chunk.truth for chunk in chunks)["topic"].cast(pa.string()).to_pylist())
    return MemoryLake(chunks)
