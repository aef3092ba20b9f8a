"""What the catalog stores of a table: its versions, partitions, partition indexes and column statistics."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.glue.exceptions import (
    PartitionAlreadyExistsException,
    PartitionNotFoundException,
    VersionNotFoundException,
)

from localcloud import java_map
from localcloud.aws.errors import ApiError
from localcloud.glue.names import InvalidInput
from localcloud.glue.partition_expression import compiled

Json = dict[str, Any]


class ConcurrentModification(ApiError):
    """Two processes are trying to modify a resource simultaneously."""

    code = "ConcurrentModificationException"


@dataclass
class Partition:
    """One partition, found by its values."""

    input: Json
    created: datetime = field(default_factory=utcnow)
    statistics: dict[str, Json] = field(default_factory=dict)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(self.input["Values"])


@dataclass
class Table:
    """One table with its history. `versions` holds the current input and the archived ones, oldest first."""

    database_name: str
    name: str
    catalog_id: str
    versions: dict[str, Json] = field(default_factory=dict)
    partitions: dict[tuple[str, ...], Partition] = field(default_factory=dict)
    indexes: dict[str, Json] = field(default_factory=dict)
    statistics: dict[str, Json] = field(default_factory=dict)
    created: datetime = field(default_factory=utcnow)
    updated: dict[str, datetime] = field(default_factory=dict)
    version: int = -1

    def update(self, table_input: Json, archive: bool = True, expected: str | None = None) -> None:
        """Make `table_input` the current version; keep the one before if `archive`.

        Raises:
            ConcurrentModification: the current version is not `expected`. Remedy: read the table again and retry.
        """
        if expected is not None and expected != str(self.version):
            raise ConcurrentModification(f"Update table failed: version {expected} is not the current {self.version}.")
        if not archive:
            self.versions.pop(str(self.version), None)
            self.updated.pop(str(self.version), None)
        self.version += 1
        self.versions[str(self.version)] = {**table_input, "Name": self.name}
        self.updated[str(self.version)] = utcnow()

    @property
    def input(self) -> Json:
        """The current table input."""
        return self.versions[str(self.version)]

    @property
    def keys(self) -> list[Json]:
        """The partition keys of the current version."""
        return self.input.get("PartitionKeys") or []

    def as_dict(self, version: str | None = None) -> Json:
        """Return the table as GetTable does."""
        wanted = str(self.version) if version is None else version
        if not wanted.isdigit():
            raise InvalidInput(f"Version id {wanted[:100]!r} is not a number.")
        if wanted not in self.versions:
            raise VersionNotFoundException
        parameters = java_map.ordered(self.versions[wanted].get("Parameters") or {})
        return {
            "Retention": 0,
            "PartitionKeys": [],
            **self.versions[wanted],
            **({"Parameters": parameters} if parameters else {}),
            "DatabaseName": self.database_name,
            "CreateTime": self.created,
            "UpdateTime": self.updated[wanted],
            "IsRegisteredWithLakeFormation": False,
            "CatalogId": self.catalog_id,
            "VersionId": wanted,
        }

    def delete_version(self, version: str) -> None:
        """Drop an archived version; the current one stays."""
        if version == str(self.version):
            raise InvalidInput("The current version of a table cannot be deleted.")
        if self.versions.pop(version, None) is None:
            raise VersionNotFoundException
        self.updated.pop(version)

    def partition(self, values: list[str]) -> Partition:
        """Return the partition of these values."""
        try:
            return self.partitions[tuple(values)]
        except (KeyError, TypeError):
            raise PartitionNotFoundException from None

    def create_partition(self, partition_input: Json) -> None:
        """Add a partition.

        Raises:
            InvalidInput: another number of values than partition keys. Remedy: one value a key, in the keys' order.
        """
        values = partition_input.get("Values") or []
        if len(values) != len(self.keys):
            raise InvalidInput(
                f"The number of partition keys do not match the number of partition values: {len(self.keys)} keys, "
                f"{len(values)} values."
            )
        if tuple(values) in self.partitions:
            raise PartitionAlreadyExistsException
        self.partitions[tuple(values)] = Partition(partition_input)

    def update_partition(self, old: list[str], partition_input: Json) -> None:
        """Replace the partition `old`; it keeps its place where its values stay the same."""
        partition = self.partition(old)
        partition_input = {**partition_input, "Values": partition_input.get("Values") or old}
        values = tuple(partition_input["Values"])
        if values == partition.values:
            partition.input = partition_input
            return
        self.create_partition(partition_input)
        self.partitions[values].statistics = self.partitions.pop(tuple(old)).statistics

    def delete_partition(self, values: list[str]) -> None:
        """Drop a partition."""
        del self.partitions[self.partition(values).values]

    def partition_dict(self, partition: Partition, columns: bool = True) -> Json:
        """Return a partition as GetPartition does; without `columns` its storage descriptor has none."""
        answer = {
            **partition.input,
            "DatabaseName": self.database_name,
            "TableName": self.name,
            "CreationTime": partition.created,
            "CatalogId": self.catalog_id,
        }
        if not columns and "StorageDescriptor" in answer:
            answer["StorageDescriptor"] = {**answer["StorageDescriptor"], "Columns": []}
        return answer

    def matching_partitions(self, expression: str | None) -> list[Partition]:
        """Return the partitions for which a GetPartitions expression holds (all where it is blank)."""
        if not expression or not expression.strip():
            return list(self.partitions.values())
        names = [key["Name"].lower() for key in self.keys]
        # Types without length and precision.
        types = [str(key.get("Type") or "string").partition("(")[0].strip().lower() for key in self.keys]
        holds = compiled(expression, dict(zip(names, types, strict=True)))
        return [
            partition
            for partition in self.partitions.values()
            if holds(dict(zip(names, partition.input["Values"], strict=False)))
        ]
