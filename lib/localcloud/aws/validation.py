"""Checks requests against the API model that ships with botocore: types, required members, limits, enums, patterns.

SDKs check less (no maximum lengths, no patterns), and other clients nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
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
    "timestamp": (int, float, str, datetime),
    "blob": (str, bytes),
}
_NUMBERS_IN_WORDS = ("NaN", "Infinity", "-Infinity")
"""How JSON requests hold what is not a number: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"""
_BITS = {"integer": 32, "long": 64}
_EXPECTED = {
    "structure": "Object",
    "map": "Map",
    "list": "List",
    "timestamp": "Timestamp",
    "blob": "Blob",
}
"""What AWS calls a type in its error; every other type is called by its own name, capitalized."""
_MAX_DEPTH = 60
_MAX_SHOWN = 100
_NOT_BLANK = r".*\S.*"
"""The pattern of texts that may have many lines, such as the definition of a schema."""
_SURROGATES = "\\uD800\\uDC00-\\uDBFF\\uDFFF"
"""Every character beyond U+FFFF, as the UTF-16 patterns of AWS write it."""


def validate(value: Any, shape: Shape, code: str = "ValidationException") -> None:
    """Check a parsed request.

    Raises:
        Refusal: `SerializationException` for a value of the wrong type; otherwise `code`, naming each wrong member.
    """
    problems = list(_problems(value, shape, "", 0))
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise Refusal(code, count + "; ".join(problems[:5]))


def _problems(value: Any, shape: Shape, path: str, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        yield _problem(value, path, f"Member must not be nested deeper than {_MAX_DEPTH} levels")
        return
    _check_type(value, shape.type_name)
    if isinstance(shape, StructureShape):
        yield from _members(value, shape, path, depth)
    else:
        yield from _limits(value, shape, path)
        yield from _elements(value, shape, path, depth)


def _check_type(value: Any, type_name: str) -> None:
    """Raise what AWS's parser raises before it looks at any other rule: it stops at the first value of a wrong type."""
    if type_name in ("double", "float") and value in _NUMBERS_IN_WORDS:
        return
    fits = isinstance(value, _TYPES[type_name]) and isinstance(value, bool) == (type_name == "boolean")
    if fits and type_name in _BITS:
        limit = 1 << (_BITS[type_name] - 1)
        fits = -limit <= value < limit
    if not fits:
        expected = _EXPECTED.get(type_name, type_name.capitalize())
        raise Refusal("SerializationException", f"{_token_of(value)} can not be converted to {_with_article(expected)}")


def _token_of(value: Any) -> str:
    """Return the JSON token that AWS's parser met."""
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    tokens = {"dict": "START_OBJECT", "list": "START_ARRAY", "str": "STRING_VALUE"}
    return tokens.get(type(value).__name__, "NUMBER_VALUE")


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'AEIOU' else 'a'} {noun}"


def _members(value: dict[str, Any], shape: StructureShape, path: str, depth: int) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield _problem(None, _join(path, name), "Member must not be null")
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
    if shape.type_name in ("timestamp", "boolean", "blob"):
        return
    measured, what = (value, "value") if isinstance(value, int | float) else (len(value), "length")
    if (least := shape.metadata.get("min")) is not None and measured < least:
        yield _problem(value, path, f"Member must have {what} greater than or equal to {least}")
    if (most := shape.metadata.get("max")) is not None and measured > most:
        yield _problem(value, path, f"Member must have {what} less than or equal to {most}")
    if isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield _problem(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if isinstance(value, str) and pattern and not _matches(pattern, value):
        yield _problem(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _matches(pattern: str, value: str) -> bool:
    compiled = compiled_pattern(pattern)
    return compiled is None or compiled.fullmatch(value) is not None


@cache
def compiled_pattern(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of the API's model, written for Java and matched in full; None for one that Python lacks."""
    if r"\p{" in pattern:
        return None
    python = pattern.replace(_SURROGATES, "\\U00010000-\\U0010FFFF")
    return re.compile(python, re.ASCII | (re.DOTALL if pattern == _NOT_BLANK else 0))


def _join(path: str, name: str) -> str:
    return f"{path}.{name[0].lower()}{name[1:]}" if path else f"{name[0].lower()}{name[1:]}"


def _problem(value: Any, path: str, rule: str) -> str:
    text = re.sub(r"\s+", " ", str(value)[:_MAX_SHOWN])
    shown = "null" if value is None else f"'{text}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {rule}"
