"""The part of `docs/athena.md` about SerDes: which properties are honoured, made from their rules."""

from __future__ import annotations

from collections.abc import Iterator

from localcloud.athena.serdes.rules import MAPPED, SERDE_PROPERTIES, TABLE_PROPERTIES

_NOTES = ("serialization.format", "path", "paths")
_TEXTS = (
    "",
    "CREATE EXTERNAL TABLE and ALTER TABLE SET TBLPROPERTIES refuse every other SerDe property by name, and every "
    "other table property that would change how data is read or written. They keep free-form properties such as "
    "`'notes' = 'text'`, and those that crawlers set. If you create a table in Glue, a query checks it when it "
    "reads the table.",
    "",
    "- Refused by name: Amazon Ion, the CloudTrail SerDe and its input format, Delta Lake, Apache Hudi, "
    "`has_encrypted_data` = `true` (data that a client encrypted), `avro.schema.url`, delimiters longer "
    "than one character.",
    "- **OpenCSVSerDe with typed columns and the Grok SerDe** are read through a view that the lab creates for the "
    'engine. `"$path"` and the `$partitions` table work; the `*` of a join next to a hidden column is refused. '
    "`information_schema.tables` lists such a table as a VIEW. Text that is not valid for its column's type is "
    "HIVE_BAD_DATA, or NULL with `use.null.for.invalid.data`.",
    "- **ORC and Parquet by name or by index.** Each table chooses. A partition whose SerDe property differs from "
    "its table's is an error.",
    "- **OpenX JSON.** Before a query, the lab reads each new version of a file once. Repeated keys, even if they "
    "differ in case, are HIVE_CURSOR_ERROR. Values of a wrong type are HIVE_BAD_DATA. Both name the file and line. "
    "Errors in partitions that the query skips don't matter. Files compressed as lz4, snappy or lzo are not "
    "checked. Queries from Redshift Spectrum are checked in the same way.",
    "- **Compressed text.** `.lz4` and `.snappy` files are read in the form that Hadoop writes; framed and raw data "
    "are refused.",
    "- **LazySimpleSerDe** reads a date such as `2024-13-01` the way Trino does, as 1 January 2025.",
    "- **Partition projection.** The properties are checked when a query reads the table. Intervals of months and"
    " years become lists of at most 100,000 values, on columns of text and whole numbers. Refused: an enum value "
    "with leading or trailing white space, an enum with unequal steps on a numeric column, and integers beyond "
    "32 bits.",
    "- **What text files cannot hold.** INSERT, CREATE TABLE AS and UNLOAD of text refuse a delimiter or a line end "
    "inside a value, and the text that means NULL. JSON refuses binary data that is not text. Athena writes such "
    "values, and readers then get different ones. To find them, the lab runs the query a second time.",
    "- **Compression of INSERT** follows `parquet.compression` (or `parquet.compress`, as PyAthena writes it), "
    "`orc.compress` and `write.compression`. "
    "`compression_level` is checked, but the engine writes ZSTD at its own level.",
)


def section() -> Iterator[str]:
    """Yield the lines of the section."""
    yield from (
        "",
        "### SerDes and their properties",
        "",
        "| SerDe | SerDe properties | Additional table properties |",
        "|---|---|---|",
    )
    for serde, rules in SERDE_PROPERTIES.items():
        if not TABLE_PROPERTIES.get(serde):
            continue
        own = [key for key in rules if key not in _NOTES] + ([f"{MAPPED[serde]}*"] if serde in MAPPED else [])
        more = [key for key in TABLE_PROPERTIES[serde] if key not in rules]
        yield f"| `{serde}` | {_listed(own)} | {_listed(more)} |"
    yield from _TEXTS


def _listed(keys: list[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys) or "none"
