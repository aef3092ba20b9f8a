"""INSERT, CREATE TABLE AS and UNLOAD of values that a text file cannot give back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from localcloud.athena.serdes.classes import LAZY, PARQUET, PARQUET_INPUT, TEXT_INPUT
from localcloud.athena.statements.text_values import Layout, layout_of

from .conftest import Athena

Name = Callable[[], str]
LOST = "HIVE_WRITER_DATA_ERROR: Values could not be read back"


@pytest.mark.parametrize(
    ("properties", "layout"),
    [
        ({}, Layout()),
        ({"field.delim": ","}, Layout(field=",")),
        ({"field.delim": "9"}, Layout(field="\t")),
        ({"serialization.format": "|"}, Layout(field="|")),
        ({"field.delim": ",", "escape.delim": "\\"}, Layout(field=",", escape="\\")),
        ({"collection.delim": ";", "mapkey.delim": ":"}, Layout(inner=";:\x04\x05\x06\x07\x08")),
        ({"serialization.null.format": ""}, Layout(null="")),
    ],
)
def test_the_layout_of_a_text_table(properties: dict[str, str], layout: Layout) -> None:
    """Delimiters are characters or the numbers of bytes (page lazy-simple-serde)."""
    serde = {"SerializationLibrary": LAZY, "Parameters": properties}
    assert layout_of({"StorageDescriptor": {"InputFormat": TEXT_INPUT, "SerdeInfo": serde}}) == layout


def test_other_formats_hold_any_value() -> None:
    """Parquet has neither delimiters nor a text for NULL."""
    serde = {"SerializationLibrary": PARQUET}
    assert layout_of({"StorageDescriptor": {"InputFormat": PARQUET_INPUT, "SerdeInfo": serde}}) is None


@pytest.mark.stack
@pytest.mark.parametrize(
    ("columns", "row_format", "values"),
    [
        ("a string, b string", "FIELDS TERMINATED BY ','", "'x,y', 'z'"),
        ("a string, b string", "", "'x\x01y', 'z'"),
        ("a string, b string", "FIELDS TERMINATED BY ','", "'x', U&'y\\000D'"),
        ("a string", "FIELDS TERMINATED BY ',' ESCAPED BY '\\\\'", "U&'x\\000Ay'"),
        ("a string, b int", "", "'\\N', 1"),
        ("a string, b int", "NULL DEFINED AS ''", "'', 1"),
        ("a string, b int", "NULL DEFINED AS '0'", "'x', 0"),
        ("a date", "FIELDS TERMINATED BY '-'", "DATE '2024-01-01'"),
        ("a int, b int", "FIELDS TERMINATED BY '-'", "1, -2"),
        ("a timestamp", "FIELDS TERMINATED BY ':'", "TIMESTAMP '2024-01-01 10:00:00.000'"),
        ("a array<string>", "COLLECTION ITEMS TERMINATED BY ';'", "ARRAY['x;y']"),
        ("a array<string>", "", "ARRAY['']"),
        ("a map<string,string>", "COLLECTION ITEMS TERMINATED BY ';' MAP KEYS TERMINATED BY ':'", "MAP(ARRAY['k:'], ARRAY['v'])"),
        ("a map<string,array<string>>", "COLLECTION ITEMS TERMINATED BY ';'", "MAP(ARRAY['k'], ARRAY[ARRAY['v', 'w;']])"),
        ("n int, a struct<x:int,y:string>", "COLLECTION ITEMS TERMINATED BY ';'", "1, CAST(ROW(1, 'p;q') AS row(x int, y varchar))"),
    ],
)  # fmt: skip
def test_insert_writes_no_value_that_would_change(
    athena: Athena, name: Name, columns: str, row_format: str, values: str
) -> None:
    """A delimiter inside a value, the end of a line or the text for NULL is an error, and nothing is written."""
    table = name()
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} ({columns}) ROW FORMAT DELIMITED {row_format} LOCATION '{athena.root}/{table}/'"
    )
    reason = athena.reason(f"INSERT INTO {table} VALUES ({values})")
    assert reason.startswith(LOST), reason
    assert athena.keys(f"{athena.root}/{table}/") == []


@pytest.mark.stack
@pytest.mark.parametrize(
    ("columns", "row_format", "values", "expected"),
    [
        ("a string, b string", "FIELDS TERMINATED BY ',' ESCAPED BY '\\\\'", "'x,y\\', '\\N'", ["x,y\\", "\\N"]),
        ("a string, b string", "", "'x,y', NULL", ["x,y", None]),
        ("a string, d date", "FIELDS TERMINATED BY '|'", "'', DATE '2024-01-01'", ["", "2024-01-01"]),
        ("a array<string>, b string", "FIELDS TERMINATED BY ';'", "ARRAY['x', NULL, ''], ''", ["[x, null, ]", ""]),
        ("v binary, n int", "FIELDS TERMINATED BY ','", "X'2c0a', 7", ["2c 0a", "7"]),
    ],
)
def test_other_values_come_back_as_they_were(
    athena: Athena, name: Name, columns: str, row_format: str, values: str, expected: list[str | None]
) -> None:
    """Characters that don't separate values in the table's files are written and read back."""
    table = name()
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} ({columns}) ROW FORMAT DELIMITED {row_format} LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"INSERT INTO {table} VALUES ({values})")
    assert athena.rows(f"SELECT * FROM {table}") == [expected]


@pytest.mark.stack
def test_ctas_and_unload_write_no_value_that_would_change(athena: Athena, name: Name) -> None:
    """The reason has names and counts. Partition columns may hold anything, because they are in the folder's name."""
    for options, query, shown in (
        ("format = 'TEXTFILE', field_delimiter = ','", "SELECT 'a,b' AS v, 1 AS n", '"v" (1 rows)'),
        ("format = 'TEXTFILE'", "SELECT v FROM (VALUES 'x', '\\N', '\\N') t (v)", '"v" (2 rows)'),
        ("format = 'JSON'", "SELECT X'00ff' AS v", '"v" (1 rows)'),
    ):
        table, folder = name(), name()
        for sql in (
            f"CREATE TABLE {table} WITH ({options}) AS {query}",
            f"UNLOAD ({query}) TO '{athena.root}/{folder}/' WITH ({options})",
        ):
            reason = athena.reason(sql)
            assert reason.startswith(LOST), reason
            assert shown in reason
        assert athena.keys(f"{athena.root}/{folder}/") == []
    table = name()
    options = "format = 'TEXTFILE', field_delimiter = ',', partitioned_by = ARRAY['p']"
    athena.rows(f"CREATE TABLE {table} WITH ({options}) AS SELECT 'x' AS v, 'a,b' AS p")
    assert athena.rows(f"SELECT * FROM {table}") == [["x", "a,b"]]
    athena.rows(f"INSERT INTO {table} (p, v) SELECT 'c,d', ?", ExecutionParameters=["'y'"])
    assert "line 1:8: " in athena.reason(f"SELECT nosuch FROM {table}")
    assert "COLUMN_NOT_FOUND: line 1:35: " in athena.reason(f"INSERT INTO {table} SELECT 'x', nosuch FROM {table}")


@pytest.mark.stack
def test_explain_analyze_writes_no_value_that_would_change(athena: Athena, name: Name) -> None:
    """EXPLAIN ANALYZE runs a statement that writes text, unless a value would not come back (athena-explain-statement)."""
    table, new = name(), name()
    athena.rows(f"CREATE EXTERNAL TABLE {table} (a string) LOCATION '{athena.root}/{table}/'")
    athena.rows(f"EXPLAIN ANALYZE INSERT INTO {table} VALUES 'x'")
    athena.rows(f"EXPLAIN ANALYZE CREATE TABLE {new} WITH (format = 'TEXTFILE') AS SELECT 'y' AS a")
    for sql in (
        f"EXPLAIN ANALYZE INSERT INTO {table} VALUES 'x\ny'",
        f"EXPLAIN ANALYZE CREATE TABLE {name()} WITH (format = 'TEXTFILE') AS SELECT 'x\ny' AS a",
        f"EXPLAIN ANALYZE UNLOAD (SELECT 'x\ny' AS a) TO '{athena.root}/{name()}/' WITH (format = 'TEXTFILE')",
    ):
        assert athena.reason(sql).startswith(LOST)
    assert athena.rows(f"SELECT a FROM {table} UNION ALL SELECT a FROM {new} ORDER BY 1") == [["x"], ["y"]]


@pytest.mark.stack
def test_orc_gets_no_moment_that_it_gives_back_as_another(athena: Athena, name: Name) -> None:
    """A moment in the last second before 1970 is refused, and its neighbours come back (ORC specification, timestamps)."""
    hive, iceberg = name(), name()
    kept = ["1969-12-31 23:59:58.500", "1969-12-31 23:59:59.000", "1970-01-01 00:00:00.500"]
    values = ", ".join(f"TIMESTAMP '{moment}'" for moment in kept)
    athena.rows(f"CREATE TABLE {hive} WITH (format = 'ORC') AS SELECT * FROM (VALUES {values}) t (m)")
    assert athena.rows(f"SELECT m FROM {hive} ORDER BY m") == [[moment] for moment in kept]
    options = f"table_type = 'ICEBERG', is_external = false, location = '{athena.root}/{iceberg}/', format = 'ORC'"
    athena.rows(f"CREATE TABLE {iceberg} WITH ({options}) AS SELECT TIMESTAMP '2024-01-01 00:00:00.000000' AS m")
    lost = "TIMESTAMP '1969-12-31 23:59:59.500'"
    for sql in (
        f"INSERT INTO {hive} VALUES {lost}",
        f"INSERT INTO {iceberg} SELECT CAST({lost} AS timestamp(6))",
        f"CREATE TABLE {name()} WITH (format = 'ORC') AS SELECT ARRAY[{lost}] AS a",
        f"UNLOAD (SELECT {lost} AS m) TO '{athena.root}/{name()}/' WITH (format = 'ORC')",
    ):
        assert "the last second before 1970" in athena.reason(sql)
    assert len(athena.rows(f"SELECT m FROM {hive} UNION ALL SELECT m FROM {iceberg}")) == 4


CHANGES = [
    "UPDATE {t} SET k = k + 1, m = {lost} WHERE k = 1",
    "UPDATE {t} SET m = CASE WHEN k = 1 THEN {lost} ELSE m END",
    "MERGE INTO {t} a USING (SELECT 1 AS n, 0 AS z) b ON a.k = b.n WHEN MATCHED AND z = 0 THEN UPDATE SET m = {lost}",
    "MERGE INTO {t} a USING (VALUES (9, {lost})) b (k, v) ON a.k = b.k WHEN NOT MATCHED THEN INSERT (k, m) VALUES (k, v)",
    "MERGE INTO {t} a USING (VALUES 9) b (k) ON a.k = b.k WHEN MATCHED THEN DELETE "
    "WHEN NOT MATCHED THEN INSERT VALUES (b.k, {lost})",
    "UPDATE {t} SET m = (SELECT max(v) FROM (VALUES {lost}) x (v))",
    "MERGE INTO {t} AS a USING (VALUES (9, 9)) AS b (k, m) ON a.k = b.k AND CASE WHEN b.m = 9 THEN true END "
    "WHEN NOT MATCHED THEN INSERT (m, k) VALUES ({lost}, k)",
]


@pytest.mark.stack
def test_no_change_gives_orc_a_moment_that_it_gives_back_as_another(athena: Athena, name: Name) -> None:
    """UPDATE and MERGE of an Iceberg table in ORC refuse a moment in the last second before 1970, and change nothing."""
    table, lost = name(), "TIMESTAMP '1969-12-31 23:59:59.500000'"
    options = f"table_type = 'ICEBERG', is_external = false, location = '{athena.root}/{table}/', format = 'ORC'"
    athena.rows(f"CREATE TABLE {table} WITH ({options}) AS SELECT 1 AS k, TIMESTAMP '2024-01-01 00:00:00.000000' AS m")
    for sql in CHANGES:
        assert "the last second before 1970" in athena.reason(sql.format(t=table, lost=lost))
    assert athena.rows(f"SELECT k, m FROM {table}") == [["1", "2024-01-01 00:00:00.000000"]]
    for sql in CHANGES[:3]:
        athena.rows(sql.format(t=table, lost="TIMESTAMP '1969-12-31 23:59:58.500000'"))
    athena.rows(CHANGES[4].format(t=table, lost="TIMESTAMP '1970-01-01 00:00:00.500000'"))
    assert len(athena.rows(f"SELECT k, m FROM {table}")) == 2
    assert athena.reason(f"UPDATE {table} SET nothing = 1").startswith("COLUMN_NOT_FOUND: line 1:")
    assert athena.reason(f"UPDATE {table} SET k").startswith("SYNTAX_ERROR: line 1:")


@pytest.mark.stack
def test_a_branch_that_does_not_apply_fails_no_merge(athena: Athena, name: Name) -> None:
    """An expression that would divide by zero in a branch that no row takes does not fail the statement."""
    table = name()
    options = f"table_type = 'ICEBERG', is_external = false, location = '{athena.root}/{table}/', format = 'ORC'"
    athena.rows(f"CREATE TABLE {table} WITH ({options}) AS SELECT 1 AS k")
    athena.rows(
        f"MERGE INTO {table} a USING (VALUES 1, 0) b (n) ON a.k = 1 AND b.n = 1 "
        "WHEN MATCHED THEN UPDATE SET k = 10 / b.n WHEN NOT MATCHED THEN INSERT VALUES (7)"
    )
    assert athena.rows(f"SELECT k FROM {table} ORDER BY k") == [["7"], ["10"]]


@pytest.mark.stack
def test_the_ends_of_every_number_are_written(athena: Athena, name: Name) -> None:
    """The least and the greatest whole numbers, NaN and infinities are written with their statistics."""
    table = name()
    columns = (
        "CAST(-9223372036854775808 AS bigint) AS a, CAST(9223372036854775807 AS bigint) AS b, "
        "CAST(-2147483648 AS integer) AS c, nan() AS d, -infinity() AS e"
    )
    athena.rows(f"CREATE TABLE {table} WITH (format = 'PARQUET') AS SELECT {columns}")
    assert athena.rows(f"SELECT * FROM {table}") == [
        ["-9223372036854775808", "9223372036854775807", "-2147483648", "NaN", "-Infinity"]
    ]
