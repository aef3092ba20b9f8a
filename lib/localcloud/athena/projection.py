"""Partition projection: a table as the engine must see it to find the files where Athena finds them.

Without a `storage.location.template` both look for `key=value` folders. Athena takes a value as it is, the engine
writes it as Hive does (`01%3A00` for `01:00`) and would find nothing: so it is told the template that Athena means.
https://docs.aws.amazon.com/athena/latest/ug/partition-projection-setting-up.html
"""

from __future__ import annotations

from typing import Any

APP_ID = "athena-engine"
"""By this word in its User-Agent the catalog knows the engine: see AWS_SDK_UA_APP_ID in `localcloud.services.trino`."""
_TEMPLATE = "storage.location.template"


def is_engine(user_agent: str) -> bool:
    """Tell whether a request comes from the lab's engine."""
    return f"app/{APP_ID}" in user_agent


def for_engine(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table of the catalog with the template of its folders, where it is projected and does not say it."""
    parameters = table.get("Parameters") or {}
    projected = str(parameters.get("projection.enabled", "")).lower() == "true"
    location = (table.get("StorageDescriptor") or {}).get("Location", "")
    if not projected or _TEMPLATE in parameters or not location:
        return table
    folders = "/".join(f"{key['Name']}=${{{key['Name']}}}" for key in table.get("PartitionKeys") or [])
    return {**table, "Parameters": {**parameters, _TEMPLATE: f"{location.rstrip('/')}/{folders}/"}}
