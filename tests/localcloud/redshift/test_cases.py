"""The golden cases: statements with the answer that Redshift gives."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from localcloud.redshift.sql import split_statements

pytestmark = pytest.mark.stack
CASES = [json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text().splitlines()]
AREAS = sorted({case["area"] for case in CASES})
OTHERWISE = {
    "copy_unload-022": "its keys, 'test', are not the lab's: S3 refuses them, as AWS would",
}
"""Cases that do not hold here, and why."""


def plain(value: Any) -> Any:
    """Return a value as the cases write it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return pytest.approx(float(value), rel=1e-9, abs=1e-9)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return str(value)


def answer(connection: psycopg.Connection[Any], sql: str) -> list[list[Any]]:
    """Run all statements and return the rows of the last."""
    rows: list[Any] = []
    for statement in split_statements(sql):
        cursor = psycopg.ClientCursor(connection)
        cursor.execute(statement.encode())
        rows = cursor.fetchall() if cursor.description else []
    return [[plain(value) for value in row] for row in rows]


def fresh(connect: Callable[..., psycopg.Connection[Any]]) -> psycopg.Connection[Any]:
    """Return a connection to an empty schema public."""
    connection = connect(sslmode="disable")
    connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
    connection.execute("CREATE SCHEMA public")
    return connection


@pytest.mark.parametrize("area", AREAS)
def test_the_cases_of_an_area_hold(connect: Callable[..., psycopg.Connection[Any]], bucket: str, area: str) -> None:
    """Each case gives its rows, or fails with its message; those listed with a reason are the only exceptions."""
    wrong = []
    for case in [case for case in CASES if case["area"] == area and case["id"] not in OTHERWISE]:
        connection = fresh(connect)
        try:
            found: Any = answer(connection, case["sql"])
        except psycopg.Error as error:
            found = str(error)
        connection.close()
        expected = case.get("error")
        right = (
            expected.lower() in found.lower()
            if expected is not None and isinstance(found, str)
            else found == case.get("rows")
        )
        if not right:
            wrong.append((case["id"], found))
    assert not wrong
