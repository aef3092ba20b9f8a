"""A run is one sequence of records, whatever the chunks; and each record is an event of the contract."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity.events import TOPICS
from smartcity.simulate import Config, Faults, simulate
from smartcity.simulate.columns import Decimals, Events

from .conftest import Hour

SHORT = {"minutes": 2, "vehicles": 40, "faults": Faults.many()}


def whole(**changes: int) -> pa.Table:
    """Return all records of a short run."""
    return pa.concat_tables([chunk.wire for chunk in simulate(Config(**(SHORT | changes)))]).combine_chunks()  # type: ignore[arg-type]


@cache
def usual() -> pa.Table:
    """Return the short run in chunks of the usual length."""
    return whole()


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 4000))
def test_chunks_do_not_change_the_run(chunk_s: int) -> None:
    """Cut into chunks of any length, the same records with the same truth come in the same order."""
    assert whole(chunk_s=chunk_s).equals(usual())


def test_the_seed_makes_the_city() -> None:
    """Another seed gives other records; the same seed gives the same."""
    assert whole().equals(usual())
    assert not whole(seed=1)["value"].equals(usual()["value"])


def test_chunks_hold_what_arrives_in_them_in_order() -> None:
    """Arrival times rise through the run and lie within their chunk; record ids are unique."""
    last, ids = 0, []
    for chunk in simulate(Config(**SHORT, chunk_s=20)):  # type: ignore[arg-type]
        at = chunk.wire["timestamp_ms"].to_pylist()
        assert all(chunk.begin_ms <= each < chunk.end_ms for each in at)
        assert at == sorted(at)
        assert not at or at[0] >= last
        last, ids = at[-1] if at else last, ids + chunk.truth["record_id"].to_pylist()
    assert len(set(ids)) == len(ids)


def test_the_default_hour_has_everything(hour: Hour) -> None:
    """All five streams speak, 50,000 to 150,000 records in all, with rain, accidents, and a queue."""
    assert all(len(hour.events(topic)) for topic in TOPICS)
    assert 50_000 < sum(len(chunk.wire) for chunk in hour.chunks) < 150_000
    assert hour.events("weather_data")["precipitation_mm_h"].max() > 6.35
    assert hour.incidents["queue_m"].max() > 500


@pytest.mark.parametrize("topic", TOPICS)
def test_json_and_arrow_hold_the_same_events(hour: Hour, topic: str) -> None:
    """Each field of the contract is there in its order, with its kind; keys are the devices."""
    records = hour.chunks[20].topics[topic] if topic != "emergency_data" else hour.chunks[10].topics[topic]
    for key, value in zip(records["key"].to_pylist()[:200], records["value"].to_pylist()[:200], strict=True):
        event = json.loads(value)
        assert list(event) == [field.name for field in TOPICS[topic].fields]
        assert event["device_id"].encode() == key


def test_decimals_are_written_exactly() -> None:
    """Negative, small, large and unknown numbers have the same digits in JSON as in their units."""
    columns: dict[str, pa.Array | Decimals] = {f.name: pa.array(["x"] * 3) for f in TOPICS["weather_data"].fields}
    numbers = Decimals(np.array([-5, 0, 123456789]), 1, np.array([True, True, False]))
    columns |= {f.name: numbers for f in TOPICS["weather_data"].fields if f.kind == "double"}
    columns |= {"event_time": pa.array([0, 1, 2]), "air_quality_index": pa.array([1, 2, 3])}
    three = np.arange(3)
    texts = Events("weather_data", columns, three, three, three).json().to_pylist()
    assert [b'"temperature_c":-0.5,' in texts[0], b'"temperature_c":0.0,' in texts[1]] == [True, True]
    assert b'"temperature_c":null,' in texts[2]
    assert b'"event_time":"1970-01-01T00:00:00.002Z"' in texts[2]
    assert pc.is_null(Events("weather_data", columns, three, three, three).table()["temperature_c"]).to_pylist()[2]
