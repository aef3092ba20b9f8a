"""What Athena notes with the columns of an Iceberg table in Glue, and the lab's engine does not.

Clients such as awswrangler read it to distinguish today's columns from those of older schemas. The engine keeps only
today's columns in the catalog.
"""

from __future__ import annotations

from typing import Any

_FIELD = {"iceberg.field.current": "true", "iceberg.field.optional": "true"}


def with_fields(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table of the catalog with those notes, where it is an Iceberg table."""
    stored = table.get("StorageDescriptor") or {}
    if str((table.get("Parameters") or {}).get("table_type", "")).lower() != "iceberg" or not stored.get("Columns"):
        return table
    columns = [{**column, "Parameters": {**_FIELD, **(column.get("Parameters") or {})}} for column in stored["Columns"]]
    return {**table, "StorageDescriptor": {**stored, "Columns": columns}}
