"""INSERT by the properties of its table."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from ..conftest import BUCKET, Athena
from .case import CSV, GROK, REGEX

pytestmark = pytest.mark.stack
Name = Callable[[], str]


@pytest.mark.parametrize(
    ("serde", "properties"),
    [(CSV, ""), (REGEX, "'input.regex' = '(.*)'"), (GROK, "'input.format' = '%{WORD:a}'")],
)
def test_serdes_that_are_only_read(athena: Athena, name: Name, serde: str, properties: str) -> None:
    """Page insert-into does not list them; nothing is written."""
    table = name()
    given = f"WITH SERDEPROPERTIES ({properties})" if properties else ""
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a string) ROW FORMAT SERDE '{serde}' {given} LOCATION '{athena.root}/{table}/'"
    )
    reason = athena.reason(f"INSERT INTO {table} VALUES ('x')")
    assert reason == f"NOT_SUPPORTED: INSERT INTO is not supported for tables of the SerDe {serde}"
    assert athena.keys(f"{athena.root}/{table}/") == []


@pytest.mark.parametrize(
    ("key", "value", "codec"),
    [
        ("parquet.compression", "SNAPPY", "SNAPPY"),
        ("parquet.compression", "UNCOMPRESSED", "UNCOMPRESSED"),
        ("parquet.compress", "SNAPPY", "SNAPPY"),
        ("write.compression", "ZSTD", "ZSTD"),
        ("classification", "parquet", "GZIP"),
    ],
)
def test_parquet_is_compressed_as_the_table_says(athena: Athena, name: Name, key: str, value: str, codec: str) -> None:
    """The compression is that of the table's property, or GZIP without one (page compression-formats)."""
    import pyarrow.parquet

    table = name()
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a int) STORED AS PARQUET LOCATION '{athena.root}/{table}/' "
        f"TBLPROPERTIES ('{key}' = '{value}')"
    )
    athena.rows(f"INSERT INTO {table} VALUES (1), (2)")
    body = athena.s3.get_object(Bucket=BUCKET, Key=athena.keys(f"{athena.root}/{table}/")[0])["Body"].read()
    assert pyarrow.parquet.ParquetFile(io.BytesIO(body)).metadata.row_group(0).column(0).compression == codec
    assert athena.rows(f"SELECT sum(a) FROM {table}") == [["3"]]


@pytest.mark.parametrize(("value", "ending"), [("NONE", ""), ("GZIP", ".gz"), ("ZSTD", ".zst"), ("SNAPPY", ".snappy")])
def test_text_is_compressed_as_the_table_says(athena: Athena, name: Name, value: str, ending: str) -> None:
    """`write.compression` is for text files and JSON; what was written is read again."""
    table = name()
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a int, b string) LOCATION '{athena.root}/{table}/' "
        f"TBLPROPERTIES ('write.compression' = '{value}')"
    )
    athena.rows(f"INSERT INTO {table} VALUES (1, 'x'), (2, NULL)")
    key = athena.keys(f"{athena.root}/{table}/")[0].rpartition("/")[2]
    assert key.endswith(ending) if ending else "." not in key
    assert athena.rows(f"SELECT * FROM {table} ORDER BY a") == [["1", "x"], ["2", None]]


def test_the_delimiter_of_a_ctas_is_read_again(athena: Athena, name: Name) -> None:
    """Page create-table-as: `field_delimiter` is for text files; INSERT and UNLOAD keep to it."""
    table, out = name(), f"{name()}/"
    athena.rows(f"CREATE TABLE {table} WITH (format = 'TEXTFILE', field_delimiter = '|') AS SELECT 1 AS a, 'x' AS b")
    athena.rows(f"INSERT INTO {table} VALUES (2, 'y')")
    assert athena.rows(f"SELECT * FROM {table} ORDER BY a") == [["1", "x"], ["2", "y"]]
    athena.rows(
        f"UNLOAD (SELECT * FROM {table}) TO '{athena.root}/{out}' WITH (format = 'TEXTFILE', field_delimiter = ';')"
    )
    assert len(athena.keys(f"{athena.root}/{out}")) >= 1
