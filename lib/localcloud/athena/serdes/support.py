"""Why the lab cannot read a table as it is described, in one sentence that names the part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localcloud.athena.serdes import classes, grok
from localcloud.athena.serdes.classes import library, serde_properties
from localcloud.athena.serdes.rules import (
    ANY_TABLE,
    MAPPED,
    MEANINGFUL,
    REQUIRED,
    SERDE_PROPERTIES,
    TABLE_PROPERTIES,
    Rules,
)
from localcloud.athena.serdes.scalars import engine_type

# input format -> the SerDes that read it
_INPUTS = {
    classes.TEXT_INPUT: (
        classes.LAZY,
        classes.OPEN_CSV,
        classes.REGEX,
        classes.HIVE_JSON,
        classes.OPENX_JSON,
        classes.GROK,
    ),
    classes.SEQUENCE_INPUT: (classes.LAZY,),
    classes.PARQUET_INPUT: (classes.PARQUET,),
    classes.ORC_INPUT: (classes.ORC,),
    classes.AVRO_INPUT: (classes.AVRO,),
    classes.RC_INPUT: (classes.COLUMNAR, classes.LAZY_COLUMNAR),
}
_ABSENT = {
    classes.ION: "Amazon Ion",
    classes.CLOUDTRAIL: "the CloudTrail SerDe",
}
_DELTA = {"spark.sql.sources.provider": "delta", "table_type": "delta"}


def problem(table: dict[str, Any]) -> str:
    """Return why a table of the catalog cannot be read or written as described, or '' if nothing is wrong."""
    return next(_problems(table), "") if _is_hive(table) else ""


def _is_hive(table: dict[str, Any]) -> bool:
    kind = str((table.get("Parameters") or {}).get("table_type", "")).lower()
    return table.get("TableType") != "VIRTUAL_VIEW" and kind != "iceberg"


def _problems(table: dict[str, Any]) -> Iterator[str]:
    yield from _format(table)
    serde = library(table)
    yield from _serde_properties(serde, serde_properties(table))
    yield from _table_properties(serde, table.get("Parameters") or {})
    yield from _columns(serde, table)


def _format(table: dict[str, Any]) -> Iterator[str]:
    stored, parameters = table.get("StorageDescriptor") or {}, table.get("Parameters") or {}
    reader = str(stored.get("InputFormat") or "")
    if any(str(parameters.get(key, "")).lower() == value for key, value in _DELTA.items()):
        yield "Delta Lake tables are not supported by the lab. Try: an Iceberg table, or Parquet"
    if "hudi" in reader.lower() or str(parameters.get("table_type", "")).lower() == "hudi":
        yield "Apache Hudi tables are not supported by the lab. Try: an Iceberg table, or Parquet"
    serde = library(table)
    if serde in _ABSENT:
        yield f"The lab does not read {_ABSENT[serde]} ({serde})"
    if reader not in _INPUTS:
        yield f"The lab does not read the input format {reader or '(none)'}"
    elif serde not in _INPUTS[reader]:
        yield f"The lab does not read the SerDe {serde or '(none)'} over the input format {reader}"


def _serde_properties(serde: str, properties: dict[str, str]) -> Iterator[str]:
    rules = SERDE_PROPERTIES[serde]
    for key, value in properties.items():
        if key == "avro.schema.url":
            yield "avro.schema.url is not supported. Try: avro.schema.literal"
        elif not (serde in MAPPED and key.startswith(MAPPED[serde])):
            yield from _checked(f"SerDe property '{key}' of {serde}", rules, key, value)
    required = REQUIRED.get(serde)
    if required and not properties.get(required):
        yield f"SerDe {serde} needs the property '{required}'"


def _table_properties(serde: str, properties: dict[str, str]) -> Iterator[str]:
    rules = {**ANY_TABLE, **TABLE_PROPERTIES[serde]}
    for key, value in properties.items():
        if key in rules or key.startswith(MEANINGFUL):
            yield from _checked(f"Table property '{key}'", rules, key, value)


def _checked(what: str, rules: Rules, key: str, value: str) -> Iterator[str]:
    if key not in rules:
        yield f"{what} is not supported by the lab"
    elif wrong := rules[key](str(value)):
        yield f"{what} has the value {value!r}: {wrong}"


def _columns(serde: str, table: dict[str, Any]) -> Iterator[str]:
    if serde == classes.GROK and (reason := grok.problem(table)):
        yield reason
    if serde != classes.OPEN_CSV:
        return
    for column in (table.get("StorageDescriptor") or {}).get("Columns") or []:
        kind = column.get("Type") or "string"
        if engine_type(kind) is None:
            yield f"Column {column['Name']} has the type {kind}, which OpenCSVSerDe does not support"
