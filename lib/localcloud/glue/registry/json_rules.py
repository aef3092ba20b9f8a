"""Is every document that one JSON Schema declares valid under another one?

A writer's schema declares the properties that it names, and others only where it says so (`additionalProperties` or
`patternProperties`). So a new optional property is compatible, as in Avro. What cannot be proved counts as unreadable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from localcloud.glue.registry.json_schema import TYPES, Json, accepts, bound, target, types

_OPAQUE: Final = ("not", "if", "then", "else", "contains", "propertyNames", "dependencies")
"""Keywords that are only compared for equality."""
_ALTERNATIVES: Final = ("anyOf", "oneOf")
_ANY: Final = float("inf")
_MAX_STEPS: Final = 20_000
_MAX_DEPTH: Final = 100
_ALL_VALUES: Final[dict[str, list[Json]]] = {"null": [None], "boolean": [True, False]}
Reason = str | None


def why_unreadable(reader: Json, writer: Json) -> Reason:
    """Return why a document of `writer` may be invalid for `reader`; None if each is valid."""
    return _Comparison(reader, writer).compare(reader, writer, "")


class _Comparison:
    def __init__(self, reader: Json, writer: Json) -> None:
        self._reader, self._writer = reader, writer
        self._under_way: set[tuple[int, int]] = set()
        self._steps = 0

    def compare(self, reader: Json, writer: Json, path: str) -> Reason:
        """Compare two parts. A pair that is being compared, inside a recursive schema, counts as readable."""
        reader, writer = target(reader, self._reader), target(writer, self._writer)
        pair = (id(reader), id(writer))
        if pair in self._under_way or writer is False or reader is True:
            return None
        self._steps += 1
        if self._steps > _MAX_STEPS or len(self._under_way) > _MAX_DEPTH:
            return "the schemas are too complex to compare"
        if reader is False:
            return f"{path or '/'}: the reader allows nothing here"
        self._under_way.add(pair)
        try:
            return self._whole(reader, {} if writer is True else writer, path)
        finally:
            self._under_way.discard(pair)

    def _whole(self, reader: dict[str, Json], writer: dict[str, Json], path: str) -> Reason:
        alternatives = next((word for word in _ALTERNATIVES if word in writer and not _same(word, reader, writer)), "")
        if alternatives:
            rest = {key: value for key, value in writer.items() if key != alternatives}
            return _first(self.compare(reader, self._both(rest, part), path) for part in writer[alternatives])
        if "allOf" in writer:
            rest = {key: value for key, value in writer.items() if key != "allOf"}
            for part in writer["allOf"]:
                rest = self._both(rest, part)
            return self.compare(reader, rest, path)
        reason = _first(self.compare(part, writer, path) for part in reader.get("allOf", ()))
        return reason or self._branches(reader, writer, path) or self._values(reader, writer, path)

    def _branches(self, reader: dict[str, Json], writer: dict[str, Json], path: str) -> Reason:
        for word in _ALTERNATIVES:
            if word not in reader or _same(word, reader, writer):
                continue
            parts = reader[word]
            fitting = [part for part in parts if self.compare(part, writer, path) is None]
            if not fitting:
                return f"{path or '/'}: no part of the reader's {word} allows what the writer declares"
            others = [part for part in parts if part is not fitting[0]]
            if word == "oneOf" and not all(self._apart(part, writer) for part in others):
                return f"{path or '/'}: more than one part of the reader's oneOf may allow what the writer declares"
        return None

    def _apart(self, reader: Json, writer: dict[str, Json]) -> bool:
        part = target(reader, self._reader)
        return part is False or (isinstance(part, dict) and not set(_wide(types(part))) & set(_wide(types(writer))))

    def _values(self, reader: dict[str, Json], writer: dict[str, Json], path: str) -> Reason:
        values = [writer["const"]] if "const" in writer else writer.get("enum")
        if values is not None:
            if '"pattern' in json.dumps(reader):  # Python's engine can be made to hang by a pattern
                return f"{path or '/'}: values are not compared with patterns"
            wrong = [value for value in values if not accepts(reader, self._reader, value)]
            return f"{path or '/'}: the reader does not allow {wrong[0]!r}" if wrong else None
        for word in _OPAQUE:
            if word in reader and not _same(word, reader, writer):
                return f"{path or '/'}: the reader's {word} differs from the writer's"
        return _first(self._of_type(kind, reader, writer, path) for kind in types(writer))

    def _of_type(self, kind: str, reader: dict[str, Json], writer: dict[str, Json], path: str) -> Reason:
        allowed = types(reader)
        if kind not in allowed and not (kind == "integer" and "number" in allowed):
            return f"{path or '/'}: the reader does not allow the type {kind}"
        if "enum" in reader or "const" in reader:
            values = _ALL_VALUES.get(kind, [])
            if not values or not all(accepts(reader, self._reader, value) for value in values):
                return f"{path or '/'}: the reader allows only some values of the type {kind}"
            return None
        rules: dict[str, Callable[[Any, Any, str], Reason]] = {
            "integer": _number,
            "number": _number,
            "string": _string,
            "array": self._array,
            "object": self._object,
        }
        return rules[kind](reader, writer, path) if kind in rules else None

    def _array(self, reader: dict[str, Json], writer: dict[str, Json], path: str) -> Reason:
        most = writer.get("maxItems", _ANY)
        if reader.get("uniqueItems") and not writer.get("uniqueItems") and most > 1:
            return f"{path or '/'}: the reader wants unique items"
        count = max((len(part.get("items", ())) for part in (reader, writer) if _is_tuple(part)), default=0)
        numbers = range(int(min(count, most)))
        reason = _lengths(reader, writer, path, "Items") or _first(
            self.compare(_item(reader, number), _item(writer, number), f"{path}/{number}") for number in numbers
        )
        if reason or most <= count:
            return reason
        return self.compare(_item(reader, count), _item(writer, count), f"{path}/items")

    def _object(self, reader: dict[str, Json], writer: dict[str, Json], path: str) -> Reason:
        absent = [name for name in reader.get("required", ()) if name not in writer.get("required", ())]
        if absent:
            return f"{path}/{absent[0]}: the reader requires it, the writer does not"
        least = max(writer.get("minProperties", 0), len(writer.get("required", ())))
        is_closed = _additional(writer) is False and "patternProperties" not in writer
        most = min(writer.get("maxProperties", _ANY), len(writer.get("properties", ())) if is_closed else _ANY)
        stated = {"minProperties": least, "maxProperties": most}
        return _lengths(reader, stated, path, "Properties") or _first(self._properties(reader, writer, path))

    def _properties(self, reader: dict[str, Json], writer: dict[str, Json], path: str) -> Iterator[Reason]:
        for name, part in writer.get("properties", {}).items():
            for other in _of_name(reader, name):
                yield self.compare(other, part, f"{path}/{name}")
        rest = reader.get("additionalProperties", True)
        named = writer.get("properties", {})
        others = {name: part for name, part in reader.get("properties", {}).items() if name not in named}
        for pattern, part in writer.get("patternProperties", {}).items():
            known = reader.get("patternProperties", {})
            yield self.compare(known.get(pattern, rest), part, f"{path}/{pattern}")
            for other, limits in {**others, **{key: known[key] for key in known if key != pattern}}.items():
                if other in known or _matches(pattern, other):
                    yield self.compare(limits, part, f"{path}/{other}")
        more = _additional(writer)
        for name, other in {"additionalProperties": rest, **others, **reader.get("patternProperties", {})}.items():
            yield self.compare(other, more, f"{path}/{name}")

    def _both(self, first: dict[str, Json], second: Json) -> Json:
        """Return a schema whose documents include those that are valid under both: what differs is left to one."""
        second = target(second, self._writer)
        if not first or second is False:
            return second
        if second is True:
            return first
        joined = {**first, **second}
        if "type" in first and "type" in second:
            shared = [kind for kind in _wide(types(first)) if kind in _wide(types(second))]
            joined["type"] = shared
            if not shared:
                return False
        if "properties" in first and "properties" in second:
            parts, more = first["properties"], second["properties"]
            joined["properties"] = {
                name: self._both(parts[name], more[name]) if name in parts and name in more else {**parts, **more}[name]
                for name in {**parts, **more}
            }
        if "required" in first and "required" in second:
            joined["required"] = [*first["required"], *second["required"]]
        return joined


def _number(reader: dict[str, Json], writer: dict[str, Json], path: str) -> Reason:
    for side, sign in (("min", 1), ("max", -1)):
        (end, excluded), (other, other_excluded) = bound(reader, side), bound(writer, side)
        if sign * other < sign * end or (other == end and excluded and not other_excluded):
            return f"{path or '/'}: the reader's {side}imum excludes numbers that the writer declares"
    step = reader.get("multipleOf")
    steps = writer.get("multipleOf", 1 if "integer" in types(writer) else None)
    return None if step is None or (steps is not None and steps % step == 0) else f"{path or '/'}: multipleOf differs"


def _string(reader: dict[str, Json], writer: dict[str, Json], path: str) -> Reason:
    for word in ("pattern", "format"):
        if word in reader and reader[word] != writer.get(word):
            return f"{path or '/'}: the reader's {word} differs from the writer's"
    return _lengths(reader, writer, path, "Length")


def _lengths(reader: dict[str, Json], writer: dict[str, Json], path: str, what: str) -> Reason:
    if writer.get(f"min{what}", 0) < reader.get(f"min{what}", 0):
        return f"{path or '/'}: the reader's min{what} is greater than the writer's"
    if writer.get(f"max{what}", _ANY) > reader.get(f"max{what}", _ANY):
        return f"{path or '/'}: the reader's max{what} is less than the writer's"
    return None


def _same(word: str, reader: dict[str, Json], writer: dict[str, Json]) -> bool:
    return word in writer and bool(reader.get(word) == writer[word]) and "$ref" not in str(writer[word])


def _is_tuple(schema: dict[str, Json]) -> bool:
    return isinstance(schema.get("items"), list)


def _item(schema: dict[str, Json], number: int) -> Json:
    """Return the schema of the item with this number."""
    if not _is_tuple(schema):
        return schema.get("items", True)
    return schema["items"][number] if number < len(schema["items"]) else schema.get("additionalItems", True)


def _additional(schema: dict[str, Json]) -> Json:
    """Return the schema of the properties that a writer declares without naming them; false if there are none."""
    return schema.get("additionalProperties", "properties" not in schema and "patternProperties" not in schema)


def _of_name(schema: dict[str, Json], name: str) -> list[Json]:
    """Return the schemas that a property of this name must satisfy."""
    matching = [part for pattern, part in schema.get("patternProperties", {}).items() if _matches(pattern, name)]
    if name in schema.get("properties", {}):
        matching.append(schema["properties"][name])
    return matching or [schema.get("additionalProperties", True)]


def _matches(pattern: str, name: str) -> bool:
    from pyarrow import ArrowInvalid, array, string  # noqa: PLC0415  late: 30 MB that few schemas need
    from pyarrow.compute import match_substring_regex  # noqa: PLC0415  as above

    try:  # RE2 needs linear time whatever the pattern
        return bool(match_substring_regex(array([name], string()), pattern=pattern)[0].as_py())
    except ArrowInvalid as error:
        raise ValueError(f"the pattern {pattern[:100]!r} can't be applied: {error}") from None


def _wide(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(kind for kind in TYPES if kind in kinds or (kind == "integer" and "number" in kinds))


def _first(reasons: Iterator[Reason]) -> Reason:
    return next((reason for reason in reasons if reason is not None), None)
