"""The verdict on one record's bytes: an event with every field in its place, or the reason why it is a dead letter.

The fast way is one strict decoder a topic. Only what it refuses is looked at field by field, for the reason's sake.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec

from smartcity.events import TOPICS, Field, Reason, Topic

ISO_UTC: Final = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$"
"""An ISO 8601 time in UTC with milliseconds, apart from the length of its month."""

_ISO_UTC = re.compile(ISO_UTC, re.ASCII)
_PYTHON: Final = {"string": str, "timestamp": str, "double": float, "long": int, "list": list[str]}
_ABSENT: Final = object()


class Fault(NamedTuple):
    """Why a record is a dead letter: the reason code and, for a person, the place."""

    reason: Reason
    detail: str


class Event(NamedTuple):
    """The fields of an event in the order of its topic, then the unknown ones as JSON (or None)."""

    values: tuple[Any, ...]
    extra: str | None


@cache
def decoder(topic: str) -> msgspec.json.Decoder[msgspec.Struct]:
    """Return the strict decoder of a topic; it raises on whatever is not exactly an event of the contract.

    Times are left as strings, for the caller to check all at once.
    """
    fields = [(field.name, *_type(field)) for field in TOPICS[topic].fields]
    fields.sort(key=len)  # those with a default come last
    return msgspec.json.Decoder(msgspec.defstruct(topic, fields, forbid_unknown_fields=True, gc=False))


def examine(topic: Topic, value: bytes | Fault | None) -> Event | Fault:
    """Return the event in a record's value, or its fault with the first reason that applies. Never raises.

    A fault instead of a value was seen before, when the value was decoded.
    """
    data = value if isinstance(value, Fault) else _object(value)
    if isinstance(data, Fault):
        return data
    for reason, check in _CHECKS:
        for field in topic.fields:
            if detail := check(field, data.get(field.name)):
                return Fault(reason, detail)
    known = {field.name for field in topic.fields}
    extra = {name: data[name] for name in data if name not in known}
    values = tuple(_plain(field, data.get(field.name)) for field in topic.fields)
    return Event(values, msgspec.json.encode(extra, order="sorted").decode() if extra else None)


def event_time(text: str) -> datetime | None:
    """Return the time of an ISO 8601 string in UTC with milliseconds and a final Z, or None for anything else."""
    if not _ISO_UTC.match(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _object(value: bytes | None) -> Mapping[str, Any] | Fault:
    if not value:
        return Fault(Reason.EMPTY, "the value is empty")
    try:
        value.decode("utf-8")
        data = msgspec.json.decode(value)
    except UnicodeDecodeError as error:
        return Fault(Reason.BAD_UTF8, f"byte {error.start}: {error.reason}")
    except msgspec.ValidationError as error:
        return Fault(Reason.OUT_OF_RANGE, str(error))
    except (msgspec.DecodeError, RecursionError) as error:
        return Fault(Reason.BAD_JSON, str(error))
    return data if isinstance(data, dict) else Fault(Reason.BAD_JSON, f"expected an object, got {type(data).__name__}")


def _missing(field: Field, value: object) -> str | None:
    return f"{field.name} is missing or null" if value is None and field.required else None


def _wrong_type(field: Field, value: object) -> str | None:
    if value is None:
        return None
    right = {
        "string": lambda: isinstance(value, str),
        "timestamp": lambda: isinstance(value, str) and event_time(value) is not None,
        "double": lambda: isinstance(value, int | float) and not isinstance(value, bool),
        "long": lambda: isinstance(value, int) and not isinstance(value, bool),
        "list": lambda: isinstance(value, list) and all(isinstance(item, str) for item in value),
    }[field.kind]()
    return None if right else f"{field.name} is not a valid {field.kind}: {str(value)[:60]!r}"


def _out_of_range(field: Field, value: Any) -> str | None:
    if value is None:
        return None
    if field.choices and value not in field.choices:
        return f"{field.name} is not a known value: {str(value)[:60]!r}"
    low, high = field.low, field.high if field.high is not None or field.kind != "double" else sys.float_info.max
    if (low is not None and value < low) or (high is not None and value > high):
        return f"{field.name} is not between {low} and {high}: {str(value)[:60]}"
    return None


_CHECKS: Final[tuple[tuple[Reason, Callable[[Field, Any], str | None]], ...]] = (
    (Reason.MISSING_FIELD, _missing),
    (Reason.WRONG_TYPE, _wrong_type),
    (Reason.OUT_OF_RANGE, _out_of_range),
)


def _plain(field: Field, value: Any) -> Any:
    return float(value) if field.kind == "double" and value is not None else value


def _type(field: Field) -> tuple[Any, ...]:
    kind: Any = Literal[field.choices] if field.choices else _PYTHON[field.kind]
    if field.low is not None or field.high is not None:
        kind = Annotated[kind, msgspec.Meta(ge=field.low, le=field.high)]
    return (kind,) if field.required else (kind | None, None)
