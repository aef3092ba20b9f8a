"""INSERT, CREATE TABLE AS and UNLOAD: rows of the query = rows in the files."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from localcloud.athena.statements.books import BooksDiffer, check_new

from .conftest import BUCKET, Athena

stack = pytest.mark.stack
Name = Callable[[], str]

BROKEN = r"SELECT U&'a\000Ab' AS x, 1 AS n"
"""One row, which a text file turns into two."""


def manifest(athena: Athena, sql: str) -> tuple[int | None, list[str]]:
    """Run a statement that writes; return its UpdateCount and the files that its manifest names."""
    answer = athena.ask(sql)
    assert answer.state == "SUCCEEDED", answer.reason
    counted = athena.client.get_query_results(QueryExecutionId=answer.execution["QueryExecutionId"]).get("UpdateCount")
    key = answer.execution["Statistics"]["DataManifestLocation"].removeprefix(f"s3://{BUCKET}/")
    return counted, athena.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode().split()


@stack
@pytest.mark.parametrize("file_format", ["PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE"])
@pytest.mark.parametrize("rows", [0, 1, 1000])
def test_counts_agree(athena: Athena, name: Name, file_format: str, rows: int) -> None:
    """UpdateCount, manifest and the table's rows say the same for CREATE TABLE AS and INSERT, in each format."""
    table = name()
    query = f"SELECT n, 'x' AS t FROM UNNEST(sequence(0, {rows})) u(n) WHERE n > 0"
    counted, files = manifest(athena, f"CREATE TABLE {table} WITH (format = '{file_format}') AS {query}")
    assert counted == rows
    inserted, more = manifest(athena, f"INSERT INTO {table} {query}")
    assert inserted == rows
    assert not set(files) & set(more)
    assert athena.rows(f"SELECT count(*) FROM {table}") == [[str(2 * rows)]]
    if rows:
        paths = {row[0] for row in athena.rows(f'SELECT DISTINCT "$path" FROM {table}')}
        assert paths == {*files, *more}


@pytest.mark.parametrize(("produced", "read", "files"), [(1, 2, ["s3://b/t/a"]), (2, 1, ["s3://b/t/a"]), (1, 1, [])])
def test_a_difference_is_an_error_that_names_both_numbers(produced: int, read: int, files: list[str]) -> None:
    """What the engine counted and what can be read back must be equal, and rows need a file."""
    job, statement = SimpleNamespace(ask=lambda _: [[str(read)]]), SimpleNamespace(update_count=produced)
    with pytest.raises(BooksDiffer, match=f"The query produced {produced} rows, but {read} can be read back"):
        check_new(cast("Any", job), "t", cast("Any", statement), files)


@stack
def test_a_ctas_whose_rows_do_not_come_back_fails(athena: Athena, name: Name) -> None:
    """The table is not made, and no file is written."""
    table, out = name(), f"{athena.root}/{name()}/"
    reason = athena.reason(f"CREATE TABLE {table} WITH (format = 'TEXTFILE', external_location = '{out}') AS {BROKEN}")
    assert reason.startswith("HIVE_WRITER_DATA_ERROR: ")
    assert athena.rows(f"SHOW TABLES '{table}'") == []
    assert athena.keys(out) == []


@stack
def test_an_unload_whose_rows_do_not_come_back_fails(athena: Athena, name: Name) -> None:
    """UNLOAD as TEXTFILE is checked, as JSON it keeps the line feed."""
    text, json = f"{athena.root}/{name()}/", f"{athena.root}/{name()}/"
    reason = athena.reason(f"UNLOAD ({BROKEN}) TO '{text}' WITH (format = 'TEXTFILE')")
    assert reason.startswith("HIVE_WRITER_DATA_ERROR: ")
    athena.rows(f"UNLOAD ({BROKEN}) TO '{json}' WITH (format = 'JSON')")


@stack
def test_an_insert_whose_rows_do_not_come_back_fails(athena: Athena, name: Name) -> None:
    """INSERT into a text table is checked, into partitions outside the table's folder too."""
    table = name()
    athena.rows(f"CREATE EXTERNAL TABLE {table} (x string) PARTITIONED BY (n int) LOCATION '{athena.root}/{table}/'")
    athena.rows(f"ALTER TABLE {table} ADD PARTITION (n=1) LOCATION '{athena.root}/elsewhere-{table}/'")
    counted, files = manifest(athena, f"INSERT INTO {table} VALUES ('a', 1), ('b', 2)")
    assert (counted, len(files)) == (2, 2)
    assert athena.reason(f"INSERT INTO {table} {BROKEN}").startswith("HIVE_WRITER_DATA_ERROR: ")


@stack
def test_iceberg_counts_agree(athena: Athena, name: Name) -> None:
    """The snapshot of an INSERT has as many rows as the query, also when the data path is another folder."""
    table = name()
    athena.rows(
        f"CREATE TABLE {table} WITH (table_type = 'ICEBERG', is_external = false, location = '{athena.root}/{table}/') "
        "AS SELECT 1 AS id"
    )
    athena.rows(f"ALTER TABLE {table} SET TBLPROPERTIES ('write.data.path'='{athena.root}/data-{table}')")
    counted, files = manifest(athena, f"INSERT INTO {table} SELECT n FROM UNNEST(sequence(1, 10)) t(n)")
    assert counted == 10
    assert all(f"data-{table}" in url for url in files)
    assert manifest(athena, f"INSERT INTO {table} SELECT 1 WHERE false") == (0, [])
