"""The files of a table of the catalog, each with the values of the partitions that it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from localcloud.athena.partitions import registered_partitions
from localcloud.athena.serdes.lines import S3File, files

Table = dict[str, Any]
Values = list[Mapping[str, str]]
"""Partition key -> value, for each partition whose folder holds the file; empty if the partition is not known."""

_MANY = 5
_PLACEHOLDER = re.compile(r"\\\$\\\{(.+?)\\\}")


class Clients(Protocol):
    """What reaches the catalog and S3."""

    @property
    def glue(self) -> Any:
        """A client of Glue."""

    @property
    def s3(self) -> Any:
        """A client of S3."""


def table_files(clients: Clients, table: Table) -> Iterator[tuple[S3File, Values]]:
    """Yield the files that a query of the whole table reads."""
    root = str(table["StorageDescriptor"].get("Location") or "")
    if not table.get("PartitionKeys"):
        yield from ((file, []) for file in files(clients.s3, root))
    elif _is_projected(table):
        yield from _projected(clients, table, root)
    else:
        yield from _registered(clients, table, root.rstrip("/") + "/")


def _is_projected(table: Table) -> bool:
    return str((table.get("Parameters") or {}).get("projection.enabled", "")).strip().lower() == "true"


def _projected(clients: Clients, table: Table, root: str) -> Iterator[tuple[S3File, Values]]:
    keys = [str(key["Name"]) for key in table["PartitionKeys"]]
    parameters = table.get("Parameters") or {}
    default = f"{root.rstrip('/')}/" + "/".join(f"{key}=${{{key}}}" for key in keys)
    template = str(parameters.get("storage.location.template") or default).rstrip("/")
    folder = template.partition("${")[0].rpartition("/")[0] if "${" in template else root
    shapes = {key: _shape(parameters, key) for key in keys}
    escaped = re.escape(template)
    pattern = re.compile(_PLACEHOLDER.sub(lambda match: shapes.get(match[1]) or "(.*)", escaped) + "/")
    for file in files(clients.s3, folder):
        match = pattern.match(file.url)
        if match is None or None in shapes.values():
            yield file, []
        else:
            yield file, [dict(zip(_PLACEHOLDER.findall(escaped), match.groups(), strict=True))]


def _shape(parameters: Mapping[str, str], key: str) -> str | None:
    """Return the pattern of a projected column's values in a path; None if they may have any number of slashes."""
    kind = str(parameters.get(f"projection.{key}.type", "")).strip().lower()
    if kind == "date":
        return "([^/]*" + "/[^/]*" * str(parameters.get(f"projection.{key}.format", "")).count("/") + ")"
    if kind == "integer" or (kind == "enum" and "/" not in str(parameters.get(f"projection.{key}.values", ""))):
        return "([^/]*)"
    return None


def _registered(clients: Clients, table: Table, root: str) -> Iterator[tuple[S3File, Values]]:
    keys = [str(key["Name"]) for key in table["PartitionKeys"]]
    folders: dict[str, Values] = {}
    for part in registered_partitions(clients, table):
        folder = str(part["StorageDescriptor"]["Location"]).rstrip("/")
        folders.setdefault(folder, []).append(dict(zip(keys, part["Values"], strict=False)))
    if len(folders) > _MANY and all(folder.startswith(root) for folder in folders):
        # One list of all objects costs less than one for each partition.
        for file in files(clients.s3, root):
            values = [each for parent in _parents(file.url) for each in folders.get(parent, [])]
            if values:
                yield file, values
        return
    for folder, values in sorted(folders.items(), key=lambda pair: pair[0]):
        yield from ((file, values) for file in files(clients.s3, folder))


def _parents(url: str) -> Iterator[str]:
    while "/" in url.partition("://")[2]:
        url = url.rpartition("/")[0]
        yield url
