"""Tables of the Glue catalog read from Redshift, through the running Trino."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import awswrangler as wr
import pandas as pd
import psycopg
import pytest

from localcloud.redshift.spectrum.schemas import type_of

pytestmark = pytest.mark.stack
Connect = Callable[..., psycopg.Connection[Any]]
ROLE = "arn:aws:iam::123456789012:role/LabRole"


@pytest.fixture
def spectrum(
    in_lab: Mapping[str, str], bucket: str, schema: psycopg.Connection[Any]
) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection with an external schema `lake` that holds one partitioned table with nested columns."""
    frame = pd.DataFrame(
        {
            "city": ["bonn", "bonn", "kiel"],
            "cars": [1, 2, 3],
            "note": ['say "x"', "a,b\nc", ""],
            "tags": [["a", "b"], [], None],
        }
    )
    wr.catalog.create_database("spectrum_tests", exist_ok=True)
    where = {"database": "spectrum_tests", "table": "speeds", "partition_cols": ["city"]}
    wr.s3.to_parquet(frame, f"s3://{bucket}/spectrum/", dataset=True, mode="overwrite", **where)  # type: ignore[arg-type]
    schema.execute("DROP SCHEMA IF EXISTS lake")
    schema.execute(
        f"CREATE EXTERNAL SCHEMA lake FROM DATA CATALOG DATABASE 'spectrum_tests' IAM_ROLE '{ROLE}'".encode()
    )
    yield schema
    schema.execute("DROP SCHEMA lake")


def test_an_external_table_is_read_whole(spectrum: psycopg.Connection[Any]) -> None:
    """Every value comes over as it is in the files: quotes, line ends, empty text, null, partition and nesting."""
    rows = spectrum.execute("SELECT * FROM lake.speeds ORDER BY cars").fetchall()
    assert rows == [(1, 'say "x"', '["a","b"]', "bonn"), (2, "a,b\nc", "[]", "bonn"), (3, "", None, "kiel")]


def test_external_and_local_tables_join(spectrum: psycopg.Connection[Any]) -> None:
    """A join with a table of the warehouse, and nested elements as rows."""
    spectrum.execute("CREATE TABLE names (city VARCHAR(9), long_name VARCHAR(20))")
    spectrum.execute("INSERT INTO names VALUES ('bonn', 'Bonn am Rhein')")
    sql = "SELECT n.long_name, SUM(s.cars) FROM lake.speeds s JOIN names n ON n.city = s.city GROUP BY 1"
    assert spectrum.execute(sql.encode()).fetchall() == [("Bonn am Rhein", 3)]
    assert spectrum.execute("SELECT t::VARCHAR FROM lake.speeds s, s.tags t ORDER BY 1").fetchall() == [("a",), ("b",)]


def test_each_run_reads_the_files_anew(spectrum: psycopg.Connection[Any], bucket: str) -> None:
    """A prepared statement run again after a write to the lake sees the new rows."""
    sql = "SELECT COUNT(*) FROM lake.speeds WHERE cars > %s"
    assert spectrum.execute(sql, [0], prepare=True).fetchone() == (3,)
    more = pd.DataFrame({"city": ["bonn"], "cars": [9], "note": ["n"], "tags": [["z"]]})
    where = {"database": "spectrum_tests", "table": "speeds", "partition_cols": ["city"]}
    wr.s3.to_parquet(more, f"s3://{bucket}/spectrum/", dataset=True, mode="append", **where)  # type: ignore[arg-type]
    assert spectrum.execute(sql, [0], prepare=True).fetchone() == (4,)


def test_the_views_of_external_tables_tell_the_catalog(spectrum: psycopg.Connection[Any]) -> None:
    """SVV_EXTERNAL_COLUMNS has Glue's columns and types, partition keys last."""
    sql = "SELECT columnname, external_type, part_key FROM svv_external_columns WHERE schemaname = 'lake' ORDER BY columnnum"
    assert spectrum.execute(sql).fetchall() == [
        ("cars", "bigint", 0),
        ("note", "string", 0),
        ("tags", "array<string>", 0),
        ("city", "string", 1),
    ]


def test_show_lists_external_schemas_tables_and_columns(spectrum: psycopg.Connection[Any], connect: Connect) -> None:
    """SHOW has external tables as the catalog has them now, by name or parameter, in this database or another."""
    assert ("external", "spectrum_tests") in [
        (row[3], row[5]) for row in spectrum.execute("SHOW SCHEMAS FROM DATABASE city LIKE 'lake'")
    ]
    columns = [
        *(("cars", "bigint", None), ("note", "character varying", 16383)),
        *(("tags", "super", None), ("city", "character varying", 16383)),
    ]
    with connect(dbname="city") as admin:
        admin.execute("DROP DATABASE IF EXISTS next_door")
        admin.execute("CREATE DATABASE next_door")
    with connect(dbname="next_door") as beside:
        for asking in (spectrum, beside):
            tables = asking.execute("SHOW TABLES FROM SCHEMA city.lake").fetchall()
            assert [(row[2], row[3]) for row in tables] == [("speeds", "EXTERNAL TABLE")]
            found = asking.execute("SHOW COLUMNS FROM TABLE %s.%s.%s", ["city", "lake", "speeds"])
            assert [(row[3], row[7], row[8]) for row in found] == columns
    spectrum.execute("DROP DATABASE next_door")


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("decimal(10,2)", {"data_type": "numeric", "number_precision": 10, "number_scale": 2}),
        ("decimal(5)", {"data_type": "numeric", "number_precision": 5, "number_scale": 0}),
        ("decimal", {"data_type": "numeric", "number_precision": 10, "number_scale": 0}),
        ("VARCHAR(7)", {"data_type": "character varying", "text_length": 7}),
        ("struct<a:decimal(1,0)>", {"data_type": "super"}),
    ],
)
def test_a_type_of_the_catalog_is_shown_as_redshifts(kind: str, shown: dict[str, Any]) -> None:
    """Types of the Data Catalog have Redshift's names and sizes; nested ones are SUPER."""
    assert type_of(kind) == shown


def test_a_user_without_usage_reads_nothing(spectrum: psycopg.Connection[Any], connect: Connect) -> None:
    """Another user sees no table in the external schema until it is given USAGE."""
    spectrum.execute("DROP USER IF EXISTS spectrum_reader")
    spectrum.execute("CREATE USER spectrum_reader PASSWORD 'Reader12345'")
    reader = connect(user="spectrum_reader", password="Reader12345")
    with pytest.raises(psycopg.Error, match="permission denied|does not exist"):
        reader.execute("SELECT COUNT(*) FROM lake.speeds")
    reader.close()
    spectrum.execute("DROP USER spectrum_reader")


def test_a_database_with_an_external_schema_can_be_dropped(connect: Connect, bucket: str) -> None:
    """What the gateway itself asked of a database does not count as its user."""
    admin = connect()
    admin.execute("CREATE DATABASE passing")
    guest = connect(dbname="passing")
    guest.execute(f"CREATE EXTERNAL SCHEMA lake FROM DATA CATALOG DATABASE 'default' IAM_ROLE '{ROLE}'".encode())
    guest.execute("SELECT * FROM svv_external_tables")
    guest.close()
    admin.execute("DROP DATABASE passing")
    assert admin.execute("SELECT COUNT(*) FROM pg_database WHERE datname = 'passing'").fetchone() == (0,)
