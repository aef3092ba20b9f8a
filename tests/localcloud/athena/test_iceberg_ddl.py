"""DDL of Iceberg tables: the pages querying-iceberg-evolving-table-schema and querying-iceberg-managing-tables."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from .conftest import BUCKET, Athena

pytestmark = pytest.mark.stack
Name = Callable[[], str]


@pytest.fixture
def table(athena: Athena, name: Name) -> str:
    """A partitioned Iceberg table with two rows."""
    made = name()
    athena.rows(
        f"CREATE TABLE {made} (id int COMMENT 'number', category string, at timestamp, price decimal(8, 2)) "
        f"PARTITIONED BY (category, bucket(16, id), truncate(price, 10), day(at)) LOCATION '{athena.root}/{made}/' "
        "TBLPROPERTIES ('table_type'='ICEBERG', 'format'='orc', 'write_compression'='zlib', "
        "'write_target_data_file_size_bytes'='536870912')"
    )
    athena.rows(
        f"INSERT INTO {made} VALUES (1, 'a', TIMESTAMP '2026-01-02 03:04:05', DECIMAL '1.50'), (2, 'b', NULL, NULL)"
    )
    return made


def columns(athena: Athena, table: str) -> list[str]:
    """Return the names that DESCRIBE shows before the partition spec."""
    lines = [str(row[0]) for row in athena.rows(f"DESCRIBE {table}")]
    return [line.split("\t")[0].strip() for line in lines[: lines.index("\t \t ")]]


def test_show_create_table_makes_the_same_table_again(athena: Athena, table: str) -> None:
    """The statement has partition transforms, comments and Athena's properties, and none of the engine's own."""
    shown = [str(row[0]) for row in athena.rows(f"SHOW CREATE TABLE {table}")]
    assert "PARTITIONED BY (`category`, bucket(16, `id`), truncate(`price`, 10), day(`at`))" in shown
    assert "metadata_location" not in "".join(shown)
    described = athena.rows(f"DESCRIBE {table}")
    athena.rows(f"DROP TABLE {table}")
    athena.rows("\n".join(shown))
    assert [str(row[0]) for row in athena.rows(f"SHOW CREATE TABLE {table}")] == shown
    assert athena.rows(f"DESCRIBE {table}") == described


def test_tblproperties_are_athenas(athena: Athena, table: str) -> None:
    """SHOW TBLPROPERTIES shows what Athena supports; SET and UNSET change it; the rows stay."""

    def shown() -> dict[str, str]:
        return dict(str(row[0]).split("\t") for row in athena.rows(f"SHOW TBLPROPERTIES {table}"))

    first = {"table_type": "iceberg", "format": "orc", "write_compression": "zlib"}
    assert shown() == {**first, "write_target_data_file_size_bytes": "536870912"}
    athena.rows(
        f"ALTER TABLE {table} SET TBLPROPERTIES ('format'='parquet', 'write_compression'='snappy', "
        "'optimize_rewrite_delete_file_threshold'='10')"
    )
    athena.rows(f"ALTER TABLE {table} UNSET TBLPROPERTIES ('write_target_data_file_size_bytes')")
    changed = {"table_type": "iceberg", "format": "parquet", "write_compression": "snappy"}
    assert shown() == {**changed, "optimize_rewrite_delete_file_threshold": "10"}
    assert athena.rows(f"SHOW TBLPROPERTIES {table} ('format')") == [["parquet"]]
    athena.rows(f"INSERT INTO {table} (id) VALUES (3)")
    formats = athena.rows(f'SELECT file_format, sum(record_count) FROM "{table}$files" GROUP BY 1 ORDER BY 1')
    assert formats == [["ORC", "2"], ["PARQUET", "1"]]


def test_rename(athena: Athena, table: str, name: Name) -> None:
    """A table is renamed, also into another database, and keeps its rows and its files."""
    other, moved = name(), name()
    athena.rows(f"CREATE DATABASE {other}")
    before = athena.keys(f"{athena.root}/{table}/")
    athena.rows(f"ALTER TABLE {athena.database}.{table} RENAME TO {moved}")
    assert athena.rows(f"SELECT count(*) FROM {moved}") == [["2"]]
    athena.rows(f"ALTER TABLE {moved} RENAME TO {other}.{table}")
    assert athena.rows(f"SELECT count(*) FROM {other}.{table}") == [["2"]]
    assert athena.rows(f"SHOW TABLES IN {other}") == [[table]]
    assert set(before) <= set(athena.keys(f"{athena.root}/{table}/"))
    athena.rows(f"DROP DATABASE {other} CASCADE")


def test_change_column(athena: Athena, table: str) -> None:
    """CHANGE COLUMN changes name, type, comment and place; the values follow their columns."""
    athena.rows(f"ALTER TABLE {table} CHANGE COLUMN category kind string COMMENT 'what' AFTER price")
    athena.rows(f"ALTER TABLE {table} CHANGE price price decimal(12, 2) FIRST")
    athena.rows(f"ALTER TABLE {table} CHANGE id id bigint")
    assert columns(athena, table) == ["price", "id", "at", "kind"]
    assert athena.rows(f"SELECT * FROM {table} ORDER BY id")[0] == ["1.50", "1", "2026-01-02 03:04:05.000000", "a"]
    described = [str(row[0]).split("\t") for row in athena.rows(f"DESCRIBE {table}")]
    assert [part.strip() for part in described[3]] == ["kind", "string", "what"]
    athena.rows(f"INSERT INTO {table} VALUES (DECIMAL '2.00', 3, NULL, 'c')")
    assert athena.rows(f"SELECT kind FROM {table} WHERE id = 3") == [["c"]]


@pytest.mark.parametrize(
    "change", ["id id string", "id id smallint", "price price decimal(4, 1)", "category category int"]
)
def test_a_type_can_only_be_widened(athena: Athena, table: str, change: str) -> None:
    """Anything but int to bigint, float to double and a larger precision is refused, and nothing changes."""
    before = athena.rows(f"DESCRIBE {table}")
    assert athena.reason(f"ALTER TABLE {table} CHANGE COLUMN {change}")
    assert athena.rows(f"DESCRIBE {table}") == before


def test_replace_columns_changes_nothing(athena: Athena, table: str) -> None:
    """REPLACE COLUMNS is refused: the engine's schema and the catalog's stay one."""
    assert athena.reason(f"ALTER TABLE {table} REPLACE COLUMNS (id int)").startswith("NOT_SUPPORTED: ")
    assert columns(athena, table) == ["id", "category", "at", "price"]
    assert athena.rows(f"SELECT count(price) FROM {table}") == [["1"]]


def test_time_travel_by_timestamp(athena: Athena, table: str) -> None:
    """FOR TIMESTAMP AS OF reads the rows of that time: page querying-iceberg-table-data."""
    ((then,),) = athena.rows(f'SELECT max(committed_at) FROM "{table}$snapshots"')
    athena.rows(f"DELETE FROM {table}")
    assert athena.rows(f"SELECT count(*) FROM {table} FOR TIMESTAMP AS OF TIMESTAMP '{then}'") == [["2"]]
    assert athena.rows(f"SELECT count(*) FROM {table}") == [["0"]]


def test_vacuum_keeps_as_many_snapshots_as_the_table_says(athena: Athena, table: str) -> None:
    """`vacuum_min_snapshots_to_keep` holds although all snapshots are too old."""
    athena.rows(
        f"ALTER TABLE {table} SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds'='1', 'vacuum_min_snapshots_to_keep'='2')"
    )
    for number in (3, 4, 5):
        athena.rows(f"INSERT INTO {table} (id) VALUES ({number})")
    count = f"SELECT count(*), max(date_diff('second', committed_at, current_timestamp)) FROM \"{table}$snapshots\""
    limit = time.monotonic() + 60
    while int(str(athena.rows(count)[0][1])) < 5:  # until the oldest is too old
        assert time.monotonic() < limit
    athena.rows(f"VACUUM {table}")
    assert int(str(athena.rows(count)[0][0])) >= 2
    assert athena.rows(f"SELECT count(*) FROM {table}") == [["5"]]


def test_optimize_keeps_to_the_thresholds_of_the_table(athena: Athena, name: Name) -> None:
    """Fewer files than `optimize_rewrite_data_file_threshold` are left alone; as many are written together."""
    table = name()
    athena.rows(
        f"CREATE TABLE {table} (id int) LOCATION '{athena.root}/{table}/' TBLPROPERTIES ('table_type'='ICEBERG', "
        "'optimize_rewrite_data_file_threshold'='3', 'write_target_data_file_size_bytes'='1000000')"
    )
    files = f'SELECT count(*) FROM "{table}$files"'
    for number, expected in ((1, 1), (2, 2), (3, 1)):
        athena.rows(f"INSERT INTO {table} VALUES ({number})")
        athena.rows(f"OPTIMIZE {table} REWRITE DATA USING BIN_PACK")
        assert athena.rows(files) == [[str(expected)]]
    assert athena.rows(f"SELECT sum(id) FROM {table}") == [["6"]]


def test_drop_deletes_the_files_of_the_table_and_no_others(athena: Athena, name: Name) -> None:
    """Files that somebody put into the table's folder stay, and so does another table in that folder."""
    outer, inner, root = name(), name(), f"{athena.database}/x{name()}"
    for table, folder in ((outer, root), (inner, f"{root}/inner")):
        athena.rows(
            f"CREATE TABLE {table} (id int) LOCATION 's3://{BUCKET}/{folder}/' TBLPROPERTIES ('table_type'='ICEBERG')"
        )
        athena.rows(f"INSERT INTO {table} VALUES 1, 2, 3")
        athena.rows(f"DELETE FROM {table} WHERE id = 2")
    foreign = [f"{root}/notes.txt", f"{root}/data/notes.txt", f"{root}/metadata/notes.txt"]
    for key in foreign:
        athena.s3.put_object(Bucket=BUCKET, Key=key, Body=b"mine")
    before = set(athena.keys(f"s3://{BUCKET}/{root}/"))

    athena.rows(f"DROP TABLE {outer}")

    after = set(athena.keys(f"s3://{BUCKET}/{root}/"))
    assert after == {key for key in before if key in foreign or f"{root}/inner/" in key}
    assert athena.rows(f"SELECT id FROM {inner} ORDER BY id") == [["1"], ["3"]]


def test_a_folder_can_be_used_again_after_drop(athena: Athena, table: str) -> None:
    """DROP TABLE leaves no file of the table behind."""
    athena.rows(f"ALTER TABLE {table} SET TBLPROPERTIES ('vacuum_min_snapshots_to_keep'='2')")
    athena.rows(f"UPDATE {table} SET category = 'z' WHERE id = 1")
    athena.rows(f"ALTER TABLE {table} ADD COLUMNS (note string)")
    athena.rows(f"INSERT INTO {table} (id, note) VALUES (3, 'x')")
    athena.rows(f"ALTER TABLE {table} DROP COLUMN note")
    athena.rows(f"DROP TABLE {table}")
    assert athena.keys(f"{athena.root}/{table}/") == []
    athena.rows(
        f"CREATE TABLE {table} (id int) LOCATION '{athena.root}/{table}/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )
