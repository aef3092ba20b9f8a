"""The `.metadata` file next to a result: a protobuf message with the query's id in the engine and its columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_VARINT, _BYTES = 0, 2
_NULLABLE_UNKNOWN = 3


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(number: int, value: str | bytes | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3 | _VARINT) + _varint(value) if value else b""
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | _BYTES) + _varint(len(data)) + data


def encode(query_id: str, columns: Iterable[dict[str, Any]]) -> bytes:
    """Return the content of the file for ColumnInfo structures."""
    return _field(1, query_id) + b"".join(_field(4, _column(column)) for column in columns)


def _column(column: dict[str, Any]) -> bytes:
    return (
        _field(1, column["CatalogName"])
        + _field(4, column["Name"])
        + _field(5, column["Label"])
        + _field(6, column["Type"])
        + _field(7, column["Precision"])
        + _field(8, column["Scale"])
        + _field(9, _NULLABLE_UNKNOWN)
        + _field(10, int(column["CaseSensitive"]))
    )
