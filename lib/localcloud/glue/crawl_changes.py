"""How the description of a table changes when a crawl sees it again.

https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from localcloud.glue.crawler.schema import Type, hive, parse
from localcloud.glue.tables import Json

DEPRECATED = "DEPRECATED_BY_CRAWLER"
_STATISTICS = ("averageRecordSize", "objectCount", "recordCount", "sizeKey")
_FIXED = ("classification", "compressionType", "delimiter")


def location_of(described: Json) -> str:
    """Return the location of a table or partition input, ending in `/`."""
    location = (described.get("StorageDescriptor") or {}).get("Location") or ""
    return location.rstrip("/") + "/" if location else ""


def deprecated(described: Json) -> Json:
    """Return a description with the mark of a table or partition whose data is gone; the value is the time in ms."""
    stamp = str(round(datetime.now(UTC).timestamp() * 1000))
    return {**described, "Parameters": {**(described.get("Parameters") or {}), DEPRECATED: stamp}}


def incompatible(old: Json, new: Json) -> list[str]:
    """Return the attributes in which two descriptions differ so that no merge can hold both."""
    before, after = old.get("Parameters") or {}, new["Parameters"]
    return [name for name in _FIXED if name in before and before[name] != after.get(name)]


def merged(old: Json, new: Json) -> Json:
    """Return the old description with new columns and new struct fields appended, and everything else kept."""
    storage = old.get("StorageDescriptor") or {}
    offered = {column["Name"]: column["Type"] for column in new["StorageDescriptor"]["Columns"]}
    columns = [
        {**column, "Type": _with_new_fields(column.get("Type") or "string", offered.pop(column["Name"], ""))}
        for column in storage.get("Columns", [])
    ]
    columns += [{"Name": name, "Type": kind} for name, kind in offered.items()]
    parameters = {**(old.get("Parameters") or {}), **new["Parameters"]}
    serde = storage.get("SerdeInfo") or {}
    inside = {**(serde.get("Parameters") or {}), **new["StorageDescriptor"]["SerdeInfo"]["Parameters"]}
    kept = {**new["StorageDescriptor"], **storage, "Columns": columns, "SerdeInfo": {**serde, "Parameters": inside}}
    return {
        **new,
        **old,
        "PartitionKeys": old.get("PartitionKeys") or [],
        "Parameters": {key: value for key, value in parameters.items() if key != DEPRECATED},
        "StorageDescriptor": kept,
    }


def kept_by_hand(old: Json, new: Json) -> Json:
    """Return a table made by hand with the columns and statistics of a crawl; its name, SerDe and keys stay its own.

    Columns of a file without a header have no names of their own (`col0`), so the table's names stay.
    """
    storage = old.get("StorageDescriptor") or {}
    columns = new["StorageDescriptor"]["Columns"]
    if all(re.fullmatch(r"col\d+", column["Name"]) for column in columns):
        columns = storage.get("Columns") or columns
    parameters = {**(old.get("Parameters") or {}), **new["Parameters"]}
    return {**old, "Parameters": parameters, "StorageDescriptor": {**storage, "Columns": columns}}


def schema_of(described: Json) -> Any:
    """Return what makes a new version of a table: everything but the counts."""
    storage = described.get("StorageDescriptor") or {}
    parameters = {key: value for key, value in (described.get("Parameters") or {}).items() if key not in _STATISTICS}
    plain = {key: value for key, value in storage.items() if key != "Parameters"}
    return (plain, parameters, described.get("PartitionKeys"), described.get("Values"))


def _with_new_fields(old: str, new: str) -> str:
    return hive(_grown(parse(old), parse(new))) if "struct<" in old and new else old


def _grown(old: Type, new: Type) -> Type:
    if not (isinstance(old, tuple) and isinstance(new, tuple) and old[0] == new[0]):
        return old
    if old[0] != "struct":
        return (old[0], *(_grown(mine, theirs) for mine, theirs in zip(old[1:], new[1:], strict=True)))
    fields, offered = dict(old[1]), dict(new[1])
    grown = {name: _grown(kind, offered.get(name, kind)) for name, kind in fields.items()}
    added = [(name, kind) for name, kind in offered.items() if name not in grown]
    return ("struct", (*grown.items(), *added))
