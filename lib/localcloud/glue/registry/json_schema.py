"""JSON Schemas of the drafts that Glue takes: 4, 6 and 7. What their keywords mean, where the drafts differ.

https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from jsonschema import Draft4Validator, Draft6Validator, Draft7Validator
from jsonschema.exceptions import SchemaError

Json = Any
TYPES: Final = ("null", "boolean", "integer", "number", "string", "array", "object")
_DRAFTS: Final = {
    "http://json-schema.org/draft-04/schema": Draft4Validator,
    "http://json-schema.org/draft-06/schema": Draft6Validator,
    "http://json-schema.org/draft-07/schema": Draft7Validator,
}


class InvalidJsonSchema(ValueError):
    """A definition that is not a JSON Schema of these drafts."""


def parse(content: Json) -> Json:
    """Return a definition if it is a JSON Schema.

    Raises:
        InvalidJsonSchema: it is of another draft, or breaks a rule of its own; the message says which.
    """
    if not isinstance(content, dict | bool):
        raise InvalidJsonSchema("a JSON Schema is an object")
    try:
        _validator(content).check_schema(content)
    except SchemaError as error:
        raise InvalidJsonSchema(f"{error.json_path}: {error.message[:200]}") from None
    for reference in _references(content):
        target(reference, content)
    return content


def accepts(schema: Json, root: Json, value: Json) -> bool:
    """Return whether a value is valid under a part of the schema `root`."""
    validator = _validator(root)
    return bool(validator(root).evolve(schema=schema).is_valid(value))


def target(schema: Json, root: Json) -> Json:
    """Return what a schema is, following `$ref` within its document.

    Raises:
        InvalidJsonSchema: the reference leads elsewhere, or in a circle. Remedy: refer to `#/definitions/...`.
    """
    seen = set()
    while isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        pointer = schema["$ref"]
        if pointer in seen or not (pointer == "#" or pointer.startswith("#/")):
            raise InvalidJsonSchema(f"the reference {pointer!r} leads out of the schema, or in a circle")
        seen.add(pointer)
        schema = _at(root, pointer)
    return schema


def bound(schema: dict[str, Json], side: str) -> tuple[float, bool]:
    """Return the least (side `min`) or the greatest number (`max`) of a schema, and whether it is excluded itself."""
    sign = 1 if side == "min" else -1
    end = schema.get(f"{side}imum", -sign * float("inf"))
    exclusive = schema.get(f"exclusive{side.capitalize()}imum", False)
    if isinstance(exclusive, bool):  # draft 4
        return end, exclusive
    return (exclusive, True) if sign * exclusive >= sign * end else (end, False)


def types(schema: Json) -> tuple[str, ...]:
    """Return the types that a schema allows; integers are also numbers."""
    stated = schema.get("type", TYPES)
    stated = (stated,) if isinstance(stated, str) else tuple(stated)
    return tuple(kind for kind in stated if kind != "integer" or "number" not in stated)


def _validator(root: Json) -> Any:
    draft = root.get("$schema", "http://json-schema.org/draft-07/schema") if isinstance(root, dict) else ""
    named = str(draft).rstrip("#") or "http://json-schema.org/draft-07/schema"
    if named not in _DRAFTS:
        raise InvalidJsonSchema(f"{draft} is not one of draft-04, draft-06 and draft-07")
    return _DRAFTS[named]


def _references(part: Json) -> Iterator[Json]:
    """Yield the schemas that refer to another one."""
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _references(inner)


def _at(root: Json, pointer: str) -> Json:
    part = root
    for step in unquote(pointer).split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        try:
            part = part[int(key)] if isinstance(part, list) else part[key]
        except (KeyError, IndexError, ValueError, TypeError):
            raise InvalidJsonSchema(f"the reference {pointer!r} leads nowhere") from None
    return part
