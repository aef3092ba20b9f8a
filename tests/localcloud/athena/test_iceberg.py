"""Iceberg tables on the running lab."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from .conftest import Athena

pytestmark = pytest.mark.stack


@pytest.fixture
def table(athena: Athena, name: Callable[[], str]) -> str:
    """An Iceberg table with two rows."""
    made = name()
    athena.rows(
        f"CREATE TABLE {made} (id bigint, text string, at timestamp, price decimal(10, 2), tags array<string>, "
        f"place struct<lat: double, lon: double>) PARTITIONED BY (bucket(4, id), month(at)) "
        f"LOCATION '{athena.root}/{made}/' TBLPROPERTIES ('table_type'='ICEBERG', 'format'='parquet')"
    )
    athena.rows(
        f"INSERT INTO {made} VALUES "
        "(1, 'a', TIMESTAMP '2026-01-02 03:04:05', DECIMAL '1.50', ARRAY['x'], ROW(50.1, 7.2)), "
        "(2, 'b', NULL, NULL, NULL, NULL)"
    )
    return made


def test_rows_come_back(athena: Athena, table: str) -> None:
    """Values of all kinds of type survive, through the name that Athena gives the table."""
    assert athena.rows(f'SELECT * FROM "AwsDataCatalog".{athena.database}.{table} WHERE id = 1') == [
        ["1", "a", "2026-01-02 03:04:05.000000", "1.50", "[x]", "{lat=50.1, lon=7.2}"]
    ]


def test_update_delete_merge(athena: Athena, table: str) -> None:
    """Rows can be changed, deleted and merged."""
    athena.rows(f"UPDATE {table} SET text = 'c' WHERE id = 1")
    athena.rows(f"DELETE FROM {table} WHERE id = 2")
    athena.rows(
        f"MERGE INTO {table} t USING (VALUES (1, 'd'), (3, 'e')) s(id, text) ON t.id = s.id "
        "WHEN MATCHED THEN UPDATE SET text = s.text WHEN NOT MATCHED THEN INSERT (id, text) VALUES (s.id, s.text)"
    )
    assert athena.rows(f"SELECT id, text FROM {table} ORDER BY id") == [["1", "d"], ["3", "e"]]


def test_time_travel(athena: Athena, table: str) -> None:
    """An older snapshot can be read by its id, which the table `$snapshots` names."""
    (snapshot,) = athena.rows(f'SELECT max_by(snapshot_id, committed_at) FROM "{table}$snapshots"')
    athena.rows(f"DELETE FROM {table}")
    assert athena.rows(f"SELECT count(*) FROM {table}") == [["0"]]
    assert athena.rows(f"SELECT count(*) FROM {table} FOR VERSION AS OF {snapshot[0]}") == [["2"]]


def test_optimize_and_vacuum(athena: Athena, table: str) -> None:
    """Small files are written together, and old snapshots and their files go."""
    athena.rows(f"INSERT INTO {table} (id, text) VALUES (2, 'c')")
    athena.rows(f"ALTER TABLE {table} SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds'='1')")
    files = f'SELECT count(*) FROM "{table}$files"'
    before = int(str(athena.rows(files)[0][0]))
    athena.rows(f"OPTIMIZE {table} REWRITE DATA USING BIN_PACK")
    assert int(str(athena.rows(files)[0][0])) < before
    limit = time.monotonic() + 60
    while athena.rows(f'SELECT count(*) FROM "{table}$snapshots"') != [["1"]]:  # until all are older than a second
        assert time.monotonic() < limit
        athena.rows(f"VACUUM {table}")
    assert athena.rows(f"SELECT count(*) FROM {table}") == [["3"]]


def test_columns_change(athena: Athena, table: str) -> None:
    """Columns are added, renamed, widened and dropped without writing the data again."""
    athena.rows(f"ALTER TABLE {table} ADD COLUMNS (note string, size int)")
    athena.rows(f"ALTER TABLE {table} CHANGE COLUMN size amount bigint")
    athena.rows(f"ALTER TABLE {table} DROP COLUMN tags")
    shown = [str(row[0]).split()[0] for row in athena.rows(f"DESCRIBE {table}") if str(row[0]).strip()]
    assert shown[:7] == ["id", "text", "at", "price", "place", "note", "amount"]


def test_ctas_makes_an_iceberg_table_and_drop_takes_its_data(athena: Athena, name: Callable[[], str]) -> None:
    """CTAS with table_type ICEBERG writes where it is told; DROP TABLE deletes the files."""
    made = name()
    location = f"{athena.root}/{made}/"
    athena.rows(
        f"CREATE TABLE {made} WITH (table_type = 'ICEBERG', is_external = false, location = '{location}', "
        "partitioning = ARRAY['truncate(text, 1)']) AS SELECT 1 AS id, 'abc' AS text"
    )
    assert athena.rows(f"SELECT * FROM {made}") == [["1", "abc"]]
    assert athena.keys(location)
    athena.rows(f"DROP TABLE {made}")
    assert athena.keys(location) == []
