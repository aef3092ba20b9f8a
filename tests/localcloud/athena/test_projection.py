"""A projected table as the engine sees it."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.athena.projection import problem, projected

ON = {"projection.enabled": "true"}


def table(*keys: tuple[str, str], **parameters: str) -> dict[str, Any]:
    return {
        "Name": "t",
        "DatabaseName": "db",
        "StorageDescriptor": {"Location": "s3://b/t/"},
        "PartitionKeys": [{"Name": name, "Type": kind} for name, kind in keys],
        "Parameters": parameters,
    }


def column(kind: str, **own: str) -> dict[str, Any]:
    """Return a table with one projected column `d`."""
    named = {f"projection.d.{key.replace('_', '.')}": value for key, value in own.items()}
    return table(("d", kind), **ON, **named)


def told(given: dict[str, Any]) -> dict[str, str]:
    """Return the column `d` as the engine sees it."""
    parameters = projected(given)["Parameters"]
    prefix = "projection.d."
    return {key.removeprefix(prefix): value for key, value in parameters.items() if key.startswith(prefix)}


def test_a_projected_table_gets_the_template_that_athena_means() -> None:
    """Its folders are `key=value` with the value as it is."""
    given = column("string", type="injected")
    assert projected(given)["Parameters"]["storage.location.template"] == "s3://b/t/d=${d}/"


def test_other_tables_stay_as_they_are() -> None:
    """A table without projection, or without partitions, is not changed."""
    plain = table(("d", "string"), a="b")
    assert projected(plain) is plain
    flat = table(**ON)
    assert projected(flat) is flat


@pytest.mark.parametrize(
    ("template", "part"),
    [
        ("s3://b/x/", "no placeholder for the partition column 'd'"),
        ("s3://b/x/${d}/${e}/", "a placeholder for 'e', which is not a partition column"),
    ],
)
def test_a_template_names_every_column_and_no_other(template: str, part: str) -> None:
    """Page partition-projection-setting-up: a placeholder for each partition column."""
    given = column("string", type="injected")
    given["Parameters"]["storage.location.template"] = template
    assert part in problem(given)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("3, 1,2", {"type": "integer", "range": "1,3", "interval": "1"}),
        ("10,20,30", {"type": "integer", "range": "10,30", "interval": "10"}),
        ("01,02", {"type": "integer", "range": "1,2", "interval": "1", "digits": "2"}),
        ("7", {"type": "integer", "range": "7,7", "interval": "1"}),
        ("08,09,10", {"type": "integer", "range": "8,10", "interval": "1", "digits": "2"}),
    ],
)
def test_an_enum_of_numbers_is_told_as_a_range(values: str, expected: dict[str, str]) -> None:
    """The range has just the enumerated numbers, written as they are."""
    assert told(column("int", type="enum", values=values)) == expected


YEARLY = {"type": "date", "range": "2023,2025", "format": "yyyy", "interval": "1", "interval_unit": "years"}
DAYS = {"type": "date", "range": "2024-01-01,2024-03-01", "format": "yyyy-MM-dd"}


@pytest.mark.parametrize(
    ("kind", "own", "expected"),
    [
        ("string", {**DAYS}, {"interval": "1", "interval.unit": "DAYS"}),
        ("date", {**DAYS, "interval": " 2 ", "interval_unit": "weeks"}, {"interval": "14", "interval.unit": "DAYS"}),
        (
            "string",
            {**DAYS, "interval": "1", "interval_unit": "MONTHS"},
            {"values": "2024-01-01,2024-02-01,2024-03-01"},
        ),
        ("string", {**DAYS, "interval": "1", "interval_unit": "YEARS"}, {"values": "2024-01-01"}),
        ("string", {**DAYS, "format": "yyyyMM", "range": "202311,202402"}, {"values": "202311,202312,202401,202402"}),
        ("string", YEARLY, {"type": "enum", "values": "2023,2024,2025"}),
        ("int", YEARLY, {"type": "integer", "range": "2023,2025", "interval": "1"}),
        (
            "string",
            {
                "type": "date",
                "range": "01-01-2024-00-00-00.000,01-01-2024-00-00-00.004",
                "format": "dd-MM-yyyy-HH-mm-ss.SSS",
                "interval": "2",
                "interval_unit": "MILLISECONDS",
            },
            {"values": "01-01-2024-00-00-00.000,01-01-2024-00-00-00.002,01-01-2024-00-00-00.004"},
        ),
        ("string", {"type": " Injected "}, {"type": "injected"}),
        ("int", {"type": "integer", "range": " 1 , 9 ", "digits": "3"}, {"range": "1,9", "digits": "3"}),
        ("string", {"type": "integer", "range": "0001,0010"}, {"range": "1,10"}),
    ],
)
def test_every_type_and_unit_is_told_as_the_engine_takes_it(
    kind: str, own: dict[str, str], expected: dict[str, str]
) -> None:
    """Page partition-projection-supported-types; weeks become days, months and years become lists."""
    assert told(column(kind, **own)).items() >= expected.items()


@pytest.mark.parametrize(
    ("kind", "own", "part"),
    [
        ("string", {}, "the following partition columns are missing projection configuration: [d] (table db.t)"),
        ("string", {"type": "list"}, "it must be one of enum, integer, date, injected"),
        ("string", {"type": "enum"}, "Missing required property 'values'"),
        ("string", {"type": "enum", "values": "a, b"}, "White space is part of an enum value"),
        ("int", {"type": "enum", "values": "1,2,4"}, "equal steps only"),
        ("int", {"type": "enum", "values": "1,01"}, "equal steps only"),
        ("int", {"type": "enum", "values": "-1,0"}, "whole numbers from 0"),
        ("date", {"type": "enum", "values": "2024-01-01"}, "the type is date"),
        ("int", {"type": "injected"}, "supports string columns only"),
        ("int", {"type": "integer"}, "it must be two numbers"),
        ("int", {"type": "integer", "range": "3,1"}, "ends before it begins"),
        ("int", {"type": "integer", "range": "1,3", "interval": "0"}, "must be a positive number"),
        ("int", {"type": "integer", "range": "1,3", "digits": "x"}, "must be a positive number"),
        ("bigint", {"type": "integer", "range": "1,3000000000"}, "32 bits"),
        ("string", {**DAYS, "range": "2024-01-01"}, "a start and an end"),
        ("string", {**DAYS, "range": "2024-02-01,2024-01-01"}, "ends before it begins"),
        ("string", {**DAYS, "range": "2024-13-01,NOW"}, "month must be in 1..12"),
        ("string", {**DAYS, "range": "x,NOW"}, "is not a date of the format"),
        ("string", {"type": "date", "range": "NOW,NOW"}, "Missing required property 'format'"),
        ("string", {**YEARLY, "interval": ""}, "only dates of single-day or single-month precision have defaults"),
        ("string", {**DAYS, "interval": "1", "interval_unit": "CENTURIES"}, "must be one of YEARS, MONTHS"),
        ("string", {**DAYS, "interval": "0", "interval_unit": "DAYS"}, "must be a positive number"),
        ("string", {**DAYS, "interval": "1", "interval_unit": "MILLISECONDS"}, "more than 100000 values"),
        ("string", {**DAYS, "interval": "1", "interval_unit": "SECONDS"}, "more than 2000000 values"),
        ("date", {**DAYS, "interval": "1", "interval_unit": "MONTHS"}, "the type is date"),
    ],
)
def test_wrong_properties_are_refused_by_name(kind: str, own: dict[str, str], part: str) -> None:
    """The engine would read some of them as others, and an interval of 0 ends it."""
    assert part in problem(column(kind, **own))
