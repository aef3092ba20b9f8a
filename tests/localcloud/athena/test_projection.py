"""What the engine is told of a projected table."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.athena.projection import projected


def table(**parameters: str) -> dict[str, Any]:
    return {
        "StorageDescriptor": {"Location": "s3://b/t/"},
        "PartitionKeys": [{"Name": "day"}, {"Name": "at"}],
        "Parameters": parameters,
    }


def test_a_projected_table_gets_the_template_that_athena_means() -> None:
    """Its folders are `key=value` with the value as it is."""
    seen = projected(table(**{"projection.enabled": "TRUE"}))
    assert seen["Parameters"]["storage.location.template"] == "s3://b/t/day=${day}/at=${at}/"


def test_other_tables_stay_as_they_are() -> None:
    """A table without projection, or with a template of its own, is not changed."""
    own = table(**{"projection.enabled": "true", "storage.location.template": "s3://b/x/${day}/"})
    plain = table(a="b")
    assert projected(own) == own
    assert projected(plain) is plain


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ("3, 1,2", {"type": "integer", "range": "1,3", "interval": "1"}),
        ("10,20,30", {"type": "integer", "range": "10,30", "interval": "10"}),
        ("01,02", {"type": "integer", "range": "1,2", "interval": "1", "digits": "2"}),
        ("7", {"type": "integer", "range": "7,7", "interval": "1"}),
        ("1,2,4", {"type": "enum"}),
        ("1,01", {"type": "enum"}),
        ("08,09,10", {"type": "integer", "range": "8,10", "interval": "1", "digits": "2"}),
        ("08,9,10", {"type": "enum"}),
        ("-1,0", {"type": "enum"}),
        ("a,b", {"type": "enum"}),
    ],
)
def test_an_enum_of_numbers_is_told_as_a_range(values: str, told: dict[str, str]) -> None:
    """The range has just the enumerated numbers, written as they are; else the engine sees the enum and refuses it."""
    given = table(**{"projection.enabled": "true", "projection.n.type": "enum", "projection.n.values": values})
    given["PartitionKeys"] = [{"Name": "n", "Type": "int"}]
    seen = {key: value for key, value in projected(given)["Parameters"].items() if key.startswith("projection.n.")}
    assert seen == {"projection.n.values": values, **{f"projection.n.{key}": value for key, value in told.items()}}
