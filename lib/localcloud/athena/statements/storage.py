"""How the data of an external table is stored: ROW FORMAT and STORED AS, as Hive and Glue name them."""

from __future__ import annotations

from typing import Any

from localcloud.athena.failure import QueryFailed
from localcloud.athena.statements.database import key_values
from localcloud.athena.statements.reader import Reader

Storage = dict[str, Any]

LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_IO = "org.apache.hadoop.hive.ql.io"
_TEXT = ("org.apache.hadoop.mapred.TextInputFormat", f"{_IO}.HiveIgnoreKeyTextOutputFormat")
_OPENX = "org.openx.data.jsonserde.JsonSerDe"
_OPENX_OUTPUT = f"{_IO}.IgnoreKeyTextOutputFormat"
"""What Athena notes for a table with this SerDe: https://docs.aws.amazon.com/athena/latest/ug/describe-table.html"""

# format -> input format, output format, SerDe
FORMATS = {
    "TEXTFILE": (*_TEXT, LAZY),
    "PARQUET": (
        f"{_IO}.parquet.MapredParquetInputFormat",
        f"{_IO}.parquet.MapredParquetOutputFormat",
        f"{_IO}.parquet.serde.ParquetHiveSerDe",
    ),
    "ORC": (f"{_IO}.orc.OrcInputFormat", f"{_IO}.orc.OrcOutputFormat", f"{_IO}.orc.OrcSerde"),
    "AVRO": (
        f"{_IO}.avro.AvroContainerInputFormat",
        f"{_IO}.avro.AvroContainerOutputFormat",
        "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
    ),
    "RCFILE": (
        f"{_IO}.RCFileInputFormat",
        f"{_IO}.RCFileOutputFormat",
        "org.apache.hadoop.hive.serde2.columnar.ColumnarSerDe",
    ),
    "SEQUENCEFILE": (
        "org.apache.hadoop.mapred.SequenceFileInputFormat",
        f"{_IO}.HiveSequenceFileOutputFormat",
        LAZY,
    ),
    "JSON": (*_TEXT, "org.apache.hive.hcatalog.data.JsonSerDe"),
}
_DELIMITERS = (
    (("FIELDS", "TERMINATED", "BY"), "field.delim"),
    (("ESCAPED", "BY"), "escape.delim"),
    (("COLLECTION", "ITEMS", "TERMINATED", "BY"), "collection.delim"),
    (("MAP", "KEYS", "TERMINATED", "BY"), "mapkey.delim"),
    (("LINES", "TERMINATED", "BY"), "line.delim"),
    (("NULL", "DEFINED", "AS"), "serialization.null.format"),
)


def default() -> Storage:
    """Return the storage of a table that says nothing of it: text, values apart by Ctrl-A."""
    return {
        "InputFormat": _TEXT[0],
        "OutputFormat": _TEXT[1],
        "SerdeInfo": {"SerializationLibrary": LAZY, "Parameters": {"serialization.format": "1"}},
        "Compressed": False,
        "NumberOfBuckets": -1,
        "StoredAsSubDirectories": False,
    }


def read_clause(reader: Reader, storage: Storage) -> bool:
    """Read a ROW FORMAT, STORED AS or SERDEPROPERTIES clause into the storage; tell whether one came next."""
    serde = storage["SerdeInfo"]
    if reader.take("ROW", "FORMAT", "DELIMITED"):
        serde["Parameters"].update(_delimiters(reader))
    elif reader.take("ROW", "FORMAT", "SERDE"):
        serde["SerializationLibrary"] = reader.string()
        storage["serde_given"] = True
        if serde["SerializationLibrary"] == _OPENX and storage["OutputFormat"] == _TEXT[1]:
            storage["OutputFormat"] = _OPENX_OUTPUT
    elif reader.take("WITH", "SERDEPROPERTIES"):
        serde["Parameters"].update(key_values(reader))
    elif reader.take("STORED", "AS"):
        _stored_as(reader, storage)
    else:
        return False
    return True


def _delimiters(reader: Reader) -> dict[str, str]:
    found: dict[str, str] = {}
    while True:
        key = next((key for words, key in _DELIMITERS if reader.take(*words)), None)
        if key is None:
            break
        found[key] = reader.string()
    if "field.delim" in found:
        found["serialization.format"] = found["field.delim"]
    return found


def _stored_as(reader: Reader, storage: Storage) -> None:
    if reader.take("INPUTFORMAT"):
        storage["InputFormat"] = reader.string()
        reader.need("OUTPUTFORMAT")
        storage["OutputFormat"] = reader.string()
        return
    name = reader.name().upper()
    if name not in FORMATS:
        raise QueryFailed(
            "HIVE_DDL",
            f"FAILED: SemanticException Unrecognized file format in STORED AS clause: '{name}'",
            prefix=False,
        )
    storage["InputFormat"], storage["OutputFormat"], serde = FORMATS[name]
    if not storage.get("serde_given"):
        storage["SerdeInfo"]["SerializationLibrary"] = serde
