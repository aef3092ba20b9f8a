"""The catalog as the engine must see it, where it would not find or not write what Athena does."""

from __future__ import annotations

from typing import Any

from localcloud.athena import projection, views

APP_ID = "athena-engine"
"""By this word in its User-Agent the catalog knows the engine: see AWS_SDK_UA_APP_ID in `localcloud.services.trino`."""
_TEXT_OUTPUT = {
    # Two names of one format; the engine writes to tables under the second only.
    "org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat": (
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    ),
}


def is_engine(user_agent: str) -> bool:
    """Tell whether a request comes from the lab's engine."""
    return f"app/{APP_ID}" in user_agent


def table_seen(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table of the catalog as the engine needs it told."""
    return views.told_to_engine(stored_as_known(projection.projected(table)))


def table_written(given: dict[str, Any]) -> dict[str, Any]:
    """Return a table that the engine writes as the catalog keeps it: a view with its own columns."""
    return views.described(given)


def stored_as_known(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a table or a partition under the name that the engine knows its output format by."""
    stored = entry.get("StorageDescriptor") or {}
    known = _TEXT_OUTPUT.get(stored.get("OutputFormat", ""))
    return {**entry, "StorageDescriptor": {**stored, "OutputFormat": known}} if known else entry
