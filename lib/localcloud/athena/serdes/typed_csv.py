"""OpenCSVSerDe with typed columns. The engine reads such files only as text, so it gets a view that converts.

https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
"""

from __future__ import annotations

from typing import Any

from localcloud.athena.serdes.classes import OPEN_CSV, library, serde_properties
from localcloud.athena.serdes.engine_tables import RAW, Field, columns_of, quoted
from localcloud.athena.serdes.scalars import converted, digits, engine_type, value

NULL_FOR_INVALID = "use.null.for.invalid.data"


def applies(table: dict[str, Any]) -> bool:
    """Return whether a table of the catalog is a CSV table with a column that is not text."""
    return library(table) == OPEN_CSV and any(engine_type(kind) != "varchar" for _, kind in columns_of(table))


def as_text(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a table or a partition with all its columns as text; partition keys keep their types."""
    stored = entry.get("StorageDescriptor") or {}
    columns = [{**column, "Type": "string"} for column in stored.get("Columns") or []]
    return {**entry, "StorageDescriptor": {**stored, "Columns": columns}}


def raw(table: dict[str, Any]) -> dict[str, Any]:
    """Return the table of texts that is below the view."""
    return {**as_text(table), "Name": table["Name"] + RAW}


def fields(table: dict[str, Any]) -> list[Field]:
    """Return the columns of the view."""
    lenient = _is_lenient(table)
    return [_field(number, name, kind, lenient=lenient) for number, (name, kind) in enumerate(columns_of(table))]


def _field(number: int, name: str, hive_type: str, *, lenient: bool) -> Field:
    kind, text = engine_type(hive_type) or "varchar", quoted(name)
    if kind == "varchar":
        return Field(name, kind, text)
    read = _from_epoch(text, kind) or value(text, kind)
    return Field(name, kind, read if lenient else converted(text, read, kind, number))


def _is_lenient(table: dict[str, Any]) -> bool:
    values = {**serde_properties(table), **(table.get("Parameters") or {})}
    return str(values.get(NULL_FOR_INVALID, "")).strip().lower() == "true"


def _from_epoch(text: str, kind: str) -> str:
    # Beyond these ends the engine's arithmetic fails in a way that TRY does not catch.
    count = f"TRY_CAST({digits(text)} AS bigint)"
    if kind == "date":
        days = f"IF({count} BETWEEN -2147483648 AND 2147483647, {count})"
        return f"TRY(date_add('day', {days}, DATE '1970-01-01'))"
    if kind == "timestamp(3)":
        nanoseconds = f"CAST(IF(abs({count}) < 9000000000000000, {count}) AS decimal(38, 0)) * 1000000"
        return f"TRY(CAST(from_unixtime_nanos({nanoseconds}) AT TIME ZONE 'UTC' AS timestamp(3)))"
    return ""
