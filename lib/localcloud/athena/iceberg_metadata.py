"""The metadata file of an Iceberg table: what the catalog does not hold, and the changes that the engine cannot make.

https://iceberg.apache.org/spec/#table-metadata
"""

from __future__ import annotations

import copy
import gzip
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from localcloud.athena.failure import SYSTEM, QueryFailed, hive_error
from localcloud.athena.results import split_url

Table = dict[str, Any]

KEPT = (
    "write_target_data_file_size_bytes",
    "optimize_rewrite_min_data_file_size_bytes",
    "optimize_rewrite_max_data_file_size_bytes",
    "optimize_rewrite_data_file_threshold",
    "optimize_rewrite_delete_file_threshold",
    "vacuum_min_snapshots_to_keep",
    "vacuum_max_snapshot_age_seconds",
    "vacuum_max_metadata_files_to_keep",
)
"""Properties of Athena that are in the metadata under their own names.

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html
"""
PATHS = ("write.data.path", "write.object-storage.path")
_FORMAT = "write.format.default"
_INPUT = ("Name", "Owner", "Description", "Retention", "StorageDescriptor", "PartitionKeys", "TableType", "Parameters")
_TRANSFORM = re.compile(r"(\w+)\[(\d+)\]")


class Clients(Protocol):
    """The clients of S3 and Glue that a change needs."""

    s3: Any
    glue: Any


@dataclass(frozen=True)
class Metadata:
    """A metadata file as it was read."""

    location: str
    content: Mapping[str, Any]

    @property
    def properties(self) -> dict[str, str]:
        """The properties of the table."""
        return dict(self.content.get("properties") or {})

    @property
    def schema(self) -> dict[str, Any]:
        """The current schema."""
        current = self.content["current-schema-id"]
        return dict(next(schema for schema in self.content["schemas"] if schema["schema-id"] == current))

    def partitioning(self) -> list[tuple[str, str, str]]:
        """Return name, transform and source column of each partition field."""
        names = _names(self.schema)
        current = self.content["default-spec-id"]
        spec = next(spec for spec in self.content["partition-specs"] if spec["spec-id"] == current)
        return [(field["name"], field["transform"], names[field["source-id"]]) for field in spec["fields"]]

    def athena_properties(self) -> dict[str, str]:
        """Return the properties that Athena shows, under its own names."""
        properties = self.properties
        file_format = properties.get(_FORMAT, "PARQUET").lower()
        codec = properties.get(f"write.{file_format}.compression-codec", "zstd").lower()
        shown = {"table_type": "iceberg", "format": file_format, "write_compression": codec}
        return shown | {key: properties[key] for key in (*KEPT, *PATHS) if key in properties}


def _names(schema: Mapping[str, Any], prefix: str = "") -> dict[int, str]:
    names: dict[int, str] = {}
    for field in schema["fields"]:
        names[field["id"]] = prefix + field["name"]
        if isinstance(field["type"], dict) and field["type"]["type"] == "struct":
            names |= _names(field["type"], f"{prefix}{field['name']}.")
    return names


def partition_field(transform: str, column: str) -> str:
    """Return a partition field as PARTITIONED BY names it: `` `a` ``, `` bucket(16, `a`) ``, `` day(`a`) ``."""
    quoted = ".".join(f"`{part}`" for part in column.split("."))
    sized = _TRANSFORM.fullmatch(transform)
    if sized is not None:
        return f"{sized[1]}({sized[2]}, {quoted})" if sized[1] == "bucket" else f"{sized[1]}({quoted}, {sized[2]})"
    return quoted if transform == "identity" else f"{transform}({quoted})"


def read(s3: Any, table: Table) -> Metadata:
    """Return the current metadata of an Iceberg table of the catalog."""
    location = (table.get("Parameters") or {}).get("metadata_location", "")
    if not location:
        raise QueryFailed("ICEBERG_INVALID_METADATA", f"{table['Name']} has no metadata_location in the catalog")
    bucket, key = split_url(location)
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    return Metadata(location, json.loads(body))


def without_properties(metadata: Metadata, keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the content with some properties removed."""
    content = copy.deepcopy(dict(metadata.content))
    content["properties"] = {key: value for key, value in metadata.properties.items() if key not in keys}
    return content


def with_properties(metadata: Metadata, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the content with some properties set."""
    content = copy.deepcopy(dict(metadata.content))
    content["properties"] = {**metadata.properties, **values}
    return content


def with_order(metadata: Metadata, column: str, after: str | None) -> dict[str, Any]:
    """Return the content with a schema in which a column comes after another, or first.

    Raises:
        QueryFailed: one of the columns does not exist.
    """
    schema = copy.deepcopy(metadata.schema)
    fields = {field["name"]: field for field in schema["fields"]}
    for name in (column, after):
        if name is not None and name not in fields:
            raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {name}")
    moved = fields.pop(column)
    order = list(fields.values())
    order.insert(0 if after is None else list(fields).index(after) + 1, moved)
    content = copy.deepcopy(dict(metadata.content))
    schema |= {"fields": order, "schema-id": max(known["schema-id"] for known in content["schemas"]) + 1}
    content["schemas"].append(schema)
    return content | {"current-schema-id": schema["schema-id"]}


def commit(clients: Clients, table: Table, before: Metadata, content: dict[str, Any]) -> None:
    """Write changed metadata as a new file and let the catalog point to it, unless somebody was faster.

    Raises:
        QueryFailed: the table changed in the meantime. Remedy: run the statement again.
    """
    log = {"timestamp-ms": before.content["last-updated-ms"], "metadata-file": before.location}
    content |= {"last-updated-ms": int(time.time() * 1000), "metadata-log": [*content.get("metadata-log", []), log]}
    location = _next_location(before.location)
    bucket, key = split_url(location)
    clients.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(content).encode())
    named = {"DatabaseName": table["DatabaseName"]}
    current = clients.glue.get_table(**named, Name=table["Name"])["Table"]
    if current["Parameters"].get("metadata_location") != before.location:
        raise QueryFailed("ICEBERG_COMMIT_ERROR", f"{table['Name']} was changed by another query. Try again", SYSTEM)
    moved = {"metadata_location": location, "previous_metadata_location": before.location}
    entry = {key: current[key] for key in _INPUT if key in current}
    entry["Parameters"] = {**current["Parameters"], **moved}
    entry["StorageDescriptor"] = {**current["StorageDescriptor"], "Columns": _ordered(current, content)}
    clients.glue.update_table(**named, TableInput=entry, VersionId=current["VersionId"], SkipArchive=True)


def _next_location(location: str) -> str:
    folder, _, name = location.rpartition("/")
    number = re.match(r"\d+", name)
    return f"{folder}/{int(number[0]) + 1 if number else 1:05d}-{uuid.uuid4()}.metadata.json"


def _ordered(table: Table, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    columns = {column["Name"]: column for column in table["StorageDescriptor"].get("Columns", [])}
    schema = next(known for known in content["schemas"] if known["schema-id"] == content["current-schema-id"])
    return [columns[field["name"]] for field in schema["fields"] if field["name"] in columns]
