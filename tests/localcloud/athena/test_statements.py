"""Each family of statements on the running lab."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import BUCKET, Athena

pytestmark = pytest.mark.stack
Name = Callable[[], str]


def test_an_external_table_of_text(athena: Athena, name: Name) -> None:
    """Delimiters, escapes, nulls, comments and partitions of CREATE EXTERNAL TABLE mean what Hive says."""
    table = name()
    athena.put(f"{table}/day=2026-01-01/a.csv", "1|a\\|b\n2|\\N\n")
    athena.rows(
        f"""CREATE EXTERNAL TABLE {table} (id int COMMENT 'the id', `text` string) COMMENT 'words'
        PARTITIONED BY (day date) ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' ESCAPED BY '\\\\'
        LOCATION '{athena.root}/{table}/' TBLPROPERTIES ('a' = 'b')"""
    )
    repaired = athena.rows(f"MSCK REPAIR TABLE {table}")
    assert repaired == [
        [f"Partitions not in metastore:\t{table}:day=2026-01-01"],
        [f"Repair: Added partition to metastore {table}:day=2026-01-01"],
    ]
    assert athena.rows(f"SELECT * FROM {table} ORDER BY id") == [["1", "a|b", "2026-01-01"], ["2", None, "2026-01-01"]]
    assert athena.rows(f"SHOW PARTITIONS {table}") == [["day=2026-01-01"]]


def test_a_table_of_json_lines(athena: Athena, name: Name) -> None:
    """A table by OpenX' SerDe is read and written, under the output format that Athena notes for it."""
    table = name()
    athena.put(f"{table}/day=1/a.json", '{"id": 1}\n')
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (id int) PARTITIONED BY (day string) "
        f"ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"MSCK REPAIR TABLE {table}")
    athena.rows(f"INSERT INTO {table} VALUES (2, '1'), (3, '2')")

    assert athena.rows(f"SELECT id, day FROM {table} ORDER BY id") == [["1", "1"], ["2", "1"], ["3", "2"]]
    assert "ql.io.IgnoreKeyTextOutputFormat" in str(athena.rows(f"SHOW CREATE TABLE {table}"))


def test_describe_and_show_create(athena: Athena, name: Name) -> None:
    """What SHOW CREATE TABLE prints makes the same table again, and DESCRIBE shows its columns."""
    table = name()
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (id bigint, s struct<a:int,b:array<string>>) PARTITIONED BY (p string) "
        f"STORED AS PARQUET LOCATION '{athena.root}/{table}/' TBLPROPERTIES ('k' = 'it\\'s')"
    )
    described = athena.rows(f"DESCRIBE {table}")
    shown = "\n".join(str(row[0]) for row in athena.rows(f"SHOW CREATE TABLE {table}"))
    athena.rows(f"DROP TABLE {table}")
    athena.rows(shown)
    assert athena.rows(f"DESCRIBE {table}") == described
    assert described[0] == ["id                  \tbigint              \t                    "]
    assert "\n".join(str(row[0]) for row in athena.rows(f"SHOW CREATE TABLE {table}")) == shown


@pytest.mark.parametrize("file_format", ["PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE"])
def test_ctas_writes_every_format(athena: Athena, name: Name, file_format: str) -> None:
    """A table made from a query has its rows, its partitions and a manifest, in each format."""
    table = name()
    answer = athena.ask(
        f"CREATE TABLE {table} WITH (format = '{file_format}', partitioned_by = ARRAY['p']) AS "
        "SELECT 1 AS id, 'x' AS text, DATE '2026-01-02' AS day, 'a' AS p UNION ALL SELECT 2, NULL, NULL, 'b'"
    )
    assert answer.execution["SubstatementType"] == "CREATE_TABLE_AS_SELECT", answer.reason
    assert athena.rows(f"SELECT * FROM {table} ORDER BY id") == [["1", "x", "2026-01-02", "a"], ["2", None, None, "b"]]
    manifest = answer.execution["Statistics"]["DataManifestLocation"].removeprefix(f"s3://{BUCKET}/")
    listed = athena.s3.get_object(Bucket=BUCKET, Key=manifest)["Body"].read().decode().split()
    assert {url.split("/p=")[1].split("/")[0] for url in listed} == {"a", "b"}


@pytest.mark.parametrize("codec", ["SNAPPY", "GZIP", "ZSTD", "NONE"])
def test_ctas_compresses_as_asked(athena: Athena, name: Name, codec: str) -> None:
    """The Parquet files of a CTAS are compressed by the codec that `write_compression` names."""
    import io

    import pyarrow.parquet

    table, out = name(), f"{athena.root}/{name()}/"
    athena.rows(
        f"CREATE TABLE {table} WITH (write_compression = '{codec}', external_location = '{out}') AS SELECT 1 AS id"
    )
    body = athena.s3.get_object(Bucket=BUCKET, Key=athena.keys(out)[0])["Body"].read()
    found = pyarrow.parquet.ParquetFile(io.BytesIO(body)).metadata.row_group(0).column(0).compression
    assert found == ("UNCOMPRESSED" if codec == "NONE" else codec)


def test_ctas_with_buckets(athena: Athena, name: Name) -> None:
    """A bucketed table is written in its number of buckets, and a query of one value is answered right."""
    table = name()
    athena.rows(
        f"CREATE TABLE {table} WITH (bucketed_by = ARRAY['id'], bucket_count = 4) AS "
        "SELECT x AS id, x * 2 AS y FROM UNNEST(sequence(1, 100)) t(x)"
    )
    assert athena.rows(f"SELECT y FROM {table} WHERE id = 50") == [["100"]]
    stored = athena.glue.get_table(DatabaseName=athena.database, Name=table)["Table"]["StorageDescriptor"]
    assert (stored["NumberOfBuckets"], stored["BucketColumns"]) == (4, ["id"])


def test_ctas_refuses_a_folder_that_holds_files(athena: Athena, name: Name) -> None:
    """CTAS never mixes its files with others."""
    table = name()
    athena.put(f"{table}/other", "x")
    reason = athena.reason(f"CREATE TABLE {table} WITH (external_location = '{athena.root}/{table}') AS SELECT 1 AS a")
    assert reason.startswith("HIVE_PATH_ALREADY_EXISTS: ")


def test_an_error_in_a_ctas_points_into_the_users_text(athena: Athena, name: Name) -> None:
    """Line and column count from the beginning of what the user wrote."""
    reason = athena.reason(f"CREATE TABLE {name()}\nWITH (format = 'ORC')\nAS SELECT 1.5, nope")
    assert reason.startswith("COLUMN_NOT_FOUND: line 3:16: Column 'nope' cannot be resolved")


def test_insert_adds_rows_and_partitions(athena: Athena, name: Name) -> None:
    """INSERT registers new partitions and counts its rows."""
    table = name()
    athena.rows(f"CREATE TABLE {table} WITH (partitioned_by = ARRAY['p']) AS SELECT 1 AS id, 'a' AS p")
    answer = athena.ask(f"INSERT INTO {table} VALUES (2, 'b'), (3, 'b')")
    counted = athena.client.get_query_results(QueryExecutionId=answer.execution["QueryExecutionId"])["UpdateCount"]
    assert counted == 2
    assert athena.rows(f"SHOW PARTITIONS {table}") == [["p=a"], ["p=b"]]
    assert athena.rows(f"SELECT sum(id) FROM {table}") == [["6"]]


def test_unload_leaves_files_and_no_table(athena: Athena, name: Name) -> None:
    """UNLOAD writes the rows and leaves no trace in the catalog."""
    out = f"{athena.root}/{name()}/"
    before = athena.rows("SHOW TABLES")
    athena.rows(f"UNLOAD (SELECT 1 AS id, 'a' AS p) TO '{out}' WITH (format = 'JSON', partitioned_by = ARRAY['p'])")
    assert athena.rows("SHOW TABLES") == before
    (key,) = athena.keys(out)
    assert "/p=a/" in key


@pytest.mark.parametrize("query", ["SELECT 'a' AS a, X'00' AS b WHERE false", "SELECT CAST(NULL AS varchar) AS a"])
def test_ctas_without_values(athena: Athena, name: Name, query: str) -> None:
    """A table of no rows, or of nulls only, is a table like any other."""
    table = name()
    athena.rows(f"CREATE TABLE {table} AS {query}")
    assert athena.rows(f"SELECT count(a) FROM {table}") == [["0"]]


def test_views_are_shared_with_glue(athena: Athena, name: Name) -> None:
    """A view is a catalog entry in the form that other readers of Glue know, and can be shown and dropped."""
    view = name()
    athena.rows(f"CREATE OR REPLACE VIEW {view} AS SELECT 1 AS a, 'x' AS b")
    entry = athena.glue.get_table(DatabaseName=athena.database, Name=view)["Table"]
    assert entry["TableType"] == "VIRTUAL_VIEW"
    assert entry["ViewOriginalText"].startswith("/* Presto View: ")
    assert athena.rows(f"SELECT b FROM {view}") == [["x"]]
    assert [view] in athena.rows("SHOW VIEWS")
    assert athena.rows(f"SHOW CREATE VIEW {view};")[0] == [f"CREATE VIEW {athena.database}.{view} AS"]
    athena.rows(f"DROP VIEW {view}")
    assert [view] not in athena.rows("SHOW VIEWS")


@pytest.mark.parametrize(
    ("properties", "path", "where"),
    [
        ("'projection.p.type'='enum', 'projection.p.values'='a,b'", "a", "p = 'a'"),
        ("'projection.p.type'='integer', 'projection.p.range'='1,20', 'projection.p.digits'='2'", "07", "p = '07'"),
        ("'projection.p.type'='date', 'projection.p.range'='2026-01-01,NOW', 'projection.p.format'='yyyy-MM-dd'",
         "2026-01-02", "p = '2026-01-02'"),
        ("'projection.p.type'='injected'", "q", "p = 'q'"),
    ],
)  # fmt: skip
def test_partition_projection(athena: Athena, name: Name, properties: str, path: str, where: str) -> None:
    """All four types of projection find files without partitions in the catalog."""
    table = name()
    athena.put(f"{table}/at-{path}/a.csv", "1\n")
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (id int) PARTITIONED BY (p string) LOCATION '{athena.root}/{table}/' "
        f"TBLPROPERTIES ('projection.enabled'='true', {properties}, "
        f"'storage.location.template'='{athena.root}/{table}/at-${{p}}/')"
    )
    assert athena.rows(f"SELECT * FROM {table} WHERE {where}") == [["1", path]]


def test_alter_table(athena: Athena, name: Name) -> None:
    """Columns and partitions can be added, changed and dropped."""
    table = name()
    athena.put(f"elsewhere-{table}/a.csv", "1\x01x\n")
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (id int) PARTITIONED BY (p string, q int) LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"ALTER TABLE {table} ADD COLUMNS (text string)")
    athena.rows(
        f"ALTER TABLE {table} ADD IF NOT EXISTS PARTITION (p='a', q=1) LOCATION '{athena.root}/elsewhere-{table}/' "
        "PARTITION (q=2, p='b')"
    )
    assert athena.rows(f"SELECT * FROM {table}") == [["1", "x", "a", "1"]]
    athena.rows(f"ALTER TABLE {table} DROP PARTITION (q = 2)")
    assert athena.rows(f"SHOW PARTITIONS {table}") == [["p=a/q=1"]]
    athena.rows(f"ALTER TABLE {table} CHANGE COLUMN text words string")
    athena.rows(f"ALTER TABLE {table} SET TBLPROPERTIES ('note'='x')")
    assert athena.rows(f"SHOW TBLPROPERTIES {table} ('note')") == [["x"]]
    assert [row[0].strip() for row in athena.rows(f"SHOW COLUMNS IN {table}") if row[0]] == ["id", "words", "p", "q"]


def test_prepared_statements(athena: Athena, name: Name) -> None:
    """PREPARE, EXECUTE with values, the API's statements and execution parameters lead to the same answer."""
    statement = name()
    athena.rows(f"PREPARE {statement} FROM SELECT ? + 1, ?")
    assert athena.rows(f"EXECUTE {statement} USING 41, 'a, b'") == [["42", "a, b"]]
    assert athena.rows(f"EXECUTE {statement}", ExecutionParameters=["1", "'x'"]) == [["2", "x"]]
    kept = athena.client.get_prepared_statement(StatementName=statement, WorkGroup="primary")["PreparedStatement"]
    assert kept["QueryStatement"] == "SELECT ? + 1, ?"
    athena.rows(f"DEALLOCATE PREPARE {statement}")
    assert athena.reason(f"EXECUTE {statement} USING 1, 2").startswith("NOT_FOUND: ")
    assert athena.rows("SELECT ?, ?", ExecutionParameters=["bare", "1.5"]) == [["bare", "1.5"]]


def test_explain(athena: Athena) -> None:
    """EXPLAIN shows a plan, EXPLAIN ANALYZE runs the query."""
    assert any("Values" in str(row) for row in athena.rows("EXPLAIN SELECT 1"))
    assert any("CPU" in str(row) for row in athena.rows("EXPLAIN ANALYZE SELECT 1"))


def test_information_schema(athena: Athena, name: Name) -> None:
    """The catalog can be asked by SQL."""
    view = name()
    athena.rows(f"CREATE VIEW {view} AS SELECT 1 AS a")
    sql = (
        f"SELECT column_name FROM information_schema.columns WHERE table_schema = '{athena.database}' AND table_name = "
    )
    assert athena.rows(f"{sql}'{view}'") == [["a"]]


def test_bytes_scanned_are_those_of_the_columns_and_partitions_read(athena: Athena, name: Name) -> None:
    """A narrower question scans fewer bytes, and a constant none."""
    table = name()
    athena.rows(
        f"CREATE TABLE {table} WITH (partitioned_by = ARRAY['p']) AS SELECT x AS id, sha256(to_utf8(cast(x * y AS varchar))) "
        "AS noise, x % 2 AS p FROM UNNEST(sequence(1, 10000)) t(x), UNNEST(sequence(1, 10)) u(y)"
    )

    def scanned(sql: str) -> int:
        return int(athena.ask(sql).execution["Statistics"]["DataScannedInBytes"])

    everything = scanned(f"SELECT max(noise), max(id) FROM {table}")
    size = sum(
        one["Size"]
        for one in athena.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{athena.database}/results/tables")["Contents"]
    )
    one_column, half = scanned(f"SELECT max(id) FROM {table}"), scanned(f"SELECT max(noise) FROM {table} WHERE p = 1")
    # The end of each file is read for its footer, 48 kB at a time.
    assert 0.5 * size < everything <= 1.05 * size
    assert one_column < 0.4 * everything
    assert half < 0.7 * everything
    assert scanned("SELECT 1") == 0


def test_partitions_whose_values_have_quotes(athena: Athena, name: Callable[[], str]) -> None:
    """A query finds them by any comparison, and does not lose them among others."""
    table = name()
    for number, value in enumerate(("it's", "a''b", "'", "x", "a%2Fb")):
        athena.put(f"{table}/k={value}/a", f"{number}\n")
    athena.rows(f"CREATE EXTERNAL TABLE {table} (n int) PARTITIONED BY (k string) LOCATION '{athena.root}/{table}/'")
    athena.rows(f"MSCK REPAIR TABLE {table}")
    for where, numbers in (
        ("k = 'it''s'", ["0"]),
        ("k = 'a''''b'", ["1"]),
        ("k IN ('''', 'x')", ["2", "3"]),
        ("k >= 'it''s'", ["0", "3"]),
        ("k <> 'it''s' AND k <> 'x'", ["1", "2", "4"]),
        ("k = 'a/b'", ["4"]),
    ):
        rows = athena.rows(f"SELECT n FROM {table} WHERE {where} ORDER BY n")
        assert rows == [[number] for number in numbers], where
