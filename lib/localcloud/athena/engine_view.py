"""The catalog as the engine must see it, so that it finds, reads and writes what Athena does."""

from __future__ import annotations

from typing import Any, Protocol

from localcloud.athena import projection, views
from localcloud.athena.serdes import access, engine_tables, grok, support, typed_csv
from localcloud.athena.serdes.classes import OPENX_JSON, OPENX_OUTPUT, TEXT_OUTPUT, library, serde_properties

Entry = dict[str, Any]
"""A table or a partition as GetTable and GetPartition answer it."""

APP_ID = "athena-engine"
"""The word in the engine's User-Agent that identifies it: AWS_SDK_UA_APP_ID in `localcloud.services.trino`."""
_TEXT_OUTPUT = {
    # Two names of one format; the engine writes to tables under the second only.
    OPENX_OUTPUT: TEXT_OUTPUT,
}
_DOTS = "ConvertDotsInJsonKeysToUnderscores"
"""The newer name of `dots.in.keys`; the engine knows the older one only."""


def is_engine(user_agent: str) -> bool:
    """Return whether a request comes from the lab's engine."""
    return f"app/{APP_ID}" in user_agent


def table_from_engine(given: Entry) -> Entry:
    """Return a table that the engine writes as the catalog keeps it: a view with its own columns."""
    return views.described(given)


def real_name(name: str) -> str:
    """Return the name of a table in the catalog for a name that the engine asks for."""
    return engine_tables.plain_name(name)


def table_for_engine(table: Entry, name: str, *, swapped: bool = False) -> Entry:
    """Return a table of the catalog in the form that the engine needs.

    `name` is the name that the engine asked for; `swapped` says that it asks for the catalog of
    `localcloud.athena.serdes.access`.
    """
    kind = _engine_view(table)
    if kind and not support.problem(table):
        if name.endswith(engine_tables.RAW):
            return kind.raw(_converted(table))
        return engine_tables.view(table, kind.fields(table), files=name.endswith(engine_tables.FILES))
    return _converted(table if swapped else access.redirected(table))


def partition_for_engine(table: Entry, partition: Entry, name: str) -> Entry:
    """Return a partition of a table in the form that the engine needs, under the name that it asked for."""
    seen = {**known_storage(partition), "TableName": name}
    kind = _engine_view(table)
    return kind.as_text(seen) if kind else seen


def is_engine_view(table: Entry) -> bool:
    """Return whether the engine sees a table as a view."""
    return _engine_view(table) is not None


class _EngineTables(Protocol):
    """How the tables of a SerDe become a view: `localcloud.athena.serdes.typed_csv` and `grok`."""

    def raw(self, table: Entry) -> Entry:
        """Return the table below the view."""

    def as_text(self, entry: Entry) -> Entry:
        """Return a partition of that table."""

    def fields(self, table: Entry) -> list[engine_tables.Field]:
        """Return the columns of the view."""


def _engine_view(table: Entry) -> _EngineTables | None:
    if typed_csv.applies(table):
        return typed_csv
    return grok if grok.applies(table) else None


def _converted(table: Entry) -> Entry:
    # A wrong projection is an error of a query, and none of a list of tables.
    described = table if projection.problem(table) else projection.projected(table)
    return views.for_engine(known_storage(described))


def known_storage(entry: Entry) -> Entry:
    """Return a table or a partition under the names that the engine knows its format and properties by."""
    stored = entry.get("StorageDescriptor") or {}
    known: Entry = {}
    if output := _TEXT_OUTPUT.get(stored.get("OutputFormat", "")):
        known["OutputFormat"] = output
    properties = serde_properties(entry)
    if library(entry) == OPENX_JSON and _DOTS in properties:
        known["SerdeInfo"] = {**stored["SerdeInfo"], "Parameters": {**properties, "dots.in.keys": properties[_DOTS]}}
    return {**entry, "StorageDescriptor": {**stored, **known}} if known else entry


def problem(table: Entry, partition: Entry | None = None) -> str:
    """Return why the engine would read a table or a partition of it differently from Athena, or ''."""
    if partition is None:
        return support.problem(table) or projection.problem(table)
    if not library(partition) or library(table) != library(partition):
        return ""
    if access.is_swapped(table) != access.is_swapped(partition):
        return (
            f"Partition {partition['Values']} of {table['Name']} reads its columns by index or by name, unlike the "
            "table. The lab needs the same SerDe property on both"
        )
    return support.problem({**partition, "Parameters": {}})


def merged_update(kept: Entry, seen: Entry, written: Entry) -> Entry:
    """Return what the engine wrote of a table, without the parts that only the engine sees."""
    if written.get("TableType") == "VIRTUAL_VIEW":
        return written
    parameters, shown = kept.get("Parameters") or {}, seen.get("Parameters") or {}
    updated = {key: value for key, value in (written.get("Parameters") or {}).items() if shown.get(key) != value}
    merged = {key: value for key, value in parameters.items() if key in (written.get("Parameters") or {})} | updated
    same = _shape(seen) == _shape(written)
    return {
        **written,
        "Parameters": merged,
        **({"StorageDescriptor": kept.get("StorageDescriptor") or {}} if same else {}),
    }


def _shape(entry: Entry) -> tuple[str, list[tuple[str, str]]]:
    stored = entry.get("StorageDescriptor") or {}
    columns = [(column["Name"], column.get("Type", "")) for column in stored.get("Columns") or []]
    return str(stored.get("Location") or "").rstrip("/"), columns
