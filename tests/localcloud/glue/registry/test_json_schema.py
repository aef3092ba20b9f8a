"""JSON Schemas: drafts, references and what keywords mean in each draft."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.glue.registry.json_schema import InvalidJsonSchema, accepts, bound, parse, target, types

D4 = "http://json-schema.org/draft-04/schema#"


@pytest.mark.parametrize(
    "content",
    [
        7,
        {"type": "text"},
        {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        {"$schema": D4, "exclusiveMinimum": 1},
        {"required": "a"},
        {"properties": {"a": {"$ref": "http://127.0.0.1:1/other.json"}}},
        {"items": {"$ref": "#anchor"}},
        {"items": {"$ref": "#/definitions/a"}},
    ],
)
def test_an_invalid_definition_is_refused(content: Any) -> None:
    """Other drafts than 4, 6 and 7, and what a draft does not allow, are invalid."""
    with pytest.raises(InvalidJsonSchema):
        parse(content)


def test_a_reference_is_followed_within_the_document() -> None:
    """A reference leads to its definition, also over another one; escapes are undone."""
    root = {"definitions": {"a/b": {"type": "null"}, "c": {"$ref": "#/definitions/a~1b"}}}
    assert target({"$ref": "#/definitions/c"}, root) == {"type": "null"}


@pytest.mark.parametrize("pointer", ["#/definitions/x", "other.json", "#/definitions/loop"])
def test_a_reference_that_leads_nowhere_is_refused(pointer: str) -> None:
    """References to other documents, to nothing, and in a circle are refused."""
    root = {"definitions": {"loop": {"$ref": "#/definitions/loop"}}}
    with pytest.raises(InvalidJsonSchema, match="leads"):
        target({"$ref": pointer}, root)


def test_exclusive_bounds_of_both_drafts() -> None:
    """Draft 4 marks a bound as exclusive; later drafts have a number of its own."""
    assert bound({"minimum": 1, "exclusiveMinimum": True}, "min") == (1, True)
    assert bound({"minimum": 1, "exclusiveMinimum": 3}, "min") == (3, True)
    assert bound({"maximum": 1, "exclusiveMaximum": 3}, "max") == (1, False)
    assert bound({}, "max") == (float("inf"), False)


def test_integers_are_numbers() -> None:
    """A schema that allows numbers allows integers as such."""
    assert types({"type": ["integer", "number"]}) == ("number",)
    assert types({"type": "integer"}) == ("integer",)


def test_a_value_is_judged_with_the_whole_documents_definitions() -> None:
    """A part of a schema may refer to the definitions of the whole."""
    root = {"definitions": {"small": {"maximum": 3}}}
    part = {"$ref": "#/definitions/small"}
    assert accepts(part, root, 3)
    assert not accepts(part, root, 4)
