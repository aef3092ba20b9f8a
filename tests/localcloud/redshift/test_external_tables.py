"""CREATE, ALTER, DROP and INSERT of external tables, by the pages r_CREATE_EXTERNAL_TABLE, r_INSERT_external_table,
r_CREATE_EXTERNAL_TABLE_usage and r_ALTER_TABLE_external-table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import psycopg
import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.external_alter import Partition, read_alter
from localcloud.redshift.sql.external_tables import read_create
from localcloud.redshift.sql.external_types import cast, glue_type
from localcloud.redshift.sql.lexer import lex

DATABASE, PREFIX = "external_tests", "external"
SALES = (
    "create external table spectrum.sales(salesid integer, saledate date, qtysold smallint, pricepaid decimal(8,2), "
    "saletime timestamp) partitioned by (salesmonth char(10), event integer) row format delimited fields terminated by "
    "'\\t' stored as textfile location 's3://mybucket/sales/' table properties ('numRows'='170000')"
)


def test_the_pages_example_is_read() -> None:
    """Columns, keys, delimiter, location and properties (r_CREATE_EXTERNAL_TABLE_examples)."""
    table = read_create(lex(SALES))
    assert table.columns[0] == ("salesid", "int")
    assert [kind for _, kind in table.columns] == ["int", "date", "smallint", "decimal(8,2)", "timestamp"]
    assert table.keys == (("salesmonth", "char(10)"), ("event", "int"))
    assert table.storage.parameters == {"field.delim": "\t"}
    assert (table.location, table.properties) == ("s3://mybucket/sales/", {"numRows": "170000"})


@pytest.mark.parametrize(
    ("written", "expected"),
    [("'\\007'", "\x07"), ("'\\177'", "\x7f"), ("'|'", "|"), ("'\\t'", "\t"), ("'\\A'", "\x01")],
)
def test_a_delimiter_may_be_octal(written: str, expected: str) -> None:
    """One ASCII character, or its octal number (r_CREATE_EXTERNAL_TABLE, ROW FORMAT DELIMITED)."""
    sql = f"create external table s.t (a int) row format delimited fields terminated by {written} location 's3://b/k/'"
    assert read_create(lex(sql)).storage.parameters["field.delim"] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("int8", "bigint"),
        ("DOUBLE  PRECISION", "double"),
        ("numeric", "decimal(18,0)"),
        ("decimal(5)", "decimal(5,0)"),
        ("character varying(7)", "varchar(7)"),
        ("varchar(max)", "varchar(65535)"),
        ("char", "char(1)"),
        ("struct<a:int, b:array<varchar(20)>>", "struct<a:int,b:array<varchar(20)>>"),
    ],
)
def test_types_have_the_catalogs_names(written: str, expected: str) -> None:
    """Each type of the page in the Data Catalog (data_type)."""
    assert glue_type(written) == expected


@pytest.mark.parametrize("written", ["string", "timestamptz", "time", "super", "geometry", "int(3)", "text"])
def test_a_type_that_external_tables_do_not_have_is_refused(written: str) -> None:
    """STRING is Hive's and not Redshift's (c-spectrum-troubleshooting); others are not on the page."""
    with pytest.raises(SqlError, match="not supported"):
        glue_type(written)


@pytest.mark.parametrize(
    "rest",
    [
        "(a int) stored as parquet",
        "(a int) stored as parquet location '/x'",
        "stored as parquet location 's3://b/k/'",
        "(a int) stored as parquet location 's3://b/k/' as select 1",
        "(a int) partitioned by (a int) stored as parquet location 's3://b/k/'",
        "(a int, a int) stored as parquet location 's3://b/k/'",
        "(\"$path\" int) stored as parquet location 's3://b/k/'",
        "(a int) tblproperties ('a'='b') location 's3://b/k/'",
        "(a int) row format delimited fields terminated by 'ab' location 's3://b/k/'",
        '(a int) location "s3://b/k/"',
    ],
)
def test_what_breaks_the_grammar_is_refused(rest: str) -> None:
    """Missing parts, names given twice, Hive's own words (r_CREATE_EXTERNAL_TABLE)."""
    with pytest.raises(SqlError):
        read_create(lex(f"create external table s.t {rest}"))


@pytest.mark.parametrize(
    ("rest", "action"),
    [
        ("set table properties ('numRows'='170000')", "SET TABLE PROPERTIES"),
        ("set location 's3://b/k/'", "SET LOCATION"),
        ("set file format parquet", "SET FILE FORMAT"),
        ("add if not exists partition(d='2008-01-01') location 's3://b/k/'", "ADD PARTITION"),
        ("drop partition(d='2008-01-01')", "DROP PARTITION"),
        ("partition(d='2008-01-01') set location 's3://b/k/'", "SET PARTITION LOCATION"),
        ("rename column sales_date to transaction_date", "RENAME COLUMN"),
    ],
)
def test_each_alter_of_the_page_is_read(rest: str, action: str) -> None:
    """The examples of r_ALTER_TABLE_external-table."""
    assert read_alter(lex(f"alter table spectrum.sales {rest}")).action == action


def test_several_partitions_are_added_at_once() -> None:
    """One ALTER TABLE adds partitions, each with its location (r_ALTER_TABLE_external-table)."""
    sql = "alter table s.t add partition(m='1', e=2) location 's3://b/1/' partition(m='2', e=3) location 's3://b/2/'"
    assert read_alter(lex(sql)).partitions[1] == Partition({"m": "2", "e": "3"}, "s3://b/2/")


@pytest.mark.parametrize("rest", ["add column z int", "owner to x", "rename to y", "drop column a", "set nothing"])
def test_another_alter_is_refused(rest: str) -> None:
    """What the page does not have for external tables is an error."""
    with pytest.raises(SqlError):
        read_alter(lex(f"alter table s.t {rest}"))


def test_a_type_that_cannot_be_written_is_refused() -> None:
    """Nested columns are read only."""
    with pytest.raises(SqlError, match="writing the type struct"):
        cast("c0", "struct<a:int>")


@pytest.fixture
def lake(in_lab: Mapping[str, str], bucket: str, schema: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection with an empty external schema `lake` and a table `src` of every type that can be written."""
    glue, s3 = boto3.client("glue"), boto3.client("s3")
    for database in glue.get_databases()["DatabaseList"]:
        if database["Name"] == DATABASE:
            glue.delete_database(Name=DATABASE)
    for item in s3.list_objects_v2(Bucket=bucket, Prefix=PREFIX).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=item["Key"])
    schema.execute("DROP SCHEMA IF EXISTS lake")
    made = "CREATE EXTERNAL DATABASE IF NOT EXISTS"
    schema.execute(
        f"CREATE EXTERNAL SCHEMA lake FROM DATA CATALOG DATABASE '{DATABASE}' IAM_ROLE default {made}".encode()
    )
    columns = "id int, big bigint, v varchar(30), c char(5), d decimal(8,2), f float8, day date, ok bool, ts timestamp"
    schema.execute(f"CREATE TABLE src ({columns})".encode())
    schema.execute(
        "INSERT INTO src VALUES (1, 9223372036854775807, 'Zü|rich', 'ab', -1.5, 'Infinity', '0001-01-01', true, "
        "'9999-12-31 23:59:59.999999'), (2, null, null, null, null, null, null, null, null), "
        "(3, -1, '', '', 0, 1e-300, '2024-02-29', false, '2024-01-01')"
    )
    yield schema
    schema.execute("DROP SCHEMA lake")


def location(bucket: str) -> str:
    """Return where the tables of the tests lie."""
    return f"s3://{bucket}/{PREFIX}/t/"


def same(connection: psycopg.Connection[Any], columns: str) -> bool:
    """Return whether `lake.t` holds the rows of `src`."""
    sql = f"SELECT {columns} FROM {{}} ORDER BY id"
    written, read = (connection.execute(sql.format(name).encode()).fetchall() for name in ("src", "lake.t"))
    return bool(written == read and len(read) == 3)


@pytest.mark.stack
@pytest.mark.parametrize("form", ["PARQUET", "TEXTFILE"])
@pytest.mark.parametrize("keys", ["", "PARTITIONED BY (day)", "PARTITIONED BY (ok, day)"])
def test_a_table_made_as_a_query_holds_its_rows(
    lake: psycopg.Connection[Any], bucket: str, form: str, keys: str
) -> None:
    """Every type comes back as it was, null and empty text too; keys go into folders; numRows is the count."""
    lake.execute(
        f"CREATE EXTERNAL TABLE lake.t {keys} STORED AS {form} LOCATION '{location(bucket)}' AS SELECT * FROM src".encode()
    )
    assert same(lake, "id, big, v, c, d, f, day, ok, ts")
    entry = boto3.client("glue").get_table(DatabaseName=DATABASE, Name="t")["Table"]
    assert entry["Parameters"]["numRows"] == "3"
    logged = lake.execute(
        "SELECT sum(line_count) FROM stl_unload_log WHERE path LIKE %s", [f"{location(bucket)}%"]
    ).fetchone()
    assert logged is not None
    assert logged[0] >= 3


@pytest.mark.stack
@pytest.mark.parametrize(
    "form", ["STORED AS PARQUET", "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' STORED AS TEXTFILE"]
)
def test_an_insert_adds_rows_and_partitions(lake: psycopg.Connection[Any], bucket: str, form: str) -> None:
    """Rows are added to what is there, with new partitions registered, and numRows grows (r_INSERT_external_table)."""
    lake.execute(
        f"CREATE EXTERNAL TABLE lake.t (id int, v varchar(30), d decimal(10,3)) PARTITIONED BY (day date) {form} "
        f"LOCATION '{location(bucket)}' TABLE PROPERTIES ('numRows'='0')".encode()
    )
    for _ in range(2):
        assert lake.execute("INSERT INTO lake.t SELECT id, v, d, day FROM src").rowcount == 3
    assert lake.execute("SELECT count(*), sum(d) FROM lake.t").fetchone() == (6, -3)
    found = lake.execute("SELECT \"values\" FROM svv_external_partitions WHERE tablename = 't' ORDER BY 1").fetchall()
    assert found == [('["0001-01-01"]',), ('["2024-02-29"]',), ('["__HIVE_DEFAULT_PARTITION__"]',)]
    assert boto3.client("glue").get_table(DatabaseName=DATABASE, Name="t")["Table"]["Parameters"]["numRows"] == "6"


@pytest.mark.stack
@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("INSERT INTO lake.t SELECT id FROM src", "gives 1 columns, but lake.t has 2"),
        ("INSERT INTO lake.t SELECT id, v FROM src", "Value too long"),
        ("INSERT INTO lake.t SELECT big, 'a' FROM src", "integer out of range|bigint out of range|overflow"),
        ("INSERT INTO lake.t SELECT 1, 'a|b'", "contains the delimiter"),
        ("INSERT INTO lake.t SELECT 1, '\\\\N'", "the null string"),
        ("INSERT INTO lake.t SELECT id, 'a' FROM src LIMIT 1", "Limit clause is not supported"),
        ("INSERT INTO lake.t VALUES (1, 'a')", "needs one SELECT"),
        ("DELETE FROM lake.t", "DELETE of an external table is not supported"),
        ("UPDATE lake.t SET id = 1", "UPDATE of an external table is not supported"),
        ("CREATE EXTERNAL TABLE lake.t (a int) STORED AS PARQUET LOCATION 's3://lab/x/'", "already exists"),
        ("CREATE EXTERNAL TABLE lake.u STORED AS ORC LOCATION 's3://lab/x/' AS SELECT 1 AS a", "STORED AS ORC"),
        ("CREATE EXTERNAL TABLE lake.u STORED AS PARQUET LOCATION 's3://lab/external/' AS SELECT 1 AS a", "not empty"),
    ],
)
def test_what_cannot_be_written_leaves_no_file(
    lake: psycopg.Connection[Any], bucket: str, sql: str, message: str
) -> None:
    """An error, and neither files nor rows of the statement that failed."""
    fields = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' STORED AS TEXTFILE"
    lake.execute(f"CREATE EXTERNAL TABLE lake.t (id int, v varchar(3)) {fields} LOCATION '{location(bucket)}'".encode())
    lake.execute("INSERT INTO lake.t SELECT 7, 'ok'")
    with pytest.raises(psycopg.Error, match=message):
        lake.execute(sql.encode())
    assert lake.execute("SELECT * FROM lake.t").fetchall() == [(7, "ok")]
    assert len(boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"{PREFIX}/")["Contents"]) == 1


@pytest.mark.stack
@pytest.mark.parametrize(
    "sql",
    [
        "CREATE EXTERNAL TABLE lake.t (a int) STORED AS PARQUET LOCATION 's3://lab/external/t/'",
        "INSERT INTO lake.u SELECT 1",
        "DROP TABLE lake.u",
        "ALTER TABLE lake.u SET LOCATION 's3://lab/external/v/'",
    ],
)
def test_a_transaction_block_takes_none_of_them(lake: psycopg.Connection[Any], connect: Any, sql: str) -> None:
    """They cannot run within BEGIN ... END (r_CREATE_EXTERNAL_TABLE, r_INSERT_external_table)."""
    other = connect(autocommit=False)
    other.execute("SELECT 1")
    with pytest.raises(psycopg.Error, match="cannot run inside a transaction block"):
        other.execute(sql.encode())
    other.rollback()


@pytest.mark.stack
def test_an_alter_changes_the_catalog_and_a_drop_keeps_the_files(lake: psycopg.Connection[Any], bucket: str) -> None:
    """Partitions, properties and names are the catalog's; the data on S3 stays (r_ALTER_TABLE_external-table)."""
    lake.execute(
        f"CREATE EXTERNAL TABLE lake.t PARTITIONED BY (day) STORED AS PARQUET LOCATION '{location(bucket)}' "
        "AS SELECT id, v, day FROM src".encode()
    )
    lake.execute("ALTER TABLE lake.t RENAME COLUMN v TO name")
    lake.execute("ALTER TABLE lake.t DROP PARTITION (day='2024-02-29')")
    assert lake.execute("SELECT id, name FROM lake.t ORDER BY id").fetchall() == [(1, None), (2, None)]
    lake.execute("ALTER TABLE lake.t RENAME COLUMN name TO v")
    lake.execute(
        f"ALTER TABLE lake.t ADD PARTITION (day='2024-03-01') LOCATION '{location(bucket)}day=2024-02-29/'".encode()
    )
    assert lake.execute("SELECT id, day::varchar FROM lake.t WHERE id = 3").fetchall() == [(3, "2024-03-01")]
    lake.execute("DROP TABLE lake.t")
    assert len(boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"{PREFIX}/")["Contents"]) == 3
