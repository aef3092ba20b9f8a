"""JSON files: objects one after another (a line each, or spread out), or one array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.schema import Columns, Type, merge, merge_columns

_SPACE = re.compile(r"[ \t\r\n]*")
_STEP = re.compile(r"\.([^.\[\]]+)|\[\s*'([^']*)'\s*\]|\[\s*\"([^\"]*)\"\s*\]|\[\s*(\*|\d+)\s*\]")


def sample_json(text: str, path: str | None = None) -> Sample | None:
    """Return what a JSON text holds, or None if it is not JSON. `records` counts those in the text.

    A text that ends inside a value is taken as cut off: that value is left out.
    With a JsonPath such as `$[*]` or `$.items[*]`, the records are what it selects.
    """
    try:
        values = [found for value in _values(text) for found in (_select(value, path) if path else [value])]
        objects = [value for value in values if isinstance(value, dict)]
        arrays = [value for value in values if isinstance(value, list)]
        if not values or len(objects) + len(arrays) < len(values):
            return None
        columns = _merged(objects)
        if arrays:
            whole: Type = "null"
            for value in arrays:
                whole = merge(whole, _type(value))
            columns = merge_columns((columns, (("array", whole),)))
    except (ValueError, RecursionError):
        return None
    names = dict.fromkeys(name for value in objects for name in value)
    serde = {"paths": ",".join([*names, *(["array"] if arrays else [])])}
    return Sample("json", columns=columns, records=len(values), serde=serde)


def _values(text: str) -> Iterator[Any]:
    decoder, position = json.JSONDecoder(parse_constant=_refuse), _skip(text, 0)
    if text[position : position + 1] not in ("{", "["):
        raise ValueError("neither an object nor an array")
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            if _is_cut(text, error):
                return
            raise
        yield value
        position = _skip(text, position)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _is_cut(text: str, error: json.JSONDecodeError) -> bool:
    return error.pos >= len(text.rstrip()) - 6 or error.msg.startswith("Unterminated string")


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _select(value: Any, path: str) -> list[Any]:
    found = [value]
    for name, quoted, double, index in _STEP.findall(path.removeprefix("$")):
        key = name or quoted or double
        if key:
            found = [one[key] for one in found if isinstance(one, dict) and key in one]
        elif index == "*":
            found = [each for one in found for each in (one.values() if isinstance(one, dict) else _elements(one))]
        else:
            found = [one[int(index)] for one in found if isinstance(one, list) and int(index) < len(one)]
    return found


def _elements(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def is_path(path: str) -> bool:
    """Tell whether a text is a JsonPath of the subset that Glue takes."""
    return path.startswith("$") and not _STEP.sub("", path[1:])


def _merged(objects: list[dict[str, Any]]) -> Columns:
    return merge_columns(tuple((name.lower(), _type(value)) for name, value in one.items()) for one in objects)


def _type(value: Any) -> Type:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "int" if -(1 << 31) <= value < 1 << 31 else "bigint" if -(1 << 63) <= value < 1 << 63 else "string"
    if isinstance(value, float):
        return "double"
    if isinstance(value, list):
        inside: Type = "null"
        for one in value:
            inside = merge(inside, _type(one))
        return ("array", inside)
    if isinstance(value, dict):
        return ("struct", tuple((name, _type(one)) for name, one in value.items())) if value else "string"
    return "string"
