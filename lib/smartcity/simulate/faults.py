"""Broken records: what happens to a record's bytes, and the truth about every record.

Each transmission breaks on its own, so a copy can be intact if the first record isn't. The verdict of each record
follows from the rules of `smartcity.events` alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from smartcity.events import TOPICS, Field, Reason

_NOT: Final[dict[str, Any]] = {"string": 12345, "double": "n/a", "long": "many", "timestamp": 1, "list": "none"}


def cut_json(_: str, value: bytes, luck: float) -> bytes:
    """Return the first part of the record, at least one byte and not all of it."""
    return value[: 1 + int(luck * (len(value) - 1))]


def bad_utf8(_: str, value: bytes, __: float) -> bytes:
    """Return the record with one byte, inside a string, that no UTF-8 text contains."""
    at = value.index(b'":"') + 3
    return value[:at] + b"\xff" + value[at:]


def empty(*_: object) -> bytes:
    """Return an empty value."""
    return b""


def missing_field(topic: str, value: bytes, luck: float) -> bytes:
    """Return the record without one of its required fields, or with null there."""
    event, fields = json.loads(value), [f for f in TOPICS[topic].fields if f.required]
    pick = luck * len(fields)
    if pick % 1 < 0.5:
        event[fields[int(pick)].name] = None
    else:
        del event[fields[int(pick)].name]
    return _dump(event)


def wrong_type(topic: str, value: bytes, luck: float) -> bytes:
    """Return the record with a required field of another JSON kind."""
    return _replace(topic, value, luck, lambda f: f.required, lambda f: _NOT[f.kind])


def out_of_range(topic: str, value: bytes, luck: float) -> bytes:
    """Return the record with a value beyond the bounds or outside the choices of its field."""
    return _replace(topic, value, luck, lambda f: f.required and (f.low is not None or bool(f.choices)), _impossible)


def _impossible(field: Field) -> Any:
    if field.choices:
        return "unheard_of"
    return field.high * 10 + 1 if field.high is not None else (field.low or 0) - 1


def _replace(
    topic: str, value: bytes, luck: float, which: Callable[[Field], bool], by: Callable[[Field], Any]
) -> bytes:
    event, fields = json.loads(value), [f for f in TOPICS[topic].fields if which(f)]
    field = fields[int(luck * len(fields))]
    event[field.name] = by(field)
    return _dump(event)


def _dump(event: dict[str, Any]) -> bytes:
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


BREAKS: Final[dict[str, tuple[Reason, Callable[[str, bytes, float], bytes]]]] = {
    "cut_json": (Reason.BAD_JSON, cut_json),
    "bad_utf8": (Reason.BAD_UTF8, bad_utf8),
    "empty": (Reason.EMPTY, empty),
    "missing_field": (Reason.MISSING_FIELD, missing_field),
    "wrong_type": (Reason.WRONG_TYPE, wrong_type),
    "out_of_range": (Reason.OUT_OF_RANGE, out_of_range),
}
"""By the names of their rates in `Faults`."""
