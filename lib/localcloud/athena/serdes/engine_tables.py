"""A table that the engine cannot read with its types, presented as a view over a table that it can read.

The catalog answers the engine with more entries than one: the table's own name is a view with the table's columns, the
name with `RAW` is the table of texts below it, and the name with `FILES` is the view with the hidden columns `"$path"`
and its like, which a view cannot hide. Clients never see them; they see the table as it was made.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from localcloud.athena.serdes.scalars import engine_type

Table = dict[str, Any]

RAW, FILES = "$raw", "$files"
HIDDEN = {
    "$path": "varchar",
    "$file_size": "bigint",
    "$file_modified_time": "timestamp(3) with time zone",
}
"""Hidden columns of every table of files and their types: https://trino.io/docs/476/connector/hive.html"""
_PARTITION = {"$partition": "varchar"}


@dataclass(frozen=True)
class Field:
    """A column of the view: its name, its type in the engine, and the expression that makes it of the texts."""

    name: str
    kind: str
    expression: str


def plain_name(name: str) -> str:
    """Return the name of a table in the catalog for a name that the engine asks for."""
    return name.removesuffix(RAW).removesuffix(FILES)


def hidden_columns(table: Table) -> dict[str, str]:
    """Return the hidden columns of a table and their types."""
    return {**HIDDEN, **(_PARTITION if table.get("PartitionKeys") else {})}


def view(table: Table, fields: Iterable[Field], *, files: bool) -> Table:
    """Return the view, in the form in which the engine keeps views in Glue; with hidden columns if `files`."""
    columns = [*fields, *_keys(table)]
    if files:
        columns += [Field(name, kind, quoted(name)) for name, kind in hidden_columns(table).items()]
    definition = {
        "originalSql": _query(table, columns),
        "catalog": "awsdatacatalog",
        "schema": table["DatabaseName"],
        "columns": [{"name": column.name, "type": column.kind} for column in columns],
        "runAsInvoker": True,
        "path": [],
    }
    encoded = base64.b64encode(json.dumps(definition).encode()).decode()
    return {
        **table,
        "Name": table["Name"] + (FILES if files else ""),
        "TableType": "VIRTUAL_VIEW",
        "PartitionKeys": [],
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "StorageDescriptor": {"Columns": [{"Name": "dummy", "Type": "string"}], "SerdeInfo": {}, "Location": ""},
    }


def columns_of(table: Table) -> list[tuple[str, str]]:
    """Return names and Hive types of a table's columns, without partition keys."""
    stored = (table.get("StorageDescriptor") or {}).get("Columns") or []
    return [(column["Name"], column.get("Type") or "string") for column in stored]


def quoted(name: str) -> str:
    """Return a name in the engine's quotes."""
    return '"' + name.replace('"', '""') + '"'


def _keys(table: Table) -> list[Field]:
    keys = table.get("PartitionKeys") or []
    return [
        Field(key["Name"], engine_type(key.get("Type") or "string") or "varchar", quoted(key["Name"])) for key in keys
    ]


def _query(table: Table, columns: list[Field]) -> str:
    fields = ", ".join(f"{column.expression} AS {quoted(column.name)}" for column in columns)
    source = f"{quoted(table['DatabaseName'])}.{quoted(table['Name'] + RAW)}"
    return f"SELECT {fields} FROM awsdatacatalog.{source}"  # noqa: S608  quoted names
