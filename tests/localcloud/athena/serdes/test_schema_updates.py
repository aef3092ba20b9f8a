"""Schemas that change over one set of files. https://docs.aws.amazon.com/athena/latest/ug/types-of-updates.html"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from localcloud.athena.serdes import classes

from ..conftest import Athena

pytestmark = pytest.mark.stack
Name = Callable[[], str]

CLAUSES = {
    "AVRO": "STORED AS AVRO",
    "JSON": f"ROW FORMAT SERDE '{classes.HIVE_JSON}'",
    "TEXTFILE": "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','",
}
BY_NAME = {
    "a int, b string, c double, d string": ["1", "x", "2.5", None],
    "a int, n string, b string, c double": ["1", None, "x", "2.5"],
    "a int, c double": ["1", "2.5"],
    "c double, b string, a int": ["2.5", "x", "1"],
    "a bigint, b string, c double": ["1", "x", "2.5"],
}
BY_POSITION = {
    "a int, b string, c double, d string": ["1", "x", "2.5", None],
    "a int, renamed string, c double": ["1", "x", "2.5"],
    "a string, b string, c string": ["1", "x", "2.5"],
    "a bigint, b string": ["1", "x"],
}


@pytest.mark.parametrize(("file_format", "updates"), [("AVRO", BY_NAME), ("JSON", BY_NAME), ("TEXTFILE", BY_POSITION)])
def test_updates_that_a_format_allows(
    athena: Athena, name: Name, file_format: str, updates: dict[str, list[str | None]]
) -> None:
    """Avro and JSON find columns by name, text by position: the page's table, cell by cell."""
    source = name()
    location = f"{athena.root}/{source}/"
    delimiter = ", field_delimiter = ','" if file_format == "TEXTFILE" else ""
    athena.rows(
        f"CREATE TABLE {source} WITH (format = '{file_format}', external_location = '{location}'{delimiter}) AS "
        "SELECT 1 AS a, 'x' AS b, 2.5e0 AS c"
    )
    for columns, expected in updates.items():
        table = name()
        athena.rows(f"CREATE EXTERNAL TABLE {table} ({columns}) {CLAUSES[file_format]} LOCATION '{location}'")
        assert athena.rows(f"SELECT * FROM {table}") == [expected], columns


@pytest.mark.parametrize("file_format", ["AVRO", "TEXTFILE", "PARQUET", "ORC"])
def test_partitions_with_an_older_schema(athena: Athena, name: Name, file_format: str) -> None:
    """Page updates-and-partitions: a type that fits is converted, one that does not is a mismatch that is named."""
    table = name()
    clause = CLAUSES.get(file_format, f"STORED AS {file_format}")
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a int, b string) PARTITIONED BY (p int) {clause} "
        f"LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"INSERT INTO {table} VALUES (7, 'x', 1)")
    entry = athena.glue.get_table(DatabaseName=athena.database, Name=table)["Table"]
    kept = {key: entry[key] for key in ("Name", "TableType", "Parameters", "PartitionKeys", "StorageDescriptor")}
    for kind, expected in (("bigint", [["7", "x", "1"]]), ("date", None)):
        kept["StorageDescriptor"]["Columns"][0]["Type"] = kind
        athena.glue.update_table(DatabaseName=athena.database, TableInput=kept)
        if expected:
            assert athena.rows(f"SELECT * FROM {table}") == expected
        else:
            assert athena.reason(f"SELECT * FROM {table}").startswith("HIVE_PARTITION_SCHEMA_MISMATCH: ")
