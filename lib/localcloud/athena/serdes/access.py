"""Columns of ORC and Parquet files by name or by index, as the table's SerDe properties choose.

The engine knows this choice only as a setting of a whole catalog. The lab has two catalogs over one Glue: the usual one
with Athena's defaults (ORC by index, Parquet by name) and `SWAPPED_CATALOG` with the opposite. A table that chooses
against the default is redirected from the first to the second, as the engine does for tables of another format.
https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
"""

from __future__ import annotations

from typing import Any

from localcloud.athena.serdes.classes import ORC, PARQUET, library, serde_properties

SWAPPED_CATALOG = "awsdatacatalog_swapped"

# SerDe -> its property and whether Athena reads by index where the table does not set it
_CHOICES = {
    ORC: ("orc.column.index.access", True),
    PARQUET: ("parquet.column.index.access", False),
}
_REDIRECTED = {"spark.sql.sources.provider": "delta"}
"""With this property, the engine treats a table as one of another catalog (hive.delta-lake-catalog-name)."""


def is_swapped(entry: dict[str, Any]) -> bool:
    """Return whether a table or a partition finds its columns in the way that isn't Athena's default."""
    key, default = _CHOICES.get(library(entry), ("", False))
    value = serde_properties(entry).get(key)
    return value is not None and (value.strip().lower() == "true") is not default


def redirected(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table as the usual catalog must report it, so that the engine reads it through the other one."""
    if not is_swapped(table):
        return table
    return {**table, "Parameters": {**(table.get("Parameters") or {}), **_REDIRECTED}}
