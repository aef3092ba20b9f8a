"""Partition projection on the running lab.

https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from .conftest import Athena

pytestmark = pytest.mark.stack
Name = Callable[[], str]
DAYS = ("2024-01-01", "2024-01-02", "2024-01-08", "2024-02-01", "2025-01-01")
RANGE = {"type": "date", "range": "2024-01-01,2025-01-31", "format": "yyyy-MM-dd"}


def make(athena: Athena, table: str, kind: str, folders: Iterable[str], own: dict[str, str]) -> None:
    """Create a table with one projected column `d`, and a file in each folder that holds the folder's name."""
    for folder in folders:
        athena.put(f"{table}/d={folder}/a", f"{folder}\n")
    properties = ", ".join(f"'projection.d.{key}' = '{value}'" for key, value in own.items())
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a string) PARTITIONED BY (d {kind}) LOCATION '{athena.root}/{table}/' "
        f"TBLPROPERTIES ('projection.enabled' = 'true', {properties})"
    )


@pytest.mark.parametrize(
    ("unit", "count", "expected"),
    [
        ("YEARS", "1", ["2024-01-01", "2025-01-01"]),
        ("MONTHS", "1", ["2024-01-01", "2024-02-01", "2025-01-01"]),
        ("months", "12", ["2024-01-01", "2025-01-01"]),
        ("WEEKS", "1", ["2024-01-01", "2024-01-08"]),
        ("DAYS", "1", list(DAYS)),
        ("HOURS", "24", list(DAYS)),
    ],
)
def test_every_unit_of_dates(athena: Athena, name: Name, unit: str, count: str, expected: list[str]) -> None:
    """Just the projected folders are read, and their values are the column's."""
    table = name()
    make(athena, table, "string", DAYS, {**RANGE, "interval": count, "interval.unit": unit})
    assert athena.rows(f"SELECT d, a FROM {table} ORDER BY d") == [[day, day] for day in expected]


def test_ranges_relative_to_now(athena: Athena, name: Name) -> None:
    """NOW may be moved by every unit, and white space is allowed."""
    now = datetime.now(UTC)
    cases = [
        ("NOW-3YEARS,NOW", "yyyy-MM-dd", "%Y-%m-%d"),
        ("NOW-1MONTH , NOW + 2 DAYS", "yyyy-MM-dd", "%Y-%m-%d"),
        ("202401,NOW+1MONTH", "yyyyMM", "%Y%m"),
        ("NOW-2WEEKS,NOW+1WEEK", "dd-MM-yyyy", "%d-%m-%Y"),
    ]

    def read(case: tuple[str, str, str]) -> list[list[str | None]]:
        table = name()
        make(athena, table, "string", [now.strftime(case[2])], {"type": "date", "range": case[0], "format": case[1]})
        return athena.rows(f"SELECT a FROM {table}")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, cases)) == [[[now.strftime(case[2])]] for case in cases]


def test_integers_enums_and_injected_values(athena: Athena, name: Name) -> None:
    """Digits, steps and texts are as the page says; an injected column needs its value."""
    numbers, codes, injected = name(), name(), name()
    make(
        athena, numbers, "int", ["001", "005", "7"], {"type": "integer", "range": "1,9", "interval": "4", "digits": "3"}
    )
    make(athena, codes, "string", ["A", "C"], {"type": "enum", "values": "A,B"})
    make(athena, injected, "string", ["A", "B"], {"type": "injected"})
    assert athena.rows(f"SELECT d, a FROM {numbers} ORDER BY d") == [["1", "001"], ["5", "005"]]
    assert athena.rows(f"SELECT d FROM {codes}") == [["A"]]
    assert athena.rows(f"SELECT a FROM {injected} WHERE d = 'B'") == [["B"]]
    assert athena.reason(f"SELECT a FROM {injected}").startswith(
        "CONSTRAINT_VIOLATION: For the injected projected partition column d"
    )


@pytest.mark.parametrize(
    ("own", "part"),
    [
        ({"type": "integer", "range": "1,9", "interval": "0"}, "it must be a positive number"),
        ({"values": "A"}, "the following partition columns are missing projection configuration: [d]"),
        ({"type": "enum", "values": "A, B"}, "White space is part of an enum value"),
    ],
)
def test_wrong_properties_fail_the_query(athena: Athena, name: Name, own: dict[str, str], part: str) -> None:
    """The query names the property, and the engine lives on."""
    table = name()
    make(athena, table, "string", ["1"], own)
    reason = athena.reason(f"SELECT * FROM {table}")
    assert reason.startswith("HIVE_METASTORE_ERROR: ")
    assert part in reason
    assert athena.rows("SELECT 1") == [["1"]]
