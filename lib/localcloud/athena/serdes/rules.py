"""The properties that the lab honours, by SerDe. Every other one is refused by name; none is kept and ignored.

SerDe properties are listed completely. Table properties also hold free notes ('notes' = 'text'), so only names that
could mean something to a reader or a writer are checked. Pages: https://docs.aws.amazon.com/athena/latest/ug/
csv-serde, lazy-simple-serde, openx-json-serde, hive-json-serde, regex-serde, grok-serde, parquet-serde, orc-serde,
avro-serde, create-table, alter-table-set-tblproperties.
"""

from __future__ import annotations

from localcloud.athena.serdes.checks import (
    Check,
    anything,
    between,
    boolean,
    choice,
    newline,
    one_byte,
    one_character,
    only,
    required_text,
    utf8,
    whole_number,
)
from localcloud.athena.serdes.classes import (
    AVRO,
    CLOUDTRAIL,
    COLUMNAR,
    GROK,
    HIVE_JSON,
    LAZY,
    LAZY_COLUMNAR,
    OPEN_CSV,
    OPENX_JSON,
    ORC,
    PARQUET,
    REGEX,
)

Rules = dict[str, Check]

_TEXT = (LAZY, OPEN_CSV, REGEX, GROK, HIVE_JSON, OPENX_JSON)
_NOTES: Rules = {
    # Hive writes it for every table; Spark notes the folder of a table under `path`.
    "serialization.format": anything,
    "path": anything,
}
_DELIMITED: Rules = {
    "field.delim": one_byte,
    "serialization.format": one_byte,
    "escape.delim": one_byte,
    "collection.delim": one_byte,
    "colelction.delim": one_byte,  # so misspelt in Hive 1
    "mapkey.delim": one_byte,
    "line.delim": newline,
    "serialization.null.format": anything,
    "serialization.last.column.takes.rest": boolean,
    "serialization.encoding": utf8,
    "timestamp.formats": required_text,
    "hive.serialization.extend.nesting.levels": boolean,
    "hive.serialization.extend.additional.nesting.levels": boolean,
    "path": anything,
}
_HEADER: Rules = {"skip.header.line.count": whole_number, "skip.footer.line.count": whole_number}
_INVALID: Rules = {"use.null.for.invalid.data": boolean}
# The crawler lists the keys of a file's objects under `paths`.
_JSON: Rules = {**_NOTES, "paths": anything, "timestamp.formats": required_text}

SERDE_PROPERTIES: dict[str, Rules] = {
    LAZY: {**_DELIMITED, **_HEADER, **_INVALID},
    COLUMNAR: _DELIMITED,
    LAZY_COLUMNAR: _NOTES,
    OPEN_CSV: {
        **_NOTES,
        **_HEADER,
        **_INVALID,
        "separatorChar": one_character,
        "quoteChar": one_character,
        "escapeChar": one_character,
    },
    REGEX: {
        **_NOTES,
        **_HEADER,
        "input.regex": required_text,
        "input.regex.case.insensitive": boolean,
        # For writing, which Athena does not do with this SerDe.
        "output.format.string": anything,
    },
    GROK: {**_NOTES, **_HEADER, "input.format": required_text, "input.grokCustomPatterns": anything},
    HIVE_JSON: {**_JSON, **_HEADER},
    CLOUDTRAIL: _NOTES,
    OPENX_JSON: {
        **_JSON,
        **_HEADER,
        **_INVALID,
        "ignore.malformed.json": boolean,
        "dots.in.keys": boolean,
        "ConvertDotsInJsonKeysToUnderscores": boolean,
        "case.insensitive": boolean,
        "explicit.null": boolean,
    },
    PARQUET: {**_NOTES, "parquet.column.index.access": boolean, "parquet.ignore.statistics": only("false")},
    ORC: {**_NOTES, "orc.column.index.access": boolean},
    AVRO: {**_NOTES, "avro.schema.literal": required_text},
}
MAPPED = {OPENX_JSON: "mapping."}
"""SerDe -> the beginning of its properties that name a column."""
REQUIRED = {REGEX: "input.regex", GROK: "input.format"}

_WRITTEN = ("NONE", "UNCOMPRESSED", "SNAPPY", "GZIP", "ZLIB", "LZ4", "ZSTD")
_COMPRESSED: Rules = {
    "write.compression": choice(*_WRITTEN),
    "compression_level": between(1, 22),
}
_TABLE_TEXT: Rules = {**_HEADER, **_COMPRESSED}
TABLE_PROPERTIES: dict[str, Rules] = {
    **dict.fromkeys(_TEXT, _TABLE_TEXT),
    # The engine reads them here too, and notes the delimiter of a CTAS here.
    LAZY: {**_TABLE_TEXT, **_INVALID, **_DELIMITED},
    OPEN_CSV: {**_TABLE_TEXT, **_INVALID},
    OPENX_JSON: {**_TABLE_TEXT, **_INVALID},
    HIVE_JSON: {**_TABLE_TEXT, "timestamp.formats": required_text},
    PARQUET: {
        **_COMPRESSED,
        "parquet.compression": choice(*_WRITTEN),
        "parquet.compress": choice(*_WRITTEN),
        "parquet.ignore.statistics": only("false"),
    },
    ORC: {
        **_COMPRESSED,
        "orc.compress": choice("NONE", "SNAPPY", "ZLIB", "LZ4", "ZSTD"),
        "orc.schema.resolution": anything,  # for Redshift Spectrum alone
    },
    AVRO: {**_COMPRESSED, "avro.schema.literal": required_text},
    COLUMNAR: _COMPRESSED,
    LAZY_COLUMNAR: _COMPRESSED,
    CLOUDTRAIL: {},
}
ANY_TABLE: Rules = {
    # Encryption on the side of S3 needs no property; what a client encrypted itself cannot be read here.
    "has_encrypted_data": only("false"),
    "table_type": choice("ICEBERG", "EXTERNAL_TABLE"),
    "transactional": only("false"),
}
MEANINGFUL = (
    "serialization.",
    "skip.",
    "orc.",
    "parquet.",
    "avro.",
    "timestamp.",
    "field.",
    "escape.",
    "collection.",
    "mapkey.",
    "line.",
    "input.",
    "ignore.",
    "case.",
    "dots.",
    "mapping.",
    "ion.",
    "strip.outer.",
    "use.null.",
    "write.compression",
    "separatorChar",
    "quoteChar",
    "escapeChar",
    "textinputformat.",
    "compression_level",
)
"""How the names of table properties begin that mean something to a reader or a writer."""
