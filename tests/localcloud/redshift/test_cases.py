"""The golden cases: statements with the answer that Redshift gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from localcloud.redshift.sql import split_statements

from .golden import fresh, plain

pytestmark = pytest.mark.stack


def read(name: str) -> dict[str, list[dict[str, Any]]]:
    """Return the cases of a file by area."""
    cases: dict[str, list[dict[str, Any]]] = {}
    for line in Path(__file__).with_name(name).read_text().splitlines():
        cases.setdefault(json.loads(line)["area"], []).append(json.loads(line))
    return cases


CASES, DOCUMENTED = read("cases.jsonl"), read("documented.jsonl")
OTHERWISE = {
    "copy_unload-022": "its keys, 'test', are not the lab's: S3 refuses them, as AWS would",
}
"""Cases that do not hold here, and why."""


def answer(connection: psycopg.Connection[Any], sql: str) -> list[list[Any]]:
    """Run all statements and return the rows of the last."""
    rows: list[Any] = []
    for statement in split_statements(sql):
        cursor = psycopg.ClientCursor(connection)
        cursor.execute(statement.encode())
        rows = cursor.fetchall() if cursor.description else []
    return [[plain(value) for value in row] for row in rows]


def failing(connect: Callable[..., psycopg.Connection[Any]], cases: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Return the cases that do not hold, with what was found instead."""
    wrong = []
    for case in cases:
        connection = fresh(connect)
        try:
            found: Any = answer(connection, case["sql"])
        except psycopg.Error as error:
            found = str(error)
        connection.close()
        expected = case.get("error")
        right = expected.lower() in found.lower() if expected is not None and isinstance(found, str) else False
        if not (right if expected is not None else found == case["rows"]):
            wrong.append((case["id"], found))
    return wrong


@pytest.mark.parametrize("area", sorted(CASES))
def test_the_cases_of_an_area_hold(connect: Callable[..., psycopg.Connection[Any]], bucket: str, area: str) -> None:
    """Each case gives its rows, or fails with its message; those listed with a reason are the only exceptions."""
    assert not failing(connect, [case for case in CASES[area] if case["id"] not in OTHERWISE])


@pytest.mark.parametrize("area", sorted(DOCUMENTED))
def test_what_the_documentation_says_holds(connect: Callable[..., psycopg.Connection[Any]], area: str) -> None:
    """Cases of our own, after AWS's pages: what they say comes out, what they exclude is refused."""
    assert not failing(connect, DOCUMENTED[area])
