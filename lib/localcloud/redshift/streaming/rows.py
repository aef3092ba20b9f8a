"""A record of Kafka as a row of COPY in binary form, with the columns that a stream has.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
https://www.postgresql.org/docs/current/sql-copy.html
"""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime
from typing import Any

from confluent_kafka import TIMESTAMP_CREATE_TIME, TIMESTAMP_LOG_APPEND_TIME, Message

COLUMNS = (
    ("kafka_partition", "bigint"),
    ("kafka_offset", "bigint"),
    ("kafka_timestamp_type", "char(1)"),
    ("kafka_timestamp", "timestamp"),
    ("kafka_key", "varbyte"),
    ("kafka_value", "varbyte"),
    ("kafka_headers", "super"),
    ("refresh_time", "timestamp"),
)
LIMIT = 16_777_216
"""Bytes of a VARBYTE: a larger value or key is skipped."""
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_FIRST = struct.Struct(">hiqiqici")
_MOMENT = struct.Struct(">iq")
_SIZE = struct.Struct(">i")
_NULL = _SIZE.pack(-1)
_EPOCH_US = 946_684_800_000_000
"""The engine counts microseconds from the year 2000."""
_TYPES = {TIMESTAMP_CREATE_TIME: b"C", TIMESTAMP_LOG_APPEND_TIME: b"L"}
_TOO_LARGE = 15_002
"""The number of the error of a record that is too large: the guide gives none."""


def refresh_time(moment: datetime) -> bytes:
    """Return the last column of all rows of a refresh."""
    return _MOMENT.pack(8, int(moment.timestamp() * 1_000_000) - _EPOCH_US)


def encoded(message: Message, last: bytes) -> bytes:
    """Return the row of a record; `last` is its last column."""
    kind, moment = message.timestamp()
    letter = _TYPES.get(kind, b"U")
    key, value = message.key(), message.value()
    first = _FIRST.pack(8, 8, message.partition(), 8, message.offset(), 1, letter, 8 if letter != b"U" else -1)
    time = struct.pack(">q", moment * 1000 - _EPOCH_US) if letter != b"U" else b""
    return b"".join((first, time, _field(key), _field(value), _field(_headers(message)), last))


def too_large(message: Message) -> dict[str, Any]:
    """Return the entry of a record that is skipped, as `redshift_lab.stream_errors` takes it."""
    kind, moment = message.timestamp()
    size = max(len(message), len(message.key() or b""))
    return {
        "timestamp_type": _TYPES.get(kind, b"U").decode(),
        "stream_time": shown_time(moment),
        "partition_id": message.partition(),
        "position": message.offset(),
        "error_code": _TOO_LARGE,
        "error_reason": f"The record has {size} bytes, more than the {LIMIT} that VARBYTE holds.",
    }


def shown_time(milliseconds: int) -> str:
    """Return a timestamp of Kafka as the engine reads it, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None).isoformat(sep=" ")


def _field(value: bytes | None) -> bytes:
    return _NULL if value is None else _SIZE.pack(len(value)) + value


def _headers(message: Message) -> bytes | None:
    """Return the headers as an array of objects; values are text, or hexadecimal where they are not UTF-8."""
    headers: list[tuple[str, bytes | None]] = list(message.headers() or ())  # type: ignore[arg-type]  # never a text
    if not headers:
        return None
    return json.dumps([{"key": key, "value": _text(value)} for key, value in headers], separators=(",", ":")).encode()


def _text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()
