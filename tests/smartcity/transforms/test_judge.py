"""The verdict on a record's bytes."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity.events import TOPICS, WEATHER_DATA, Reason
from smartcity.transforms.judge import Event, Fault, decoder, event_time, examine

GOOD: dict[str, Any] = {
    "event_id": "e1",
    "device_id": "st-1",
    "event_time": "2026-03-02T07:00:00.123Z",
    "latitude": 45.0,
    "longitude": 9,
    "station_id": "st-1",
    "condition": "rain",
    "temperature_c": -0.5,
    "precipitation_mm_h": 0,
    "wind_speed_kmh": 3.5,
    "humidity_pct": 100,
    "air_quality_index": 40,
}


def value(**changes: Any) -> bytes:
    """Return the bytes of a good weather event with some fields changed; a field given as ... is left out."""
    fields = {name: field for name, field in {**GOOD, **changes}.items() if field is not ...}
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (None, Reason.EMPTY),
        (b"", Reason.EMPTY),
        (b"\xff", Reason.BAD_UTF8),
        (value(station_id="\u00e9").replace(b"\\u00e9", b"\xe9"), Reason.BAD_UTF8),
        (value()[:-1], Reason.BAD_JSON),
        (value() + b"x", Reason.BAD_JSON),
        (value() + value(), Reason.BAD_JSON),
        (b"[1]", Reason.BAD_JSON),
        (b"null", Reason.BAD_JSON),
        (b"[" * 100_000, Reason.BAD_JSON),
        (b'{"a":' * 100_000, Reason.BAD_JSON),
        (value().replace(b"-0.5", b"NaN"), Reason.BAD_JSON),
        (value(device_id="\ud800"), Reason.BAD_JSON),
        (value(device_id=...), Reason.MISSING_FIELD),
        (value(device_id=None, latitude="x"), Reason.MISSING_FIELD),
        (value(latitude="45.0"), Reason.WRONG_TYPE),
        (value(device_id=5), Reason.WRONG_TYPE),
        (value(humidity_pct=True), Reason.WRONG_TYPE),
        (value(air_quality_index=40.0), Reason.WRONG_TYPE),
        (value(condition=["rain"]), Reason.WRONG_TYPE),
        (value(event_time="2026-02-30T07:00:00.123Z", latitude=91), Reason.WRONG_TYPE),
        (value(event_time="2026-03-02T07:00:00Z"), Reason.WRONG_TYPE),
        (value(event_time="2026-03-02T07:00:00.123+01:00"), Reason.WRONG_TYPE),
        (value(latitude=90.01), Reason.OUT_OF_RANGE),
        (value(condition="lava"), Reason.OUT_OF_RANGE),
        (value(air_quality_index=10**40), Reason.OUT_OF_RANGE),
        (value().replace(b"-0.5", b"1e999"), Reason.OUT_OF_RANGE),
    ],
)
def test_the_first_reason_that_applies_is_given(record: bytes | None, reason: Reason) -> None:
    """Each kind of fault has its reason, and of several faults the first in the order of the contract counts."""
    found = examine(WEATHER_DATA, record)
    assert isinstance(found, Fault)
    assert found.reason == reason


def test_an_unknown_field_is_kept() -> None:
    """A field that the contract does not know goes to `extra`, as JSON."""
    found = examine(WEATHER_DATA, value(pollen=3, a=[1]))
    assert isinstance(found, Event)
    assert found.extra == '{"a":[1],"pollen":3}'
    assert examine(WEATHER_DATA, value()) == Event(found.values, None)


def test_a_time_is_read_to_the_millisecond() -> None:
    """An event time of the contract becomes that very moment; what only resembles one becomes None."""
    read = event_time("2026-03-02T07:00:00.123Z")
    assert read is not None
    assert read.isoformat() == "2026-03-02T07:00:00.123000+00:00"
    assert [event_time(text) for text in ("", "2026-13-02T07:00:00.123Z", "2026-03-02T07:00:60.000Z")] == [None] * 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
CHANGES = st.dictionaries(st.sampled_from(sorted(GOOD)) | st.text(max_size=3), JSON | st.just(...), max_size=3)


@given(CHANGES)
@settings(max_examples=300, deadline=None)
def test_the_fast_decoder_takes_just_what_the_rules_take(changes: dict[str, Any]) -> None:
    """Whatever the strict decoder accepts is an event of the same values, and what it refuses has a fault or more."""
    record = value(**changes)
    found = examine(WEATHER_DATA, record)
    try:
        fast = decoder("weather_data").decode(record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        assert isinstance(found, Fault) or found.extra is not None
        return
    if event_time(fast.event_time) is None:  # type: ignore[attr-defined]
        assert isinstance(found, Fault)
    else:
        assert isinstance(found, Event)
        assert found.values == tuple(getattr(fast, field.name) for field in WEATHER_DATA.fields)


@given(st.binary(max_size=60), st.sampled_from(sorted(TOPICS)))
@settings(max_examples=300, deadline=None)
def test_any_bytes_get_an_answer(record: bytes, topic: str) -> None:
    """No bytes make the rules raise."""
    assert isinstance(examine(TOPICS[topic], record), Fault)
