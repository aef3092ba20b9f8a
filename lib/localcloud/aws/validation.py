"""Requests are checked against the AWS API model that ships with botocore: required members, types, lengths, enums.

SDKs check less (no maximum lengths), and other clients nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from localcloud.aws.refusal import Refusal

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float, str),
    "blob": (str,),
}
_NUMBERS_IN_WORDS = ("NaN", "Infinity", "-Infinity")
"""How JSON requests hold what is not a number: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"""
_MAX_DEPTH = 60
_MAX_SHOWN = 100


def validate(value: Any, shape: Shape, code: str = "ValidationException") -> None:
    """Raise an AWS-shaped `code` error that names every member of `value` that does not satisfy `shape`."""
    problems = list(_problems(value, shape, "", 0))
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise Refusal(code, count + "; ".join(problems[:5]))


def _problems(value: Any, shape: Shape, path: str, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        yield _say(value, path, f"Member must not be nested deeper than {_MAX_DEPTH} levels")
    elif not _is(shape.type_name, value):
        yield _say(value, path, f"Member must be of type {shape.type_name}")
    elif isinstance(shape, StructureShape):
        yield from _members(value, shape, path, depth)
    else:
        yield from _limits(value, shape, path)
        yield from _elements(value, shape, path, depth)


def _is(type_name: str, value: Any) -> bool:
    if type_name in ("double", "float") and value in _NUMBERS_IN_WORDS:
        return True
    return isinstance(value, _TYPES[type_name]) and isinstance(value, bool) == (type_name == "boolean")


def _members(value: dict[str, Any], shape: StructureShape, path: str, depth: int) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield _say(None, _join(path, name), "Member must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _problems(value[name], member, _join(path, name), depth + 1)


def _elements(value: Any, shape: Shape, path: str, depth: int) -> Iterator[str]:
    if isinstance(shape, ListShape):
        for number, element in enumerate(value, 1):
            yield from _problems(element, shape.member, f"{path}.{number}.member", depth + 1)
    elif isinstance(shape, MapShape):
        for key, element in value.items():
            yield from _problems(key, shape.key, f"{path}.key", depth + 1)
            yield from _problems(element, shape.value, f"{path}.{key[:_MAX_SHOWN]}.member", depth + 1)


def _limits(value: Any, shape: Shape, path: str) -> Iterator[str]:
    measured = value if isinstance(value, int | float) else len(value)
    what = "value" if isinstance(value, int | float) else "length"
    if shape.type_name in ("timestamp", "boolean", "blob"):
        return
    if (least := shape.metadata.get("min")) is not None and measured < least:
        yield _say(value, path, f"Member must have {what} greater than or equal to {least}")
    if (most := shape.metadata.get("max")) is not None and measured > most:
        yield _say(value, path, f"Member must have {what} less than or equal to {most}")
    if isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield _say(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")


def _join(path: str, name: str) -> str:
    return f"{path}.{name[0].lower()}{name[1:]}" if path else f"{name[0].lower()}{name[1:]}"


def _say(value: Any, path: str, rule: str) -> str:
    text = re.sub(r"\s+", " ", str(value)[:_MAX_SHOWN])
    shown = "null" if value is None else f"'{text}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {rule}"
