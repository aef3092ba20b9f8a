"""Columns by name or by index. https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.athena.serdes import classes
from localcloud.athena.serdes.access import is_swapped

from ..conftest import Athena

Name = Callable[[], str]
ORDERS = {"b": ["x", "y"], "a": [1, 2]}
BY_NAME, BY_INDEX = "by name", "by index"


def file_of(file_format: str) -> bytes:
    import pyarrow
    from pyarrow import orc, parquet

    body = io.BytesIO()
    table = pyarrow.table(ORDERS)
    if file_format == "ORC":
        orc.write_table(table, body)
    else:
        parquet.write_table(table, body)
    return body.getvalue()


def clause(file_format: str, value: str | None) -> str:
    serde = {"ORC": classes.ORC, "PARQUET": classes.PARQUET}[file_format]
    properties = f"WITH SERDEPROPERTIES ('{file_format.lower()}.column.index.access' = '{value}')" if value else ""
    return f"ROW FORMAT SERDE '{serde}' {properties} STORED AS {file_format}"


@pytest.mark.stack
@pytest.mark.parametrize(
    ("file_format", "value", "access"),
    [
        ("ORC", None, BY_INDEX),
        ("ORC", "true", BY_INDEX),
        ("ORC", "false", BY_NAME),
        ("PARQUET", None, BY_NAME),
        ("PARQUET", "FALSE", BY_NAME),
        ("PARQUET", "true", BY_INDEX),
    ],
)
def test_schema_updates(athena: Athena, name: Name, file_format: str, value: str | None, access: str) -> None:
    """The page's table: by name columns may move and go, by index they may be renamed; new ones at the end are NULL."""

    def read(columns: str, select: str = "*") -> list[list[str | None]]:
        table = name()
        athena.put(f"{table}/data", file_of(file_format))
        location = f"LOCATION '{athena.root}/{table}/'"
        athena.rows(f"CREATE EXTERNAL TABLE {table} ({columns}) {clause(file_format, value)} {location}")
        return sorted(athena.rows(f"SELECT {select} FROM {table}"), key=repr)

    assert read("b string, a bigint, c int") == [["x", "1", None], ["y", "2", None]]
    if access == BY_NAME:
        assert read("a bigint, b string") == [["1", "x"], ["2", "y"]]
        assert read("c int, a bigint") == [[None, "1"], [None, "2"]]
        assert read("other string, a bigint", "a, other") == [["1", None], ["2", None]]
    else:
        assert read("other string, a2 bigint") == [["x", "1"], ["y", "2"]]


@pytest.mark.stack
def test_tables_of_both_kinds_in_one_query(athena: Athena, name: Name) -> None:
    """The choice is a table's own: INSERT, a join and a view keep it."""
    named, indexed, view = name(), name(), name()
    for table, columns, value in ((named, "a bigint, b string", "false"), (indexed, "x string, y bigint", "true")):
        athena.put(f"{table}/data", file_of("ORC"))
        location = f"LOCATION '{athena.root}/{table}/'"
        athena.rows(f"CREATE EXTERNAL TABLE {table} ({columns}) {clause('ORC', value)} {location}")
    athena.rows(f"INSERT INTO {named} VALUES (3, 'z')")
    athena.rows(f"CREATE VIEW {view} AS SELECT n.a, i.y, n.b FROM {named} n LEFT JOIN {indexed} i ON i.x = n.b")
    assert athena.rows(f"SELECT * FROM {view} ORDER BY a") == [["1", "1", "x"], ["2", "2", "y"], ["3", None, "z"]]
    entry = athena.glue.get_table(DatabaseName=athena.database, Name=named)["Table"]
    assert "spark.sql.sources.provider" not in entry["Parameters"]


@pytest.mark.stack
def test_a_partition_that_reads_otherwise_is_an_error(athena: Athena, name: Name) -> None:
    """SerDe properties are not propagated to partitions: a difference is named, and no column is swapped."""
    table = name()
    athena.put(f"{table}/p=1/data", file_of("ORC"))
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a bigint, b string) PARTITIONED BY (p int) {clause('ORC', 'true')} "
        f"LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"MSCK REPAIR TABLE {table}")
    entry = athena.glue.get_table(DatabaseName=athena.database, Name=table)["Table"]
    kept = {key: entry[key] for key in ("Name", "TableType", "Parameters", "PartitionKeys", "StorageDescriptor")}
    kept["StorageDescriptor"]["SerdeInfo"]["Parameters"]["orc.column.index.access"] = "false"
    athena.glue.update_table(DatabaseName=athena.database, TableInput=kept)
    reason = athena.reason(f"SELECT * FROM {table}")
    assert reason.startswith("HIVE_METASTORE_ERROR: Partition ['1'] of")
    athena.rows(f"ALTER TABLE {table} DROP PARTITION (p = 1)")
    athena.rows(f"MSCK REPAIR TABLE {table}")
    assert athena.rows(f"SELECT * FROM {table} ORDER BY a") == [["1", "x", "1"], ["2", "y", "1"]]


@pytest.mark.parametrize(
    ("serde", "properties", "swapped"),
    [
        (classes.ORC, {"orc.column.index.access": " FALSE "}, True),
        (classes.ORC, {"orc.column.index.access": "true"}, False),
        (classes.ORC, {}, False),
        (classes.PARQUET, {"parquet.column.index.access": "true"}, True),
        (classes.PARQUET, {"orc.column.index.access": "false"}, False),
        (classes.LAZY, {"orc.column.index.access": "false"}, False),
    ],
)
def test_only_a_choice_against_the_default_counts(serde: str, properties: dict[str, str], swapped: bool) -> None:
    """Athena reads ORC by index and Parquet by name where a table says nothing."""
    entry: dict[str, Any] = {
        "StorageDescriptor": {"SerdeInfo": {"SerializationLibrary": serde, "Parameters": properties}}
    }
    assert is_swapped(entry) is swapped
