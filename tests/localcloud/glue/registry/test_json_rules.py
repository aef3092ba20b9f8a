"""When a document that one JSON Schema declares is valid under another."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.glue.registry.json_rules import why_unreadable

from .pairs import cases, label


@pytest.mark.parametrize("case", cases("json_pairs.jsonl"), ids=label)
def test_a_pair_is_compatible_where_jsonsubschema_says_so(case: dict[str, Any]) -> None:
    """The table's pairs have the outcome of jsonsubschema in both directions."""
    backward, forward = why_unreadable(case["new"], case["old"]), why_unreadable(case["old"], case["new"])
    assert (backward is None, forward is None) == (case["backward"], case["forward"]), (backward, forward)


def test_parts_of_one_of_that_overlap_cannot_be_told_apart() -> None:
    """1 is valid under both parts, so under no `oneOf`; jsonsubschema takes the other direction for readable."""
    both = {"oneOf": [{"type": "integer"}, {"type": "number"}]}
    assert "more than one part" in str(why_unreadable(both, {"type": "integer"}))
    assert "does not allow the type number" in str(why_unreadable({"type": "integer"}, both))


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_a_recursive_schema_is_compared_once(word: str) -> None:
    """A tree is compatible with itself, and not with one whose nodes have another type."""

    def tree(kind: str) -> dict[str, Any]:
        left = {word: [{"type": "null"}, {"$ref": "#"}]}
        return {"type": "object", "properties": {"value": {"type": kind}, "left": left}}

    assert why_unreadable(tree("string"), tree("string")) is None
    assert why_unreadable(tree("integer"), tree("string")) == "/value: the reader does not allow the type string"


@pytest.mark.parametrize("word", ["not", "contains", "propertyNames", "if", "dependencies"])
def test_what_cannot_be_proved_is_not_compatible(word: str) -> None:
    """Keywords that are not compared must be the same in both schemas."""
    part: Any = {"a": ["b"]} if word == "dependencies" else {"const": 1}
    assert why_unreadable({word: part}, {word: part}) is None
    assert f"{word} differs" in str(why_unreadable({word: part}, {}))


def test_patterns_of_names() -> None:
    """A property by pattern is compared with what the reader says of such names."""
    writer = {"type": "object", "patternProperties": {"^x": {"type": "integer"}}}
    assert why_unreadable({"patternProperties": {"^x": {"type": "number"}}}, writer) is None
    assert why_unreadable({"additionalProperties": {"type": "number"}}, writer) is None
    assert why_unreadable({"additionalProperties": False}, writer) == "/^x: the reader allows nothing here"
    assert "/x1" in str(why_unreadable({"properties": {"x1": {"type": "string"}}}, writer))


def test_a_pattern_cannot_hang_the_registry() -> None:
    """Patterns run in linear time, or not at all; one that can't be applied is an error."""
    name, pattern = "a" * 60 + "b", "^(a+)+$"
    writer = {"type": "object", "properties": {name: {"type": "string"}}}
    assert why_unreadable({"patternProperties": {pattern: False}}, writer) is None
    assert "not compared" in str(why_unreadable({"pattern": pattern}, {"enum": [name]}))
    with pytest.raises(ValueError, match="can't be applied"):
        why_unreadable({"patternProperties": {"(": False}}, writer)


def test_schemas_that_nest_without_end_are_given_up() -> None:
    """Beyond a hundred levels two schemas are not compared, and the reason says so."""
    part: Any = {"type": "integer"}
    for _ in range(120):
        part = {"type": "array", "items": part}
    assert why_unreadable(part, part) == "the schemas are too complex to compare"


def test_schemas_with_too_many_alternatives_are_given_up() -> None:
    """The number of comparisons is bounded: 2 to the power of 30 would be needed here."""
    reader: Any = {"type": "integer"}
    writer: Any = {"type": "string"}
    for _ in range(30):
        reader = {"anyOf": [{"properties": {"a": reader}}, {"properties": {"a": reader}, "minProperties": 0}]}
        writer = {"type": "object", "properties": {"a": writer}}
    assert why_unreadable(reader, writer) is not None
