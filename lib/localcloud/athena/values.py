"""The text that Athena shows for each type, and what it says of a column.

Seen in Athena's results: https://docs.aws.amazon.com/athena/latest/APIReference/API_ColumnInfo.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

Text = Callable[[Any], str]
"""Makes the text of one value that is not null."""

_PRECISION = {
    "varchar": 2147483647,
    "varbinary": 1073741824,
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "real": 17,
    "double": 17,
    "timestamp": 3,
    "timestamp with time zone": 3,
    "time": 3,
    "time with time zone": 3,
}
_CLOCK = re.compile(r"(:\d\d:\d\d)(?:\.(\d+))?")
"""Minutes, seconds and their fraction, which Athena shows with at least three digits; an offset has no seconds."""
_NAMES = {"real": "float"}
_CASE_SENSITIVE = ("varchar", "char")


def column_info(column: dict[str, Any]) -> dict[str, Any]:
    """Return the ColumnInfo of a column that Trino described."""
    signature = column["typeSignature"]
    raw = str(signature["rawType"]).lower()
    numbers = _numbers(signature)
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": column["name"],
        "Label": column["name"],
        "Type": _NAMES.get(raw, raw),
        "Precision": _precision(raw, numbers),
        "Scale": numbers[1] if raw == "decimal" else 0,
        "Nullable": "UNKNOWN",
        "CaseSensitive": raw in _CASE_SENSITIVE,
    }


def _numbers(signature: dict[str, Any]) -> list[int]:
    return [int(argument["value"]) for argument in signature.get("arguments", []) if argument["kind"] == "LONG"]


def _precision(raw: str, numbers: list[int]) -> int:
    if numbers and raw in ("varchar", "char", "decimal", "timestamp", "timestamp with time zone", "time"):
        return max(numbers[0], 3) if raw.startswith("time") else numbers[0]
    return _PRECISION.get(raw, 0)


def text_column(name: str) -> dict[str, Any]:
    """Return the ColumnInfo of a column of SHOW, DESCRIBE and other statements that answer in plain text."""
    return column_info({"name": name, "typeSignature": {"rawType": "varchar", "arguments": []}}) | {
        "Type": "string",
        "Precision": 0,
        "CaseSensitive": False,
    }


def text_of(signature: dict[str, Any]) -> Text | None:
    """Return what makes the text of a type's values, or None if the value is its own text."""
    raw = str(signature["rawType"]).lower()
    inner = [
        argument["value"] for argument in signature.get("arguments", []) if argument["kind"] in ("TYPE", "NAMED_TYPE")
    ]
    if raw == "array":
        return _array(inner[0])
    if raw == "map":
        return _map(inner[0], inner[1])
    if raw == "row":
        return _row(inner)
    if raw.startswith("timestamp"):
        return _padded if _numbers(signature)[:1] < [3] else None
    return _SCALARS.get(raw)


def _boolean(value: Any) -> str:
    return "true" if value else "false"


def _binary(value: str) -> str:
    return base64.b64decode(value).hex(" ")


def _tile(value: dict[str, str]) -> str:
    return f"{{x={value['x']}, y={value['y']}, zoom={value['zoom']}}}"


def _padded(value: str) -> str:
    return _CLOCK.sub(lambda clock: f"{clock[1]}.{(clock[2] or '').ljust(3, '0')}", value, count=1)


_SCALARS: dict[str, Text] = {
    "boolean": _boolean,
    "varbinary": _binary,
    "hyperloglog": _binary,
    "p4hyperloglog": _binary,
    "setdigest": _binary,
    "bingtile": _tile,
}


def _nullable(text: Text | None) -> Text:
    if text is None:
        return lambda value: "null" if value is None else value
    return lambda value: "null" if value is None else text(value)


def _array(element: dict[str, Any]) -> Text:
    text = _nullable(text_of(element))
    return lambda values: "[" + ", ".join(map(text, values)) + "]"


def _map(key: dict[str, Any], value: dict[str, Any]) -> Text:
    key_text, value_text = _nullable(text_of(key)), _nullable(text_of(value))
    return lambda pairs: "{" + ", ".join(f"{key_text(k)}={value_text(v)}" for k, v in pairs.items()) + "}"


def _row(fields: list[dict[str, Any]]) -> Text:
    names = [(field.get("fieldName") or {}).get("name", f"field{n}") for n, field in enumerate(fields)]
    texts = [_nullable(text_of(field["typeSignature"])) for field in fields]
    parts = list(zip(names, texts, strict=True))
    return lambda row: "{" + ", ".join(f"{name}={text(v)}" for (name, text), v in zip(parts, row, strict=True)) + "}"
