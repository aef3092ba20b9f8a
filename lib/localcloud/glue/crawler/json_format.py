"""JSON files: objects one after another (a line each, or spread out), or one array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from localcloud.glue.crawler.content import Content, NotRecognized
from localcloud.glue.crawler.json_path import select
from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.schema import Columns, merge_columns
from localcloud.glue.crawler.values import columns_of, merged_type, plain_type

_SPACE = re.compile(r"[ \t\r\n]*")
SPREAD = "Athena reads one JSON object per line; this file has objects that span lines or share a line"
ARRAY = "Athena reads one JSON object per line; this file contains arrays"
PATH = "Athena reads whole lines and does not apply the classifier's JsonPath"


def sample_json(content: Content, path: str | None = None) -> Sample:
    """Return what a JSON text holds. `records` counts those in the text.

    A value at the end that a cut leaves unfinished is left out. With a JsonPath such as `$[*]`, the records are what it
    selects; where those are plain values, the one column is called `record`.

    Raises:
        NotRecognized: it is not JSON, or the path selects nothing.
    """
    notes: list[str] = []
    try:
        values = list(_values(content, notes))
        selected = [chosen for value in values for chosen in select(value, path)] if path else values
        columns, names = _columns(selected, path is not None, notes)
    except (ValueError, RecursionError) as error:
        raise NotRecognized(f"it starts like JSON, but is not: {error}") from None
    if path and path != "$":
        notes.append(f"{PATH} {path}")
    elif not any(isinstance(value, list) for value in values) and _is_spread(content, len(values)):
        notes.append(SPREAD)
    parameters = {"jsonPath": path} if path else {}
    serde = {"paths": ",".join(names)}
    return Sample(
        "json", columns=columns, records=len(selected), parameters=parameters, serde=serde, notes=tuple(notes)
    )


def _columns(values: list[Any], is_chosen: bool, notes: list[str]) -> tuple[Columns, list[str]]:
    if not values:
        raise NotRecognized("no JSON value is complete, or the JsonPath selects nothing")
    objects = [value for value in values if isinstance(value, dict)]
    arrays = [value for value in values if isinstance(value, list)]
    scalars = [value for value in values if not isinstance(value, dict | list)]
    if scalars and (not is_chosen or objects or arrays):
        raise NotRecognized("the values are not all objects or arrays")
    if scalars:
        kind = merged_type(scalars, plain_type)
        return (("record", kind),), ["record"]
    columns, same = columns_of(objects, plain_type)
    names = list(dict.fromkeys(name for value in objects for name in value))
    notes.extend(same)
    if arrays:
        notes.append(ARRAY)
        columns = merge_columns((columns, (("array", merged_type(arrays, plain_type)),)))
        names.append("array")
    return columns, names


def _values(content: Content, notes: list[str]) -> Iterator[Any]:
    text = content.text
    decoder, position = json.JSONDecoder(parse_constant=_refuse), _skip(text, 0)
    if text[position : position + 1] not in ("{", "["):
        raise NotRecognized("it doesn't start with { or [")
    first = position
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            if not _is_at_end(text, error) or (position == first and not content.is_cut):
                raise
            if not content.is_cut:
                notes.append(f"the last record, at character {position}, is not complete: {error.msg}")
            return
        yield value
        position = _skip(text, position)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _is_at_end(text: str, error: json.JSONDecodeError) -> bool:
    return error.pos >= len(text.rstrip()) - 6 or error.msg.startswith("Unterminated string")


def _skip(text: str, position: int) -> int:
    blank = _SPACE.match(text, position)
    return blank.end() if blank else position


def _is_spread(content: Content, count: int) -> bool:
    """Return whether a value is not alone on a line of its own; a last line that is cut off may be uncounted."""
    lines = sum(1 for line in content.lines if line.strip())
    return not count <= lines <= count + 1 or (lines != count and not content.is_cut)
