"""Every kind of statement on every kind of table: allowed or refused, as the reference says; and what it does to S3."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from .conftest import BUCKET, Athena
from .rules import OK, RULES, Rule

pytestmark = pytest.mark.stack

DELETES = ("DROP TABLE", "VACUUM")
"""What may delete objects, of Iceberg tables only."""
CHANGES = (
    "ALTER",
    "CREATE OR REPLACE",
    "DELETE",
    "DROP",
    "EXPLAIN ANALYZE INSERT",
    "INSERT",
    "MERGE",
    "MSCK",
    "OPTIMIZE",
    "UPDATE",
    "VACUUM",
)
"""First words of what may change the table that it names; such a statement gets a table of its own."""
_COLUMNS = "a int, b string"


def _hive(athena: Athena, table: str) -> None:
    athena.put(f"{table}/y=2024/a.csv", "1,x\n2,y\n")
    athena.put(f"{table}/y=2025/a.csv", "3,z\n")
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} ({_COLUMNS}) PARTITIONED BY (y int) ROW FORMAT DELIMITED "
        f"FIELDS TERMINATED BY ',' LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"ALTER TABLE {table} ADD PARTITION (y=2024) PARTITION (y=2025)")


def _iceberg(athena: Athena, table: str) -> None:
    athena.rows(
        f"CREATE TABLE {table} WITH (table_type = 'ICEBERG', is_external = false, location = '{athena.root}/{table}/', "
        "partitioning = ARRAY['y']) AS SELECT * FROM (VALUES (1, 'x', 2024), (2, 'y', 2025)) t(a, b, y)"
    )


def _view(athena: Athena, table: str) -> None:
    athena.rows(f"CREATE VIEW {table} AS SELECT 1 AS a, 'x' AS b, 2024 AS y")


MAKE: dict[str, Callable[[Athena, str], None]] = {
    "hive": _hive,
    "iceberg": _iceberg,
    "view": _view,
    "none": lambda athena, table: None,
}


@pytest.fixture(scope="module")
def untouched(athena: Athena) -> dict[str, str]:
    """A table of each kind for the statements that are refused or only read: none of them may change it."""
    names = {kind: f"x{uuid.uuid4().hex[:8]}" for kind in MAKE}
    for kind, name in names.items():
        MAKE[kind](athena, name)
    return names


def objects(athena: Athena, table: str) -> dict[str, str]:
    """Return the objects of a table with their ETags."""
    listed = athena.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{athena.database}/{table}/").get("Contents", [])
    return {entry["Key"]: entry["ETag"] for entry in listed}


def entry(athena: Athena, table: str) -> object:
    """Return what the catalog holds of a table and its partitions; None where it does not exist."""
    try:
        found = athena.glue.get_table(DatabaseName=athena.database, Name=table)["Table"]
    except athena.glue.exceptions.EntityNotFoundException:
        return None
    parts = athena.glue.get_partitions(DatabaseName=athena.database, TableName=table)["Partitions"]
    return found, parts


def written(athena: Athena, sql: str, table: str) -> str:
    """Return a statement with its placeholders filled in."""
    folder, new = f"{athena.root}/{uuid.uuid4().hex}/", f"x{uuid.uuid4().hex[:8]}"
    places = {"t": table, "new": new, "out": folder, "root": f"{athena.root}/{table}", "db": athena.database}
    for name, value in places.items():
        sql = sql.replace(f"{{{name}}}", value)
    return sql


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule[0]}-{rule[1][:60]}")
def test_a_statement_is_allowed_or_refused_as_its_page_says(
    athena: Athena, untouched: dict[str, str], rule: Rule
) -> None:
    """A refused statement changes neither objects nor catalog; an allowed one deletes or rewrites no object of a
    table but those of an Iceberg table, by the two statements that do so on AWS."""
    kind, sql, outcome, page = rule
    table = untouched[kind]
    if outcome == OK and sql.startswith(CHANGES):
        table = f"x{uuid.uuid4().hex[:8]}"
        MAKE[kind](athena, table)
    before, known = objects(athena, table), entry(athena, table)

    answer = athena.ask(written(athena, sql, table))

    after = objects(athena, table)
    if outcome != OK:
        assert (answer.state, answer.reason.startswith(outcome)) == ("FAILED", True), (page, answer.reason)
        assert (after, entry(athena, table)) == (before, known), page
        return
    assert answer.state == "SUCCEEDED", (page, answer.reason)
    if not (kind == "iceberg" and sql.startswith(DELETES)):
        assert before.items() <= after.items(), page


def test_drop_database_cascade_leaves_the_files_of_external_tables(athena: Athena) -> None:
    """Dropping a database deletes the data of its Iceberg tables and keeps that of its external tables."""
    database, table, iceberg = (f"x{uuid.uuid4().hex[:8]}" for _ in range(3))
    athena.put(f"{table}/a.csv", "1\n")
    athena.rows(f"CREATE DATABASE {database}")
    athena.rows(f"CREATE EXTERNAL TABLE {database}.{table} (a int) LOCATION '{athena.root}/{table}/'")
    athena.rows(
        f"CREATE TABLE {database}.{iceberg} WITH (table_type = 'ICEBERG', is_external = false, "
        f"location = '{athena.root}/{iceberg}/') AS SELECT 1 AS a"
    )
    before = objects(athena, table)
    assert objects(athena, iceberg)

    athena.rows(f"DROP DATABASE {database} CASCADE")

    assert objects(athena, table) == before
    assert not objects(athena, iceberg)
