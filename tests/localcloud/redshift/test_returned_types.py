"""Functions give the types that the Developer Guide names, whatever number they are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

pytestmark = pytest.mark.stack

DOUBLE_PRECISION, REAL, INTEGER, BIGINT, NUMERIC = 701, 700, 23, 20, 1700
CALLS = [
    *((f"{name}({{}})", DOUBLE_PRECISION, "r_STDDEV_functions") for name in ("stddev", "stddev_samp", "stddev_pop")),
    *((f"{name}({{}})", DOUBLE_PRECISION, "r_VARIANCE_functions") for name in ("variance", "var_samp", "var_pop")),
    ("stddev(distinct {})", DOUBLE_PRECISION, "r_STDDEV_functions"),
    ("stddev({}) over ()", DOUBLE_PRECISION, "r_WF_STDDEV"),
    ("sqrt({})", DOUBLE_PRECISION, "r_SQRT"),
    ("exp({})", DOUBLE_PRECISION, "r_EXP"),
    ("log({})", DOUBLE_PRECISION, "r_LOG"),
    ("power({}, {})", DOUBLE_PRECISION, "r_POWER"),
    ("pow({}, 2)", DOUBLE_PRECISION, "r_POWER"),
    ("{} ^ 2.0", DOUBLE_PRECISION, "r_OPERATOR_SYMBOLS"),
    ("cbrt({})", DOUBLE_PRECISION, "r_CBRT"),
    ("degrees({})", DOUBLE_PRECISION, "r_DEGREES"),
]


@pytest.fixture
def numbers(connect: Callable[..., psycopg.Connection[Any]]) -> psycopg.Connection[Any]:
    """Return a connection with a temporary table of numbers of several types."""
    connection = connect(sslmode="disable")
    connection.execute("CREATE TEMP TABLE numbers (whole int, long_one bigint, exact decimal(10, 2), short real)")
    connection.execute("INSERT INTO numbers VALUES (2, 2, 2, 2), (3, 3, 3, 3)")
    return connection


def types(connection: psycopg.Connection[Any], items: str) -> list[int]:
    """Return the numbers of the types of a list's columns."""
    cursor = connection.execute(f"SELECT {items} FROM numbers".encode())
    return [column.type_code for column in cursor.description or []]


@pytest.mark.parametrize("column", ["whole", "long_one", "exact"])
@pytest.mark.parametrize(("call", "expected"), [(call, expected) for call, expected, _ in CALLS])
def test_type_of_call(numbers: psycopg.Connection[Any], call: str, expected: int, column: str) -> None:
    """Each call returns the type that its page states, for whole numbers and decimals."""
    assert types(numbers, call.replace("{}", column)) == [expected]


@pytest.mark.parametrize("name", ["floor", "ceil", "ceiling"])
def test_rounding_keeps_the_type(numbers: psycopg.Connection[Any], name: str) -> None:
    """FLOOR and CEILING give the type of their argument (r_FLOOR, r_CEILING_FLOOR)."""
    found = types(numbers, ", ".join(f"{name}({column})" for column in ("whole", "long_one", "exact", "short")))
    assert found == [INTEGER, BIGINT, NUMERIC, REAL]


def test_sums_and_groups(numbers: psycopg.Connection[Any]) -> None:
    """SUM of REAL is of double precision (r_SUM), NTILE is a BIGINT (r_WF_NTILE)."""
    assert types(numbers, "sum(short), sum(whole), sum(long_one)") == [DOUBLE_PRECISION, BIGINT, BIGINT]
    assert types(numbers, "ntile(2) over (order by whole)") == [BIGINT]
