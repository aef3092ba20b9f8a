"""BI files made from a star of a few rows, without a lab."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from smartcity.bi import STAR, Address
from smartcity.bi.files import Files

AT = datetime(2026, 3, 2, 7, 0)
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "dim_vehicle": [("v1", "bus", "MAN", "Lion", 2020, "diesel"), ("v2", "taxi", "Kia", "Niro", 2022, None)],
    "dim_district": [("Harbour", 12)],
    "dim_time": [(AT, date(2026, 3, 2), 7, 0, True)],
    "fact_trip_minute": [
        ("v1", AT, "Harbour", 3, 10.0, 20.0),
        ("v2", AT, "Harbour", 1, 50.0, 50.0),
        ("v3", AT, None, 4, 2.0, 4.0),
    ],
    "fact_incident": [
        ("i1", "fire", 4, "road-1", "Harbour", AT, AT, AT, 90),
        ("i2", "fire", 1, "road-2", None, AT, None, None, None),
    ],
}


class Warehouse:
    """A DB-API connection that knows the rows above."""

    def cursor(self) -> Warehouse:
        return self

    def execute(self, sql: str) -> None:
        self.table = sql.rpartition(".")[2]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return ROWS[self.table]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """All files, made once."""
    made = Files(tmp_path_factory.mktemp("bi"))
    made.make(Warehouse(), Address("127.0.0.1", 5439, "city", "awsuser"))
    return made


@pytest.fixture
def copy(files: Files, tmp_path: Path) -> Files:
    """A copy of the files that a test may spoil."""
    import shutil

    shutil.copytree(files.folder, tmp_path / "bi")
    return Files(tmp_path / "bi")


@pytest.fixture
def plain_engine() -> Iterator[sqlite3.Connection]:
    """A database of another kind with the same rows."""
    connection = sqlite3.connect(":memory:")
    for table in STAR:
        names = [one.name for one in table.columns]
        connection.execute(f"CREATE TABLE {table.name} ({', '.join(names)})")
        places = ", ".join("?" * len(names))
        rows = [tuple(str(v) if isinstance(v, date) else v for v in row) for row in ROWS[table.name]]
        connection.executemany(f"INSERT INTO {table.name} VALUES ({places})", rows)
    yield connection
    connection.close()
