"""Records as Avro behind the header of AWS's serializers, and back to the JSON of the contract.

The header has 18 bytes: 3 (its version), the compression (0: none, 5: zlib), and the schema version's UUID.
https://github.com/awslabs/aws-glue-schema-registry
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import fastavro
import msgspec

from smartcity.events import TOPICS, Kind
from smartcity.transforms.judge import decoder, event_time

VERSION: Final = 3
PLAIN: Final = 0
ZLIB: Final = 5
HEADER_BYTES: Final = 18
_MOST_BYTES: Final = 10_000_000
"""Of a record when it is no longer compressed."""
_AVRO: Final[Mapping[Kind, Any]] = {
    "string": "string",
    "double": "double",
    "long": "long",
    "timestamp": {"type": "long", "logicalType": "timestamp-millis"},
    "list": {"type": "array", "items": "string"},
}


def avro_schema(topic: str) -> dict[str, Any]:
    """Return the Avro schema of a topic's events; a field that may be absent is a union with null."""
    fields = [
        {"name": field.name, "type": _AVRO[field.kind]}
        if field.required
        else {"name": field.name, "type": ["null", _AVRO[field.kind]], "default": None}
        for field in TOPICS[topic].fields
    ]
    return {"type": "record", "namespace": "smartcity", "name": topic, "fields": fields}


def header(version_id: UUID, compression: int = PLAIN) -> bytes:
    """Return the header of records with this schema version."""
    return bytes((VERSION, compression)) + version_id.bytes


def version_of(value: bytes | None) -> UUID | None:
    """Return the schema version that a record's header names; None for a record without one."""
    if value is None or len(value) < HEADER_BYTES or value[0] != VERSION or value[1] not in (PLAIN, ZLIB):
        return None
    return UUID(bytes=value[2:HEADER_BYTES])


def encode(topic: str, value: bytes, head: bytes) -> bytes:
    """Return an event as Avro behind a header. What is not exactly an event of the contract is returned as it is."""
    try:
        event = msgspec.structs.asdict(decoder(topic).decode(value))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return value
    for field in TOPICS[topic].fields:
        if field.kind == "timestamp":
            event[field.name] = event_time(event[field.name])
            if event[field.name] is None:
                return value
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, _parsed(topic), event)
    return head + stream.getvalue()


def decode(value: bytes, data_format: str, schema: Any) -> bytes:
    """Return the JSON of a record with a header. `schema` is what its producer wrote with, as `parsed` by fastavro.

    Raises:
        ValueError: its bytes are not a record of the schema. So do other errors of fastavro and zlib.
    """
    body = value[HEADER_BYTES:]
    if value[1] == ZLIB:
        unpacker = zlib.decompressobj()
        body = unpacker.decompress(body, _MOST_BYTES)
        if not unpacker.eof:
            raise ValueError(f"cut off, or larger than {_MOST_BYTES:,} bytes")
    if data_format == "JSON":
        return body
    stream = io.BytesIO(body)
    record: Any = fastavro.schemaless_reader(stream, schema, None)
    if rest := len(body) - stream.tell():
        raise ValueError(f"{rest} bytes are left after the record")
    if not isinstance(record, dict):
        raise ValueError("not a record")
    return msgspec.json.encode({name: _plain(content) for name, content in record.items()})


def _plain(content: Any) -> Any:
    if not isinstance(content, datetime):
        return content
    return content.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@cache
def _parsed(topic: str) -> Any:
    return fastavro.parse_schema(avro_schema(topic))
