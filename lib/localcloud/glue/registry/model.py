"""What the registry stores: registries, their schemas, and the versions of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

Json = dict[str, Any]
AVAILABLE: Final = "AVAILABLE"
FAILURE: Final = "FAILURE"
DELETING: Final = "DELETING"
PENDING: Final = "PENDING"


def now() -> str:
    """Return the time as the API writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Version:
    """One version of a schema. `metadata` holds, for each key, its values and when they were added."""

    number: int
    definition: str
    fingerprint: str
    status: str
    id: str = field(default_factory=lambda: str(uuid4()))
    created: str = field(default_factory=now)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Schema:
    """A schema with its versions by number."""

    arn: str
    name: str
    registry: str
    data_format: str
    compatibility: str
    description: str | None = None
    checkpoint: int = 1
    next_number: int = 1
    versions: dict[int, Version] = field(default_factory=dict)
    created: str = field(default_factory=now)
    updated: str = field(default_factory=now)

    def available(self) -> list[Version]:
        """Return the versions that passed their check, oldest first."""
        return [version for version in self.versions.values() if version.status == AVAILABLE]

    def add(self, definition: str, fingerprint: str, status: str) -> Version:
        """Add the next version."""
        version = Version(self.next_number, definition, fingerprint, status)
        self.versions[version.number] = version
        self.next_number += 1
        self.updated = now()
        return version

    def with_fingerprint(self, fingerprint: str) -> Version | None:
        """Return the version with this definition."""
        return next((version for version in self.versions.values() if version.fingerprint == fingerprint), None)

    def names(self) -> Json:
        """Return the members that every answer about the schema has."""
        return {"SchemaArn": self.arn, "SchemaName": self.name, "RegistryName": self.registry}

    def summary(self) -> Json:
        """Return the schema as ListSchemas does."""
        return {
            **self.names(),
            "Description": self.description,
            "SchemaStatus": AVAILABLE if self.versions else PENDING,
            "CreatedTime": self.created,
            "UpdatedTime": self.updated,
        }

    def as_dict(self) -> Json:
        """Return the schema as GetSchema does."""
        available = self.available()
        return {
            **self.summary(),
            "DataFormat": self.data_format,
            "Compatibility": self.compatibility,
            "SchemaCheckpoint": self.checkpoint,
            "LatestSchemaVersion": available[-1].number if available else None,
            "NextSchemaVersion": self.next_number,
        }

    def version_dict(self, version: Version) -> Json:
        """Return a version as ListSchemaVersions does."""
        return {
            "SchemaArn": self.arn,
            "SchemaVersionId": version.id,
            "VersionNumber": version.number,
            "Status": version.status,
            "CreatedTime": version.created,
        }


@dataclass
class Registry:
    """A registry with its schemas by name."""

    arn: str
    name: str
    description: str | None = None
    schemas: dict[str, Schema] = field(default_factory=dict)
    created: str = field(default_factory=now)
    updated: str = field(default_factory=now)

    def as_dict(self) -> Json:
        """Return the registry as GetRegistry does."""
        return {
            "RegistryName": self.name,
            "RegistryArn": self.arn,
            "Description": self.description,
            "Status": AVAILABLE,
            "CreatedTime": self.created,
            "UpdatedTime": self.updated,
        }
