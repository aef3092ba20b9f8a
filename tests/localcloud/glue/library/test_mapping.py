"""Paths and types of ApplyMapping."""

from __future__ import annotations

import pytest

from localcloud.glue.library.awsglue.mapping import cast_type, parts, quoted


@pytest.mark.parametrize(
    ("path", "names"),
    [("a", ["a"]), ("a.b", ["a", "b"]), ("`a.b`", ["a.b"]), ("`a.b`.c", ["a.b", "c"]), ("a.`b c`", ["a", "b c"])],
)
def test_a_dot_separates_but_between_backticks(path: str, names: list[str]) -> None:
    """As the manual says, backticks make a dot part of the name."""
    assert parts(path) == names


def test_names_and_types_as_spark_has_them() -> None:
    """Spark calls a long a bigint; a backtick in a name is written twice."""
    assert [cast_type(kind) for kind in ("long", "int", "decimal(10,2)")] == ["bigint", "int", "decimal(10,2)"]
    assert quoted("a`b") == "`a``b`"
