"""Which formats and properties the lab honours, and which it refuses by name."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.athena.serdes import classes
from localcloud.athena.serdes.support import problem

TEXT = (classes.TEXT_INPUT, classes.TEXT_OUTPUT)
FORMATS = {
    classes.PARQUET: (classes.PARQUET_INPUT, classes.PARQUET_OUTPUT),
    classes.ORC: (classes.ORC_INPUT, classes.ORC_OUTPUT),
    classes.AVRO: (classes.AVRO_INPUT, classes.AVRO_OUTPUT),
}
NEEDED = {classes.REGEX: {"input.regex": "(.*)"}}


def table(serde: str, properties: dict[str, str] | None = None, **parameters: str) -> dict[str, Any]:
    reader, writer = FORMATS.get(serde, TEXT)
    return {
        "Name": "t",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "StorageDescriptor": {
            "InputFormat": reader,
            "OutputFormat": writer,
            "Columns": [{"Name": "a", "Type": "string"}],
            "SerdeInfo": {
                "SerializationLibrary": serde,
                "Parameters": {**NEEDED.get(serde, {}), **(properties or {})},
            },
        },
    }


LAZY, CSV, OPENX, HIVE, REGEX = classes.LAZY, classes.OPEN_CSV, classes.OPENX_JSON, classes.HIVE_JSON, classes.REGEX
PARQUET, ORC, AVRO = classes.PARQUET, classes.ORC, classes.AVRO

# (SerDe, SerDe property, a value that is honoured or None, a value that is refused or None, page)
SERDE_PROPERTIES = [
    (LAZY, "field.delim", "|", "||", "lazy-simple-serde"),
    (LAZY, "field.delim", "\u0001", "§", "lazy-simple-serde"),
    (LAZY, "field.delim", "9", "300", "lazy-simple-serde"),
    (LAZY, "escape.delim", "\\", "ab", "create-table"),
    (LAZY, "collection.delim", ";", "::", "create-table"),
    (LAZY, "mapkey.delim", ":", "", "create-table"),
    (LAZY, "line.delim", "\n", ";", "create-table"),
    (LAZY, "serialization.null.format", "", None, "create-table"),
    (LAZY, "serialization.encoding", "UTF-8", "ISO-8859-1", "lazy-simple-serde"),
    (LAZY, "timestamp.formats", "yyyy/MM/dd HH:mm", "", "hive-json-serde"),
    (LAZY, "quote.delim", None, '"', "lazy-simple-serde"),
    (LAZY, "serialization.escape.crlf", None, "true", "lazy-simple-serde"),
    (LAZY, "quoteChar", None, '"', "csv-serde"),
    (CSV, "separatorChar", ";", "||", "csv-serde"),
    (CSV, "quoteChar", "`", "", "csv-serde"),
    (CSV, "escapeChar", "\\", "\\\\", "csv-serde"),
    (CSV, "use.null.for.invalid.data", "TRUE", "maybe", "csv-serde"),
    (CSV, "serialization.format", "1", None, "csv-serde"),
    (CSV, "field.delim", None, ",", "csv-serde"),
    (CSV, "separatorchar", None, ";", "csv-serde"),
    (OPENX, "ignore.malformed.json", "true", "yes", "openx-json-serde"),
    (OPENX, "dots.in.keys", "TRUE", "1", "openx-json-serde"),
    (OPENX, "ConvertDotsInJsonKeysToUnderscores", "true", "x", "openx-json-serde"),
    (OPENX, "case.insensitive", "FALSE", "no", "openx-json-serde"),
    (OPENX, "mapping.ts", "timestamp", None, "openx-json-serde"),
    (OPENX, "use.null.for.invalid.data", "true", "x", "openx-json-serde"),
    (OPENX, "paths", "a,b", None, "the crawler notes them"),
    (OPENX, "strip.outer.array", None, "true", "openx-json-serde"),
    (OPENX, "field.delim", None, ",", "openx-json-serde"),
    (HIVE, "timestamp.formats", "yyyy-MM-dd", None, "hive-json-serde"),
    (HIVE, "ignore.malformed.json", None, "true", "hive-json-serde"),
    (HIVE, "mapping.a", None, "b", "hive-json-serde"),
    (HIVE, "dots.in.keys", None, "true", "hive-json-serde"),
    (REGEX, "input.regex", "^(.*)$", "", "regex-serde"),
    (REGEX, "input.regex.case.insensitive", "true", "x", "regex-serde"),
    (REGEX, "output.format.string", "%1$s", None, "regex-serde"),
    (REGEX, "input.format", None, "%{WORD:a}", "regex-serde"),
    (PARQUET, "parquet.column.index.access", "true", "x", "handling-schema-updates-chapter"),
    (PARQUET, "field.delim", None, ",", "create-table"),
    (ORC, "orc.column.index.access", "false", "x", "handling-schema-updates-chapter"),
    (ORC, "parquet.column.index.access", None, "true", "handling-schema-updates-chapter"),
    (AVRO, "avro.schema.literal", '{"type": "record"}', "", "avro-serde"),
    (AVRO, "avro.schema.url", None, "s3://b/schema.avsc", "avro-serde"),
]
TABLE_PROPERTIES = [
    (LAZY, "skip.header.line.count", "2", "x", "lazy-simple-serde"),
    (LAZY, "skip.header.line.count", "0", "-1", "lazy-simple-serde"),
    (CSV, "skip.header.line.count", "1", "1.5", "csv-serde"),
    (PARQUET, "skip.header.line.count", None, "1", "create-table"),
    (LAZY, "serialization.null.format", "NULL", None, "create-table"),
    (PARQUET, "serialization.null.format", None, "NULL", "create-table"),
    (CSV, "use.null.for.invalid.data", "true", "x", "csv-serde"),
    (ORC, "use.null.for.invalid.data", None, "true", "csv-serde"),
    (LAZY, "has_encrypted_data", "false", "true", "create-table"),
    (PARQUET, "parquet.compression", "SNAPPY", "RAR", "alter-table-set-tblproperties"),
    (PARQUET, "parquet.compress", "SNAPPY", "RAR", "PyAthena's CREATE TABLE"),
    (PARQUET, "orc.compress", None, "SNAPPY", "alter-table-set-tblproperties"),
    (ORC, "orc.compress", "ZLIB", "GZIP", "alter-table-set-tblproperties"),
    (LAZY, "write.compression", "ZSTD", "LZO", "alter-table-set-tblproperties"),
    (PARQUET, "compression_level", "4", "23", "compression-support-zstd-levels"),
    (ORC, "orc.stripe.size", None, "1000", "orc-serde"),
    (PARQUET, "parquet.block.size", None, "1000", "parquet-serde"),
    (LAZY, "textinputformat.record.delimiter", None, ";", "lazy-simple-serde"),
    (LAZY, "field.delim", ",", "||", "create-table-as: field_delimiter"),
    (HIVE, "field.delim", None, ",", "a SerDe property"),
    (LAZY, "transactional", "false", "true", "acid-transactions"),
    (LAZY, "table_type", "EXTERNAL_TABLE", "DELTA", "create-table"),
    (PARQUET, "table_type", None, "hudi", "create-table"),
    (PARQUET, "spark.sql.sources.provider", "parquet", "delta", "create-table"),
    (LAZY, "EXTERNAL", "FALSE", None, "alter-table-set-tblproperties"),
    (LAZY, "classification", "csv", None, "create-table"),
    (LAZY, "compressionType", "gzip", None, "the crawler notes it"),
    (LAZY, "transient_lastDdlTime", "1700000000", None, "Hive notes it"),
    (LAZY, "notes", "Please don't drop this table.", None, "alter-table-set-tblproperties"),
    (LAZY, "UPDATED_BY_CRAWLER", "c", None, "the crawler notes it"),
]


@pytest.mark.parametrize(("serde", "key", "good", "bad", "page"), SERDE_PROPERTIES)
def test_serde_properties(serde: str, key: str, good: str | None, bad: str | None, page: str) -> None:
    """Each SerDe property of the page is honoured or refused by its name."""
    assert good is None or problem(table(serde, {key: good})) == "", page
    assert bad is None or key in problem(table(serde, {key: bad})), page


@pytest.mark.parametrize(("serde", "key", "good", "bad", "page"), TABLE_PROPERTIES)
def test_table_properties(serde: str, key: str, good: str | None, bad: str | None, page: str) -> None:
    """Each table property is honoured, a mere note, or refused by its name (or by the name of its format)."""
    assert good is None or problem(table(serde, None, **{key: good})) == "", page
    named = {"DELTA": "Delta Lake", "delta": "Delta Lake", "hudi": "Apache Hudi"}
    assert bad is None or named.get(bad, key) in problem(table(serde, None, **{key: bad})), page


@pytest.mark.parametrize(
    ("serde", "reader", "part"),
    [
        (classes.ION, "com.amazon.ionhiveserde.formats.IonInputFormat", "Amazon Ion"),
        ("com.example.MySerDe", classes.TEXT_INPUT, "com.example.MySerDe"),
        (LAZY, "com.example.MyFormat", "com.example.MyFormat"),
        (LAZY, classes.PARQUET_INPUT, "over the input format"),
        (PARQUET, "org.apache.hudi.hadoop.HoodieParquetInputFormat", "Apache Hudi"),
        ("org.apache.hadoop.hive.serde2.MultiDelimitSerDe", classes.TEXT_INPUT, "MultiDelimitSerDe"),
        ("", "", "input format (none)"),
    ],
)
def test_other_formats_are_refused_by_name(serde: str, reader: str, part: str) -> None:
    """Page supported-serdes: Athena has no custom SerDes, and the lab says which one it lacks."""
    given = table(serde)
    given["StorageDescriptor"]["InputFormat"] = reader
    assert part in problem(given)


def test_a_regex_is_required() -> None:
    """Page regex-serde: the SerDe works by its expression."""
    given = table(REGEX)
    given["StorageDescriptor"]["SerdeInfo"]["Parameters"] = {}
    assert "needs the property 'input.regex'" in problem(given)


@pytest.mark.parametrize("kind", ["array<int>", "map<string,int>", "struct<a:int>", "binary"])
def test_csv_has_no_nested_columns(kind: str) -> None:
    """A field of a CSV file is one value."""
    given = table(CSV)
    given["StorageDescriptor"]["Columns"] = [{"Name": "x", "Type": kind}]
    assert f"Column x has the type {kind}" in problem(given)


def test_views_and_iceberg_tables_have_rules_of_their_own() -> None:
    """They have no SerDe that reads them."""
    assert problem({"TableType": "VIRTUAL_VIEW", "StorageDescriptor": {}}) == ""
    assert problem({"Parameters": {"table_type": "ICEBERG"}, "StorageDescriptor": {}}) == ""
