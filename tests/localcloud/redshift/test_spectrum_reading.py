"""How the files of external tables are read, by the pages c-spectrum-external-tables and r_CREATE_EXTERNAL_TABLE."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc

from localcloud.athena.serdes.classes import LAZY, OPENX_JSON, TEXT_INPUT, TEXT_OUTPUT
from localcloud.athena.statements.storage import FORMATS

pytestmark = pytest.mark.stack
DATABASE, PREFIX = "reading_tests", "reading/"
Define = Callable[..., str]


@pytest.fixture
def lake(in_lab: Mapping[str, str], bucket: str, schema: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection with an external schema `lake` over an empty database of the catalog."""
    glue, s3 = boto3.client("glue"), boto3.client("s3")
    for database in glue.get_databases()["DatabaseList"]:
        if database["Name"] == DATABASE:
            glue.delete_database(Name=DATABASE)
    glue.create_database(DatabaseInput={"Name": DATABASE})
    for item in s3.list_objects_v2(Bucket=bucket, Prefix=PREFIX).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=item["Key"])
    schema.execute("DROP SCHEMA IF EXISTS lake")
    schema.execute(f"CREATE EXTERNAL SCHEMA lake FROM DATA CATALOG DATABASE '{DATABASE}' IAM_ROLE default".encode())
    yield schema
    schema.execute("DROP SCHEMA lake")


@pytest.fixture
def define(lake: psycopg.Connection[Any], bucket: str) -> Define:
    """Give a function that stores an object and a table `t` over it, and returns the object's address."""

    def make(body: bytes, form: str, columns: Mapping[str, str], **more: Any) -> str:
        inputs, outputs, serde = FORMATS[form]
        boto3.client("s3").put_object(Bucket=bucket, Key=f"{PREFIX}t/data", Body=body)
        storage = {
            "Columns": [{"Name": name, "Type": kind} for name, kind in columns.items()],
            "Location": f"s3://{bucket}/{PREFIX}t/",
            "InputFormat": inputs,
            "OutputFormat": outputs,
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": more.get("serde", {})},
        }
        table = {
            "Name": "t",
            "TableType": more.get("kind", "EXTERNAL_TABLE"),
            "Parameters": {"EXTERNAL": "TRUE", **more.get("properties", {})},
            "StorageDescriptor": storage,
        }
        boto3.client("glue").create_table(DatabaseName=DATABASE, TableInput=table)  # type: ignore[arg-type]
        return f"s3://{bucket}/{PREFIX}t/data"

    return make


def parquet(**columns: pa.Array) -> bytes:
    """Return a Parquet file of these columns."""
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("resolution", "expected"),
    [(None, ("1", "x")), ("name", ("1", "x")), ("position", ("x", "1")), ("other", ("x", "1"))],
)
def test_columns_of_orc_go_by_name_unless_the_table_says_otherwise(
    lake: psycopg.Connection[Any], define: Define, resolution: str | None, expected: tuple[str, str]
) -> None:
    """Name is the default; any value but `name` and `position` means position (orc.schema.resolution)."""
    out = io.BytesIO()
    orc.write_table(pa.table({"b": ["x"], "a": ["1"]}), out)
    properties = {"orc.schema.resolution": resolution} if resolution else {}
    define(out.getvalue(), "ORC", {"a": "string", "b": "string"}, properties=properties)
    assert lake.execute("SELECT a, b FROM lake.t").fetchone() == expected


def test_columns_of_parquet_go_by_name(lake: psycopg.Connection[Any], define: Define) -> None:
    """The order in the file does not matter, and a column that it lacks is null."""
    define(parquet(b=pa.array(["x"]), a=pa.array([1])), "PARQUET", {"a": "bigint", "c": "int", "b": "string"})
    assert lake.execute("SELECT a, b, c FROM lake.t").fetchone() == (1, "x", None)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pa.array(["x"]), "int"),
        (pa.array([2**40]), "int"),
        (pa.array([1]), "decimal(5,2)"),
        (pa.array([1.5]), "bigint"),
        (pa.array([True]), "string"),
    ],
)
def test_a_type_that_is_not_the_files_is_an_error(
    lake: psycopg.Connection[Any], define: Define, values: pa.Array, kind: str
) -> None:
    """The type of a column must match that of the Parquet file (c-spectrum-troubleshooting)."""
    define(parquet(a=values), "PARQUET", {"a": kind})
    with pytest.raises(psycopg.Error, match="Spectrum Scan Error"):
        lake.execute("SELECT a FROM lake.t")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("varchar(6)", "Zürich", "Züric"),
        ("varchar(3)", "abcdef", "abc"),
        ("varchar(5)", "日本語", "日"),
        ("varchar(9)", "日本語", "日本語"),
    ],
)
def test_text_is_cut_to_the_bytes_of_its_column(
    lake: psycopg.Connection[Any], define: Define, kind: str, text: str, expected: str
) -> None:
    """A length counts bytes, and longer values are cut without an error (r_CREATE_EXTERNAL_TABLE, data_type)."""
    define(text.encode() + b"\n", "TEXTFILE", {"a": kind})
    assert lake.execute("SELECT a FROM lake.t").fetchone() == (expected,)


def test_extremes_come_over(lake: psycopg.Connection[Any], define: Define) -> None:
    """Microseconds, the first and the last day, infinities and NaN, bytes and nesting are as in the file."""
    moments = pa.array([-62135596800000000, 253402300799999999, 1, None], pa.timestamp("us"))
    body = parquet(
        f=pa.array([float("nan"), float("inf"), -0.0, None]),
        t=moments,
        d=pa.array([-719162, 2932896, 0, None], pa.date32()),
        b=pa.array([b"\0a", b"", b"z", None]),
        n=pa.array([{"p": 1}, {"p": None}, None, {"p": 2}]),
    )
    define(body, "PARQUET", {"f": "double", "t": "timestamp", "d": "date", "b": "binary", "n": "struct<p:bigint>"})
    shown = lake.execute(
        "SELECT f::varchar, t::varchar, d::varchar, to_hex(b), json_serialize(n) FROM lake.t"
    ).fetchall()
    assert shown == [
        ("NaN", "0001-01-01 00:00:00", "0001-01-01", "0061", '{"p":1}'),
        ("Infinity", "9999-12-31 23:59:59.999999", "9999-12-31", "", '{"p":null}'),
        ("-0", "1970-01-01 00:00:00.000001", "1970-01-01", "7a", "null"),
        (None, None, None, None, '{"p":2}'),
    ]


def test_properties_of_text_are_honoured(lake: psycopg.Connection[Any], define: Define) -> None:
    """skip.header.line.count and serialization.null.format (r_CREATE_EXTERNAL_TABLE, TABLE PROPERTIES)."""
    properties = {"skip.header.line.count": "1", "serialization.null.format": "nil"}
    define(
        b"a|b\n1|nil\n2|x\n", "TEXTFILE", {"a": "int", "b": "string"}, serde={"field.delim": "|"}, properties=properties
    )
    assert lake.execute("SELECT a, b FROM lake.t ORDER BY a").fetchall() == [(1, None), (2, "x")]


@pytest.mark.parametrize("name", ["surplus_char_handling", "invalid_char_handling", "column_count_mismatch_handling"])
def test_a_property_that_changes_values_is_refused(lake: psycopg.Connection[Any], define: Define, name: str) -> None:
    """Data handling options are refused by name, not ignored."""
    define(b"abc\n", "TEXTFILE", {"a": "varchar(2)"}, properties={name: "SET_TO_NULL"})
    with pytest.raises(psycopg.Error, match=f"the table property {name} of reading_tests.t is not supported"):
        lake.execute("SELECT a FROM lake.t")


def test_a_view_of_the_data_catalog_is_refused(lake: psycopg.Connection[Any], define: Define) -> None:
    """Athena's views are no external tables."""
    define(b"", "TEXTFILE", {"a": "string"}, kind="VIRTUAL_VIEW")
    with pytest.raises(psycopg.Error, match="a view of the Data Catalog"):
        lake.execute("SELECT a FROM lake.t")


def test_pseudo_columns_tell_path_and_size(lake: psycopg.Connection[Any], define: Define) -> None:
    """ "$path" and "$size" of the file of each row; a star does not include them (c-spectrum-external-tables)."""
    address = define(b"1\n2\n", "TEXTFILE", {"a": "int"})
    assert lake.execute('SELECT DISTINCT "$path", "$size" FROM lake.t').fetchall() == [(address, 4)]
    assert lake.execute("SELECT * FROM lake.t ORDER BY 1").fetchall() == [(1,), (2,)]


@pytest.mark.parametrize("name", ["lake.t", "city.lake.t", '"city"."lake"."t"'])
def test_an_external_table_is_read_by_each_of_its_names(
    lake: psycopg.Connection[Any], define: Define, name: str
) -> None:
    """With the database or without, also through a late-binding view that was renamed (dbt's `bind: false`)."""
    define(b"1\n2\n", "TEXTFILE", {"a": "int"})
    assert lake.execute(f"SELECT count(*) FROM {name}".encode()).fetchone() == (2,)
    lake.execute(f"CREATE VIEW late AS SELECT a FROM {name} WITH NO SCHEMA BINDING".encode())
    lake.execute("ALTER TABLE late RENAME TO later")
    assert lake.execute("SELECT sum(a) FROM later").fetchone() == (3,)


def test_a_materialized_view_keeps_what_it_read(lake: psycopg.Connection[Any], define: Define, bucket: str) -> None:
    """It holds the rows of its last REFRESH, which reads the files again. Dropping it leaves nothing behind."""
    define(b"1\n2\n2\n", "TEXTFILE", {"a": "int"})
    lake.execute("CREATE MATERIALIZED VIEW counted AS SELECT a, count(*) AS n FROM lake.t GROUP BY a")
    boto3.client("s3").put_object(Bucket=bucket, Key=f"{PREFIX}t/more", Body=b"1\n3\n")
    assert lake.execute("SELECT * FROM counted ORDER BY a").fetchall() == [(1, 1), (2, 2)]
    lake.execute("REFRESH MATERIALIZED VIEW counted")
    assert lake.execute("SELECT * FROM counted ORDER BY a").fetchall() == [(1, 2), (2, 2), (3, 1)]
    lake.execute("DROP MATERIALIZED VIEW counted")
    assert lake.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'pg_spectrum'").fetchone() == (0,)


def test_a_bound_view_is_refused(lake: psycopg.Connection[Any], define: Define) -> None:
    """A view over an external table needs WITH NO SCHEMA BINDING (r_CREATE_EXTERNAL_TABLE)."""
    define(b"1\n", "TEXTFILE", {"a": "int"})
    with pytest.raises(psycopg.Error, match="External tables are not supported in views"):
        lake.execute("CREATE VIEW bound AS SELECT a FROM lake.t")


RECORDS = {
    "equal keys": (b'{"a":1,"A":2}\n', "Duplicate key"),
    "a word as a number": (b'{"a":"x"}\n', "Error parsing field value 'x'"),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_json_is_checked_as_for_athena(lake: psycopg.Connection[Any], bucket: str, kind: str) -> None:
    """The engine would answer one of two equal keys, and NULL for a value of another type."""
    body, reason = RECORDS[kind]
    boto3.client("s3").put_object(Bucket=bucket, Key=f"{PREFIX}t/data", Body=body)
    _text_table(bucket, OPENX_JSON)
    with pytest.raises(psycopg.Error, match=reason):
        lake.execute("SELECT * FROM lake.t")


@pytest.mark.parametrize(
    ("ending", "body"), [("lz4", b"\x04\x22\x4d\x18\x64\x40\xa7\x06"), ("snappy", b"\x05\x10hello")]
)
def test_frames_are_refused_before_the_engine(
    lake: psycopg.Connection[Any], bucket: str, ending: str, body: bytes
) -> None:
    """The engine takes a frame's mark for a length that exhausts its memory."""
    boto3.client("s3").put_object(Bucket=bucket, Key=f"{PREFIX}t/data.{ending}", Body=body)
    _text_table(bucket, LAZY)
    with pytest.raises(psycopg.Error, match="not compressed the way Hadoop does it"):
        lake.execute("SELECT count(*) FROM lake.t")


def _text_table(bucket: str, serde: str) -> None:
    storage = {
        "Columns": [{"Name": "a", "Type": "int"}],
        "Location": f"s3://{bucket}/{PREFIX}t/",
        "InputFormat": TEXT_INPUT,
        "OutputFormat": TEXT_OUTPUT,
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": {}},
    }
    table = {"Name": "t", "TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage}
    boto3.client("glue").create_table(DatabaseName=DATABASE, TableInput=table)  # type: ignore[arg-type]
