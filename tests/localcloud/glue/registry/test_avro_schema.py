"""Avro definitions are taken and refused as by Avro's own Java library."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.glue.registry.avro_schema import InvalidAvro, parse

from .pairs import cases, label


@pytest.mark.parametrize("case", cases("avro_validity.jsonl"), ids=label)
def test_a_definition_is_valid_where_java_parses_it(case: dict[str, Any]) -> None:
    """The table's 44 definitions are valid here where Java parses them, and invalid where it does not."""
    try:
        parse(json.loads(case["definition"], parse_constant=_refuse))
        valid = True
    except ValueError:
        valid = False
    assert valid is case["valid"]


def test_the_default_of_a_union_is_of_its_first_branch() -> None:
    """The message names that branch, and the default as JSON."""
    field = {"name": "a", "type": ["double", "null"], "default": None}
    with pytest.raises(InvalidAvro, match="invalid default for field a: null is not a double"):
        parse({"type": "record", "name": "R", "fields": [field]})


def test_a_definition_that_is_nested_too_deeply_is_refused() -> None:
    """Nesting of 101 levels is invalid; Python's own limit is not reached."""
    nested: Any = "int"
    for _ in range(101):
        nested = {"type": "array", "items": nested}
    with pytest.raises(InvalidAvro, match="deeper than 100"):
        parse(nested)


def _refuse(name: str) -> Any:
    raise ValueError(name)
