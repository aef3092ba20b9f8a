"""How the data of an external table is stored: ROW FORMAT and STORED AS, as Hive and Glue name them."""

from __future__ import annotations

from typing import Any

from localcloud.athena.failure import QueryFailed, not_supported
from localcloud.athena.reader import Reader
from localcloud.athena.serdes import classes
from localcloud.athena.statements.database import key_values

Storage = dict[str, Any]

_TEXT = (classes.TEXT_INPUT, classes.TEXT_OUTPUT)

# format -> input format, output format, SerDe
FORMATS = {
    "TEXTFILE": (*_TEXT, classes.LAZY),
    "PARQUET": (classes.PARQUET_INPUT, classes.PARQUET_OUTPUT, classes.PARQUET),
    "ORC": (classes.ORC_INPUT, classes.ORC_OUTPUT, classes.ORC),
    "AVRO": (classes.AVRO_INPUT, classes.AVRO_OUTPUT, classes.AVRO),
    "RCFILE": (classes.RC_INPUT, classes.RC_OUTPUT, classes.COLUMNAR),
    "SEQUENCEFILE": (classes.SEQUENCE_INPUT, classes.SEQUENCE_OUTPUT, classes.LAZY),
    "JSON": (*_TEXT, classes.HIVE_JSON),
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
        "SerdeInfo": {"SerializationLibrary": classes.LAZY, "Parameters": {"serialization.format": "1"}},
        "Compressed": False,
        "NumberOfBuckets": -1,
        "StoredAsSubDirectories": False,
    }


def read_clause(reader: Reader, storage: Storage) -> bool:
    """Read a ROW FORMAT, STORED AS or SERDEPROPERTIES clause into the storage; return whether one came next."""
    serde = storage["SerdeInfo"]
    if reader.take("ROW", "FORMAT", "DELIMITED"):
        serde["Parameters"].update(_delimiters(reader))
    elif reader.take("ROW", "FORMAT", "SERDE"):
        serde["SerializationLibrary"] = reader.string()
        storage["serde_given"] = True
        if serde["SerializationLibrary"] == classes.OPENX_JSON and storage["OutputFormat"] == _TEXT[1]:
            storage["OutputFormat"] = classes.OPENX_OUTPUT
    elif reader.take("WITH", "SERDEPROPERTIES"):
        serde["Parameters"].update(key_values(reader))
    elif reader.take("STORED", "AS"):
        _stored_as(reader, storage)
    else:
        return False
    return True


def _delimiters(reader: Reader) -> dict[str, str]:
    delimiters: dict[str, str] = {}
    while True:
        key = next((key for keywords, key in _DELIMITERS if reader.take(*keywords)), None)
        if key is None:
            break
        delimiters[key] = reader.string()
    if "field.delim" in delimiters:
        delimiters["serialization.format"] = delimiters["field.delim"]
    return delimiters


def _stored_as(reader: Reader, storage: Storage) -> None:
    if reader.take("INPUTFORMAT"):
        storage["InputFormat"] = reader.string()
        reader.need("OUTPUTFORMAT")
        storage["OutputFormat"] = reader.string()
        return
    name = reader.name().upper()
    if name == "ION":
        raise not_supported("The lab does not read Amazon Ion (STORED AS ION). Try: JSON or Parquet")
    if name not in FORMATS:
        raise QueryFailed(
            "HIVE_DDL",
            f"FAILED: SemanticException Unrecognized file format in STORED AS clause: '{name}'",
            prefix=False,
        )
    storage["InputFormat"], storage["OutputFormat"], serde = FORMATS[name]
    if not storage.get("serde_given"):
        storage["SerdeInfo"]["SerializationLibrary"] = serde
