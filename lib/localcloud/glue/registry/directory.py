"""Finds registries, schemas and versions by the forms in which requests name them, and keeps the quotas.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-schema-registry-api.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from moto.glue.exceptions import (
    GeneralGSRAlreadyExistsException,
    GeneralResourceNumberLimitExceededException,
    InvalidRegistryIdBothParamsProvidedException,
    InvalidSchemaIdBothParamsProvidedException,
    InvalidSchemaIdNotProvidedException,
    InvalidSchemaVersionIdProvidedWithOtherParamsException,
    InvalidSchemaVersionNumberBothParamsProvidedException,
    InvalidSchemaVersionNumberNotProvidedException,
    RegistryNotFoundException,
    SchemaNotFoundException,
    SchemaVersionNotFoundFromSchemaIdException,
    SchemaVersionNotFoundFromSchemaVersionIdException,
)

from localcloud.glue.registry.model import Json, Registry, Schema, Version

DEFAULT: Final = "default-registry"
MAX_REGISTRIES: Final = 10
MAX_VERSIONS: Final = 1000
"""https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-quotas"""


@dataclass
class Directory:
    """The registries of one account and region."""

    registries: dict[str, Registry]
    arn: str
    """What the ARNs of this account and region begin with, such as `arn:aws:glue:us-east-1:123456789012`."""

    def create(self, name: str, description: str | None = None) -> Registry:
        """Add a registry."""
        if name in self.registries:
            raise GeneralGSRAlreadyExistsException("Registry", "RegistryName", name)
        if len(self.registries) >= MAX_REGISTRIES and name != DEFAULT:
            raise GeneralResourceNumberLimitExceededException("registries")
        self.registries[name] = Registry(f"{self.arn}:registry/{name}", name, description)
        return self.registries[name]

    def registry(self, registry_id: Json) -> Registry:
        """Return the registry with a name or an ARN."""
        name, arn = registry_id.get("RegistryName"), registry_id.get("RegistryArn")
        if name and arn:
            raise InvalidRegistryIdBothParamsProvidedException
        for registry in self.registries.values():
            if registry.name == name or registry.arn == arn:
                return registry
        raise RegistryNotFoundException("Registry", "RegistryName" if name else "RegistryArn", name or arn or "null")

    def registry_or_default(self, registry_id: Json | None) -> Registry:
        """Return the registry of a new schema; the default one is made when it is needed."""
        default = f"{self.arn}:registry/{DEFAULT}"
        if registry_id and registry_id not in ({"RegistryName": DEFAULT}, {"RegistryArn": default}):
            return self.registry(registry_id)
        return self.registries.get(DEFAULT) or self.create(DEFAULT)

    def schema(self, schema_id: Json) -> Schema:
        """Return the schema with an ARN, or with a name in a registry."""
        arn, registry, name = (schema_id.get(part) for part in ("SchemaArn", "RegistryName", "SchemaName"))
        if arn and (registry or name):
            raise InvalidSchemaIdBothParamsProvidedException
        if not arn and not (registry and name):
            raise InvalidSchemaIdNotProvidedException
        for schema in self.schemas():
            if schema.arn == arn or (schema.registry, schema.name) == (registry, name):
                return schema
        raise SchemaNotFoundException(name or "", registry or "", arn)

    def schemas(self) -> list[Schema]:
        """Return the schemas of all registries."""
        return [schema for registry in self.registries.values() for schema in registry.schemas.values()]

    def check_room(self) -> None:
        """Raise if the account has as many versions as it may have."""
        if sum(len(schema.versions) for schema in self.schemas()) >= MAX_VERSIONS:
            raise GeneralResourceNumberLimitExceededException("schema versions")

    def version(self, request: Json) -> tuple[Schema, Version]:
        """Return the version that a request names: by its ID, or by its schema and a number."""
        version_id, schema_id = request.get("SchemaVersionId"), request.get("SchemaId")
        number = request.get("SchemaVersionNumber")
        if version_id and (schema_id or number):
            raise InvalidSchemaVersionIdProvidedWithOtherParamsException
        if version_id:
            return self._with_id(version_id)
        if not schema_id:
            raise InvalidSchemaIdNotProvidedException
        schema = self.schema(schema_id)
        return schema, numbered(schema, schema_id, number)

    def _with_id(self, version_id: str) -> tuple[Schema, Version]:
        for schema in self.schemas():
            for version in schema.versions.values():
                if version.id == version_id:
                    return schema, version
        raise SchemaVersionNotFoundFromSchemaVersionIdException(version_id)


def numbered(schema: Schema, schema_id: Json, number: Json | None) -> Version:
    """Return the version with a number, or the latest one that is available."""
    wanted, latest = (number or {}).get("VersionNumber"), (number or {}).get("LatestVersion")
    if wanted and latest:
        raise InvalidSchemaVersionNumberBothParamsProvidedException
    if not wanted and not latest:
        raise InvalidSchemaVersionNumberNotProvidedException
    available = schema.available()
    version = (available[-1] if available else None) if latest else schema.versions.get(wanted or 0)
    if version is None:
        registry, name, arn = (schema_id.get(part) for part in ("RegistryName", "SchemaName", "SchemaArn"))
        raise SchemaVersionNotFoundFromSchemaIdException(registry, name, arn, wanted, "true" if latest else None)
    return version
