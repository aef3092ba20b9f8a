"""The part of `docs/athena.md` about SerDes: which properties are honoured, made from their rules."""

from __future__ import annotations

from collections.abc import Iterator

from localcloud.athena.serdes.rules import MAPPED, SERDE_PROPERTIES, TABLE_PROPERTIES

_NOTES = ("serialization.format", "path", "paths")
_TEXTS = (
    "",
    "CREATE EXTERNAL TABLE and ALTER TABLE SET TBLPROPERTIES refuse every other SerDe property, and every other "
    "table property that means something to a reader or a writer, by its name. Free notes such as `'notes' = "
    "'text'` and what crawlers note are kept. A table that was made in Glue is checked when a query reads it.",
    "",
    "- Refused by name: Amazon Ion, the CloudTrail SerDe and its input format, Delta Lake, Apache Hudi, "
    "`has_encrypted_data` = `true` (data that a client encrypted), `avro.schema.url`, delimiters of several "
    "characters.",
    "- **OpenCSVSerDe with typed columns and the Grok SerDe** are read through a view that the lab makes for the "
    'engine. `"$path"` and the `$partitions` table work; `*` of a join beside a hidden column is refused. '
    "`information_schema.tables` calls such a table a VIEW. A text that is not a value of its column's type is "
    "HIVE_BAD_DATA, or NULL with `use.null.for.invalid.data`.",
    "- **ORC and Parquet by name or by index** is a table's own choice. A partition whose SerDe property differs "
    "from its table's is an error.",
    "- **OpenX JSON.** The lab reads each version of a file once before a query does. Keys that repeat, also in "
    "another case, are HIVE_CURSOR_ERROR, and values of a wrong type HIVE_BAD_DATA, with file and line. What is "
    "wrong in a partition that the query skips does not matter. Files compressed as lz4, snappy or lzo are not "
    "checked. Queries from Redshift Spectrum are checked likewise.",
    "- **Compressed text.** `.lz4` and `.snappy` files are read as Hadoop writes them; frames and raw data are "
    "refused.",
    "- **LazySimpleSerDe** reads a date such as `2024-13-01` as Trino does: as 1 January 2025.",
    "- **Partition projection.** The properties are checked when a query reads the table. Intervals of months and"
    " years become lists of at most 100,000 values, on columns of text and whole numbers. Refused: an enum with "
    "white space at the ends of a value, an enum on a numeric column at unequal steps, and integers beyond 32 "
    "bits.",
    "- **Compression of INSERT** follows `parquet.compression`, `orc.compress` and `write.compression`. "
    "`compression_level` is checked, and the engine writes ZSTD at its own level.",
)


def section() -> Iterator[str]:
    """Yield the lines of the section."""
    yield from (
        "",
        "### SerDes and their properties",
        "",
        "| SerDe | SerDe properties | Table properties beside those |",
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
