"""Records as Avro behind the header of AWS's serializers."""

from __future__ import annotations

import io
import json
import zlib
from typing import Any
from uuid import UUID

import fastavro
import msgspec
import pytest

from smartcity.avro_records import ZLIB, avro_schema, decode, encode, header, version_of
from smartcity.events import TOPICS
from smartcity.simulate import Config, Faults, simulate

VERSION = UUID("12345678-1234-5678-1234-567812345678")


def parsed(topic: str) -> Any:
    """A topic's schema as fastavro wants it."""
    return fastavro.parse_schema(avro_schema(topic))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_event_survives_the_way_through_avro(topic: str) -> None:
    """Field by field, what comes back is what a simulated device wrote."""
    chunks = simulate(Config(minutes=30, vehicles=60, faults=Faults.none()))
    values = [value for chunk in chunks for value in chunk.topics[topic]["value"].to_pylist()]
    assert values
    for value in values:
        record = encode(topic, value, header(VERSION))
        assert version_of(record) == VERSION
        assert json.loads(decode(record, "AVRO", parsed(topic))) == json.loads(value)


def test_what_breaks_the_contract_is_sent_as_it_is() -> None:
    """Broken text, unknown fields, wrong types and times that don't exist are not made Avro."""
    event = dict.fromkeys(("event_id", "device_id", "station_id"), "x") | {"event_time": "2026-01-01T00:00:00.123Z"}
    event |= {"condition": "clear"} | dict.fromkeys(
        ("latitude", "longitude", "temperature_c", "precipitation_mm_h"), 1.5
    )
    good: dict[str, Any] = {**event, "wind_speed_kmh": 2.0, "humidity_pct": 3.0, "air_quality_index": 4}
    for change in ({"more": 1}, {"air_quality_index": "4"}, {"event_time": "2026-02-30T00:00:00.000Z"}):
        value = msgspec.json.encode({**good, **change})
        assert encode("weather_data", value, header(VERSION)) == value
    assert encode("weather_data", b'{"cut', header(VERSION)) == b'{"cut'
    assert version_of(encode("weather_data", msgspec.json.encode(good), header(VERSION))) == VERSION


@pytest.mark.parametrize("value", [None, b"", b"{}" * 20, b"\x03\x00" + bytes(15), b"\x03\x01" + bytes(20)])
def test_a_record_without_the_whole_header_names_no_schema(value: bytes | None) -> None:
    """JSON, an unknown compression, and less than 18 bytes are not taken for Avro."""
    assert version_of(value) is None


def test_compressed_records_and_json_schemas() -> None:
    """Byte 5 means zlib; a schema of the format JSON has JSON behind the header; times are written in the lab's form."""
    schema = fastavro.parse_schema(
        {
            "type": "record",
            "name": "R",
            "fields": [{"name": "t", "type": {"type": "long", "logicalType": "timestamp-micros"}}],
        }
    )
    body = io.BytesIO()
    fastavro.schemaless_writer(body, schema, {"t": 1_000_000})
    record = header(VERSION, ZLIB) + zlib.compress(body.getvalue())
    assert decode(record, "AVRO", schema) == b'{"t":"1970-01-01T00:00:01.000Z"}'
    assert decode(header(VERSION) + b'{"a": 1}', "JSON", {}) == b'{"a": 1}'


@pytest.mark.parametrize(
    "body",
    [b"", b"\x02", bytes(40), zlib.compress(bytes(11_000_000)), zlib.compress(b"x")[:5]],
    ids=str.__len__ and repr,
)
def test_bytes_that_are_no_record_of_the_schema(body: bytes) -> None:
    """Cut off, too long, or more than 10 MB when unpacked: each is an error."""
    compressed = body[:1] == b"x"
    with pytest.raises((ValueError, EOFError)):
        decode(
            header(VERSION, ZLIB if compressed else 0) + body,
            "AVRO",
            fastavro.parse_schema({"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}),
        )
