"""OpenCSVSerDe with typed columns. The engine reads such files as text only, so it is told a view that converts.

The catalog answers the engine with two entries: the table's own name is a view with the table's types, and the name
with `SUFFIX` is the table of texts below it. Clients never see either; they see the table as it was made.
https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from localcloud.athena.failure import BAD_DATA
from localcloud.athena.serdes.classes import OPEN_CSV, library, serde_properties

SUFFIX = "$csv"
NULL_FOR_INVALID = "use.null.for.invalid.data"

_WHOLE = {"tinyint": "tinyint", "smallint": "smallint", "int": "integer", "integer": "integer", "bigint": "bigint"}
_FRACTIONS = {"float": "real", "double": "double"}
_SIZED = re.compile(r"(decimal|varchar|char)(\(\d+(,\s*\d+)?\))?$")


def engine_type(hive_type: str) -> str | None:
    """Return the engine's name of a column's type, or None for a type that has no form in a CSV field."""
    name = hive_type.strip().lower()
    if name in ("string", "varchar"):
        return "varchar"
    if name == "decimal":
        return "decimal(10,0)"
    plain = {**_WHOLE, **_FRACTIONS, "boolean": "boolean", "date": "date", "timestamp": "timestamp(3)"}
    return plain.get(name) or (name if _SIZED.match(name) else None)


def is_typed(table: dict[str, Any]) -> bool:
    """Return whether a table of the catalog is a CSV table with a column that is not text."""
    return library(table) == OPEN_CSV and any(engine_type(kind) != "varchar" for _, kind in _columns(table))


def as_text(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a table or a partition with all its columns as text; partition keys keep their types."""
    stored = entry.get("StorageDescriptor") or {}
    columns = [{**column, "Type": "string"} for column in stored.get("Columns") or []]
    return {**entry, "StorageDescriptor": {**stored, "Columns": columns}}


def text_table(table: dict[str, Any]) -> dict[str, Any]:
    """Return the table of texts that lies below the view."""
    return {**as_text(table), "Name": table["Name"] + SUFFIX}


def view(table: dict[str, Any]) -> dict[str, Any]:
    """Return the view that converts the texts, in the form in which the engine keeps views in Glue."""
    definition = {
        "originalSql": _query(table),
        "catalog": "awsdatacatalog",
        "schema": table["DatabaseName"],
        "columns": [{"name": name, "type": kind} for name, kind in _typed(table)],
        "runAsInvoker": True,
        "path": [],
    }
    encoded = base64.b64encode(json.dumps(definition).encode()).decode()
    return {
        **table,
        "TableType": "VIRTUAL_VIEW",
        "PartitionKeys": [],
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "StorageDescriptor": {"Columns": [{"Name": "dummy", "Type": "string"}], "SerdeInfo": {}, "Location": ""},
    }


def _columns(table: dict[str, Any]) -> list[tuple[str, str]]:
    stored = (table.get("StorageDescriptor") or {}).get("Columns") or []
    return [(column["Name"], column.get("Type") or "string") for column in stored]


def _keys(table: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key["Name"], key.get("Type") or "string") for key in table.get("PartitionKeys") or []]


def _typed(table: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, engine_type(kind) or "varchar") for name, kind in [*_columns(table), *_keys(table)]]


def _query(table: dict[str, Any]) -> str:
    lenient = _is_lenient(table)
    fields = [
        f"{_converted(name, engine_type(kind) or 'varchar', number, lenient=lenient)} AS {_quoted(name)}"
        for number, (name, kind) in enumerate(_columns(table))
    ]
    fields += [_quoted(name) for name, _ in _keys(table)]
    source = f"{_quoted(table['DatabaseName'])}.{_quoted(table['Name'] + SUFFIX)}"
    return f"SELECT {', '.join(fields)} FROM awsdatacatalog.{source}"  # noqa: S608  quoted names


def _is_lenient(table: dict[str, Any]) -> bool:
    values = {**serde_properties(table), **(table.get("Parameters") or {})}
    return str(values.get(NULL_FOR_INVALID, "")).strip().lower() == "true"


def _converted(name: str, kind: str, number: int, *, lenient: bool) -> str:
    text = _quoted(name)
    if kind == "varchar":
        return text
    value = _value(text, kind)
    if lenient:
        return value
    problem = f"'{BAD_DATA}: Error parsing field value ''' || {text} || ''' for field {number}: "
    problem += f"For input string: \"' || {text} || '\"'"
    return f"CASE WHEN {text} IS NOT NULL THEN COALESCE({value}, CAST(fail({problem}) AS {kind})) END"


def _value(text: str, kind: str) -> str:
    """Return the expression that reads a text as a value of a type, NULL where the text has another form."""
    if kind == "boolean":  # Java reads no other words as a boolean
        return f"CASE WHEN lower({text}) IN ('true', 'false') THEN CAST({text} AS boolean) END"
    if kind in (*_WHOLE.values(), "date", "timestamp(3)"):
        digits = f"IF(regexp_like({text}, '^[+-]?[0-9]+$'), {text})"
        return _from_epoch(f"TRY_CAST({digits} AS bigint)", kind) or f"TRY_CAST({digits} AS {kind})"
    return f"TRY_CAST({text} AS {kind})"


def _from_epoch(count: str, kind: str) -> str:
    # Beyond these ends the engine's arithmetic fails in a way that TRY does not catch.
    if kind == "date":
        days = f"IF({count} BETWEEN -2147483648 AND 2147483647, {count})"
        return f"TRY(date_add('day', {days}, DATE '1970-01-01'))"
    if kind == "timestamp(3)":
        nanoseconds = f"CAST(IF(abs({count}) < 9000000000000000, {count}) AS decimal(38, 0)) * 1000000"
        return f"TRY(CAST(from_unixtime_nanos({nanoseconds}) AT TIME ZONE 'UTC' AS timestamp(3)))"
    return ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
