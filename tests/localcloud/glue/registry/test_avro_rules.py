"""Avro's schema resolution."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.glue.registry.avro_rules import why_unreadable
from localcloud.glue.registry.avro_schema import parse

from .pairs import cases, label


@pytest.mark.parametrize("case", cases("avro_pairs.jsonl"), ids=label)
def test_a_pair_is_compatible_where_java_says_so(case: dict[str, Any]) -> None:
    """The table's 65 pairs have the outcome of Avro's Java library in both directions."""
    old, new = parse(case["old"]), parse(case["new"])
    backward, forward = why_unreadable(new, old), why_unreadable(old, new)
    assert (backward is None, forward is None) == (case["backward"], case["forward"]), (backward, forward)


def test_a_reason_names_the_field() -> None:
    """The reason leads to the field, and says what the reader misses."""
    field = {"name": "speed", "type": "double"}
    old = parse({"type": "record", "name": "R", "fields": [field]})
    new = parse({"type": "record", "name": "R", "fields": [{**field, "name": "velocity"}]})
    assert why_unreadable(new, old) == "/velocity: the writer has no such field, and the reader has no default"
