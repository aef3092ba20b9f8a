"""Avro schemas: read, checked by the specification, names resolved.

https://avro.apache.org/docs/1.11.1/specification/ ; what the text leaves open follows Avro's Java library.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

PRIMITIVES: Final = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
_NAMED: Final = ("record", "error", "enum", "fixed")
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BITS: Final = {"int": 31, "long": 63}
_MAX_DEPTH: Final = 100


class InvalidAvro(ValueError):
    """A definition that is not an Avro schema."""


@dataclass(eq=False)
class Field:
    """One field of a record."""

    name: str
    type: Schema
    aliases: tuple[str, ...] = ()
    has_default: bool = False
    default: Any = None


@dataclass(eq=False)
class Schema:
    """One schema. `kind` is a primitive's name, record, enum, fixed, array, map or union."""

    kind: str
    name: str = ""
    """The full name of a record, enum or fixed."""
    aliases: tuple[str, ...] = ()
    fields: list[Field] = field(default_factory=list)
    symbols: tuple[str, ...] = ()
    enum_default: str | None = None
    size: int = 0
    items: Schema | None = None
    """The elements of an array, the values of a map."""
    branches: tuple[Schema, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()


def parse(content: Any) -> Schema:
    """Return the schema in a definition, which is JSON.

    Raises:
        InvalidAvro: it breaks a rule; the message says which.
    """
    return _Parser().schema(content, "", 0)


class _Parser:
    def __init__(self) -> None:
        self._named: dict[str, Schema] = {}

    def schema(self, content: Any, space: str, depth: int) -> Schema:
        if depth > _MAX_DEPTH:
            raise InvalidAvro(f"nested deeper than {_MAX_DEPTH} levels")
        if isinstance(content, str):
            return self._reference(content, space)
        if isinstance(content, list):
            return self._union(content, space, depth)
        kind = content.get("type") if isinstance(content, dict) else None
        if not isinstance(kind, str):
            raise InvalidAvro(f"no type: {str(content)[:80]}")
        if kind in _NAMED:
            return self._declaration(content, kind, space, depth)
        if kind in ("array", "map"):
            part = "items" if kind == "array" else "values"
            if part not in content:
                raise InvalidAvro(f"{kind} without {part}")
            return Schema(kind, items=self.schema(content[part], space, depth + 1))
        return self._reference(kind, space)

    def _reference(self, name: str, space: str) -> Schema:
        if name in PRIMITIVES:
            return Schema(name)
        full = name if "." in name or not space else f"{space}.{name}"
        schema = self._named.get(full) or self._named.get(name)
        if schema is None:
            raise InvalidAvro(f'"{name}" is not a defined name')
        return schema

    def _union(self, content: list[Any], space: str, depth: int) -> Schema:
        branches = tuple(self.schema(branch, space, depth + 1) for branch in content)
        labels = [branch.name or branch.kind for branch in branches]
        if "union" in labels:
            raise InvalidAvro("a union may not contain another union")
        if len(set(labels)) != len(labels):
            raise InvalidAvro(f"a union may not have one type twice: {', '.join(labels)}")
        return Schema("union", branches=branches)

    def _declaration(self, content: dict[str, Any], kind: str, space: str, depth: int) -> Schema:
        name, space = _full_name(content.get("name"), content.get("namespace"), space)
        if name in self._named or name in PRIMITIVES:
            raise InvalidAvro(f"cannot redefine {name}")
        aliases = tuple(_full_name(alias, None, space)[0] for alias in _strings(content, "aliases"))
        schema = Schema("record" if kind == "error" else kind, name, aliases)
        self._named[name] = schema
        if schema.kind == "record":
            self._add_fields(schema, content.get("fields"), space, depth)
        elif kind == "enum":
            _add_symbols(schema, content)
        else:
            schema.size = content.get("size", -1)
            if not _is_integer(schema.size, 31) or schema.size < 0:
                raise InvalidAvro(f"{name} has no valid size")
        return schema

    def _add_fields(self, record: Schema, fields: Any, space: str, depth: int) -> None:
        if not isinstance(fields, list):
            raise InvalidAvro(f"record {record.name} has no fields")
        for content in fields:
            if not isinstance(content, dict) or "type" not in content:
                raise InvalidAvro(f"a field of {record.name} has no type: {str(content)[:80]}")
            name = _checked(content.get("name"))
            if any(other.name == name for other in record.fields):
                raise InvalidAvro(f"duplicate field {name} in record {record.name}")
            kind = self.schema(content["type"], space, depth + 1)
            made = Field(name, kind, tuple(_strings(content, "aliases")), "default" in content, content.get("default"))
            if made.has_default and not is_default(kind, made.default):
                first = kind.branches[0] if kind.branches else kind
                raise InvalidAvro(f"invalid default for field {name}: {json.dumps(made.default)[:60]} is not a {first}")
            record.fields.append(made)


def is_default(schema: Schema, value: Any) -> bool:
    """Return whether a JSON value can be the default of a schema; a union's default is of its first branch."""
    if schema.kind == "union":
        return bool(schema.branches) and is_default(schema.branches[0], value)
    if schema.kind == "array":
        return isinstance(value, list) and all(is_default(schema.items, item) for item in value)  # type: ignore[arg-type]
    if schema.kind == "map":
        return isinstance(value, dict) and all(is_default(schema.items, item) for item in value.values())  # type: ignore[arg-type]
    if schema.kind == "record":
        return isinstance(value, dict) and all(
            is_default(part.type, value.get(part.name, part.default))
            for part in schema.fields
            if part.name in value or not part.has_default
        )
    return _is_scalar(schema.kind, value)


def _is_scalar(kind: str, value: Any) -> bool:
    if kind == "null":
        return value is None
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in _BITS:
        return _is_integer(value, _BITS[kind])
    if kind in ("float", "double"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _is_integer(value: Any, bits: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(1 << bits) <= value < 1 << bits


def _add_symbols(schema: Schema, content: dict[str, Any]) -> None:
    if not isinstance(content.get("symbols"), list):
        raise InvalidAvro(f"enum {schema.name} has no symbols")
    schema.symbols = tuple(_checked(symbol) for symbol in content["symbols"])
    if len(set(schema.symbols)) != len(schema.symbols):
        raise InvalidAvro(f"enum {schema.name} has a symbol twice")
    schema.enum_default = content.get("default")
    if schema.enum_default is not None and schema.enum_default not in schema.symbols:
        raise InvalidAvro(f"the default of enum {schema.name} is not one of its symbols")


def _full_name(name: Any, namespace: Any, outer: str) -> tuple[str, str]:
    """Return a full name, and the namespace that names inside of it belong to."""
    if not isinstance(name, str) or not isinstance(namespace, str | None):
        raise InvalidAvro(f"no name: {str(name)[:60]}")
    space, _, last = name.rpartition(".")
    if "." not in name:
        space = outer if namespace is None else namespace
    for part in [*(space.split(".") if space else []), last]:
        _checked(part)
    return (f"{space}.{last}" if space else last), space


def _checked(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidAvro(f"illegal name: {str(name)[:60]!r}")
    return name


def _strings(content: dict[str, Any], member: str) -> list[str]:
    value = content.get(member, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidAvro(f"{member} is not a list of names")
    return value
