"""What a crawl reads out of files: formats, types, headers, compressions."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import json
import lzma
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc, parquet

from localcloud.glue.crawler.schema import hive, merge, parse

Survey = Callable[..., dict[str, Any]]


def one(survey: Survey, body: bytes | str, name: str = "f", **options: Any) -> Any:
    """Return the table that a single file makes."""
    (table,) = survey({f"t/{name}": body}, **options).values()
    return table


ARROW = pa.table(
    {
        "I": pa.array([1], pa.int32()),
        "l": pa.array([1], pa.int64()),
        "s": pa.array([1], pa.int16()),
        "f": pa.array([1], pa.float32()),
        "d": pa.array([1], pa.float64()),
        "b": pa.array([True]),
        "t": pa.array(["x"]),
        "day": pa.array([dt.date(2024, 1, 1)]),
        "at": pa.array([dt.datetime(2024, 1, 1)], pa.timestamp("us")),
        "m": pa.array([Decimal("1.50")], pa.decimal128(9, 2)),
        "raw": pa.array([b"x"]),
        "many": pa.array([[1]], pa.list_(pa.int64())),
        "by": pa.array([[("k", 1.0)]], pa.map_(pa.string(), pa.float64())),
        "of": pa.array([{"x": 1, "y": "z"}], pa.struct({"x": pa.int32(), "y": pa.string()})),
    }
)
TYPES = {
    "i": "int",
    "l": "bigint",
    "s": "smallint",
    "f": "float",
    "d": "double",
    "b": "boolean",
    "t": "string",
    "day": "date",
    "at": "timestamp",
    "m": "decimal(9,2)",
    "raw": "binary",
    "many": "array<bigint>",
    "by": "map<string,double>",
    "of": "struct<x:int,y:string>",
}


@pytest.mark.parametrize(("write", "name"), [(parquet.write_table, "parquet"), (orc.write_table, "orc")])
def test_types_of_columnar_files(survey: Survey, write: Callable[..., None], name: str) -> None:
    """Parquet and ORC types become Hive types; the rows are counted exactly; internal compression is not reported."""
    buffer = io.BytesIO()
    write(ARROW, buffer)
    table = one(survey, buffer.getvalue(), f"f.{name}")
    assert (table.classification, dict(table.columns)) == (name, TYPES)
    assert (table.compression, table.parts[0].records) == ("none", 1)


def test_a_parquet_file_is_known_without_its_name(survey: Survey) -> None:
    """The bytes decide, not the name."""
    buffer = io.BytesIO()
    parquet.write_table(ARROW, buffer)
    assert one(survey, buffer.getvalue(), "data.csv").classification == "parquet"


def test_only_the_end_of_a_large_parquet_file_is_read() -> None:
    """A footer costs one request of 64 KiB, whatever the size of the file."""
    from localcloud.glue.crawler.classify import classify

    buffer = io.BytesIO()
    parquet.write_table(pa.table({"n": pa.array(range(500_000))}), buffer, compression="none")
    lake = type("L", (), {"calls": [], "read": lambda self, b, k, s, n: self.calls.append(n) or body[s : s + n]})()
    body = buffer.getvalue()
    from localcloud.glue.crawler.sample import S3Object

    sample = classify(lake, "b", S3Object("f.parquet", len(body), "e"), [])
    assert (sample.records, len(lake.calls), len(body) > 4_000_000) == (500_000, 1, True)


def test_types_of_avro_files(survey: Survey) -> None:
    """An Avro file's own schema is the table's, and is kept as avro.schema.literal."""
    fields = [
        {"name": "id", "type": "long"},
        {"name": "n", "type": ["null", "int"], "default": None},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "tags", "type": {"type": "map", "values": "string"}},
        {"name": "p", "type": {"type": "record", "name": "P", "fields": [{"name": "x", "type": "double"}]}},
        {"name": "q", "type": {"type": "array", "items": "P"}},
    ]
    buffer = io.BytesIO()
    row = {"id": 1, "n": None, "at": 0, "tags": {}, "p": {"x": 1.0}, "q": []}
    fastavro.writer(buffer, {"type": "record", "name": "R", "fields": fields}, [row] * 3)
    table = one(survey, buffer.getvalue())
    assert [kind for _, kind in table.columns] == [
        "bigint", "int", "timestamp", "map<string,string>", "struct<x:double>", "array<struct<x:double>>",
    ]  # fmt: skip
    assert (table.parts[0].records, json.loads(table.serde["avro.schema.literal"])["name"]) == (3, "R")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2"], "int"),
        (["1", "3000000000"], "bigint"),
        (["1", "2.5"], "double"),
        (["true"], "boolean"),
        (['"2024-01-01"'], "string"),
        (["null"], "string"),
        (["null", "1"], "int"),
        (["1", '"x"'], "string"),
        (["[1, 2.5]"], "array<double>"),
        (['{"a": 1}', '{"a": 2.5, "b": [{"c": null}]}'], "struct<a:double,b:array<struct<c:string>>>"),
        (["99999999999999999999999"], "string"),
    ],
)
def test_types_of_json(survey: Survey, values: list[str], kind: str) -> None:
    """JSON values widen as far as they must; what does not fit together is string."""
    table = one(survey, "".join(f'{{"V": {value}}}\n' for value in values))
    assert (dict(table.columns), table.serde["paths"]) == ({"v": kind}, "V")


@pytest.mark.parametrize(
    "body", ['{"a": 1}\n{"a": 2}\n', '{"a": 1}{"a": 2}', '{\n "a": 1\n}\n{\n "a": 2\n}', '\ufeff{"a":1} {"a":2}']
)
def test_json_objects_may_be_spread_out(survey: Survey, body: str) -> None:
    """Objects may be one per line, all on one line, or spread over several lines."""
    table = one(survey, body)
    assert (table.classification, table.parts[0].records) == ("json", 2)


def test_a_json_array_is_one_column(survey: Survey) -> None:
    """A file that is one array has the column `array`, unless a JsonPath selects its elements."""
    body = '[{"a": 1}, {"a": 2}]'
    assert dict(one(survey, body).columns) == {"array": "array<struct<a:int>>"}
    found = one(survey, body, classifiers=[{"JsonClassifier": {"Name": "j", "JsonPath": "$[*]"}}])
    assert (dict(found.columns), found.parts[0].records) == ({"a": "int"}, 2)


def test_the_header_of_csv(survey: Survey) -> None:
    """A first row of words above numbers is a header; columns are bigint, double or string."""
    table = one(survey, "id,Name,speed,day,\n1,ana,1.5,2024-01-01,\n2,bo,2,2024-01-02,\n")
    assert dict(table.columns) == {
        "id": "bigint",
        "name": "string",
        "speed": "double",
        "day": "string",
        "col4": "string",
    }
    assert table.parameters["skip.header.line.count"] == "1"
    assert table.parts[0].records == 2


@pytest.mark.parametrize(
    "body",
    ["id,name\nx,a\ny,b\n", "1,a\n2,b\n", "9a,b\n1,2\n", f"{'n' * 150},b\n1,2\n"],
    ids=["all text", "numbers on top", "no name", "too long"],
)
def test_no_header_means_numbered_columns(survey: Survey, body: str) -> None:
    """Where the first row cannot be told from the others, columns are col0, col1, ... and no row is skipped."""
    table = one(survey, body)
    assert [name for name, _ in table.columns] == ["col0", "col1"]
    assert "skip.header.line.count" not in table.parameters


@pytest.mark.parametrize("delimiter", [",", "|", "\t", ";", "\x01"])
def test_delimiters(survey: Survey, delimiter: str) -> None:
    """Five delimiters are tried; the table says which one it was."""
    table = one(survey, f"a{delimiter}b\n1{delimiter}2\n")
    assert (table.parameters["delimiter"], table.serde["field.delim"]) == (delimiter, delimiter)


@pytest.mark.parametrize(
    "body", ["a\n1\n2\n", "a,b\n", "a,b\n1,2,3,4\n", b"\x00\x01,\x02\n\x03,\x04\n", "plain words\n", '{"a": ']
)
def test_what_is_nothing_is_unknown(survey: Survey, body: bytes | str) -> None:
    """One column, one row, ragged rows, binary and broken files make a table UNKNOWN without columns."""
    table = one(survey, body)
    assert (table.classification, table.columns) == ("UNKNOWN", [])


@pytest.mark.parametrize(
    ("rules", "columns"),
    [
        ({"ContainsHeader": "PRESENT"}, {"x": "string", "y": "bigint"}),
        ({"ContainsHeader": "ABSENT"}, {"col0": "string", "col1": "string"}),
        ({"ContainsHeader": "PRESENT", "Header": ["p", "Q"]}, {"p": "string", "q": "bigint"}),
        ({"ContainsHeader": "PRESENT", "Serde": "OpenCSVSerDe", "QuoteSymbol": "'"}, {"x": "string", "y": "string"}),
        (
            {"ContainsHeader": "PRESENT", "CustomDatatypeConfigured": True, "CustomDatatypes": ["STRING", "INT"]},
            {"x": "string", "y": "int"},
        ),
        ({"Delimiter": "\t", "AllowSingleColumn": True}, {"col0": "string"}),
    ],
)
def test_custom_csv_classifiers(survey: Survey, rules: dict[str, Any], columns: dict[str, str]) -> None:
    """A CSV classifier fixes the header, the names, the types, the SerDe, the delimiter."""
    table = one(survey, "x,y\na,1\nb,2\n", classifiers=[{"CsvClassifier": {"Name": "c", **rules}}])
    assert dict(table.columns) == columns


@pytest.mark.parametrize(
    ("name", "compress"),
    [
        ("gzip", gzip.compress),
        ("bzip2", bz2.compress),
        ("zstd", lambda data: pa.compress(data, "zstd", asbytes=True)),
    ],
)
def test_compressed_text_is_read(survey: Survey, name: str, compress: Callable[[bytes], bytes]) -> None:
    """Whole-file compression is undone and reported; ten thousand records are estimated within a fifth."""
    body = compress(b"".join(b'{"a": %d, "b": "%d"}\n' % (n, n * 7919) for n in range(10_000)))
    table = one(survey, body)
    assert (table.classification, table.compression, dict(table.columns)) == ("json", name, {"a": "int", "b": "string"})
    assert table.parts[0].records == pytest.approx(10_000, rel=0.2)


def test_a_bomb_is_not_unpacked(survey: Survey) -> None:
    """A gigabyte of blanks in a small file costs no memory; it is UNKNOWN."""
    bomb = gzip.compress(b" " * (64 << 20))
    assert one(survey, bomb).classification == "UNKNOWN"


@pytest.mark.parametrize(
    "magic",
    [
        lzma.compress(b"a,b\n1,2\n"),
        b"PAR1" + b"x" * 50 + b"PAR1",
        b"ORC" + b"x" * 90,
        b"Obj\x01junk",
        b"\x1f\x8bjunk",
        b"[" * 60_000,
    ],
)
def test_damaged_files_are_unknown(survey: Survey, magic: bytes) -> None:
    """A file that only begins like a format ends no crawl."""
    assert one(survey, magic).classification == "UNKNOWN"


@pytest.mark.parametrize("text", [*TYPES.values(), "struct<a:map<string,array<struct<b:decimal(3,1)>>>,c:int>"])
def test_types_are_read_back(text: str) -> None:
    """Parsing a Hive type and writing it again gives the same text."""
    assert hive(parse(text)) == text


@pytest.mark.parametrize(
    ("a", "b", "both"),
    [
        ("int", "bigint", "bigint"),
        ("float", "int", "float"),
        ("float", "bigint", "double"),
        ("decimal(5,2)", "decimal(10,4)", "decimal(10,4)"),
        ("date", "timestamp", "string"),
        ("int", "boolean", "string"),
    ],
)
def test_merging_types(a: str, b: str, both: str) -> None:
    """Two types merge to one that holds both, in either order."""
    assert (merge(a, b), merge(b, a)) == (both, both)
