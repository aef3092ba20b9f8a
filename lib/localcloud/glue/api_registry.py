"""The Schema Registry's registries and schemas: created, read, changed and deleted."""

from __future__ import annotations

from typing import Final

from moto.core.responses import ActionResult
from moto.glue.exceptions import GeneralGSRAlreadyExistsException, InvalidCompatibilityException

from localcloud.glue.api_base import GlueBase
from localcloud.glue.registry import request_rules
from localcloud.glue.registry.directory import Directory, numbered
from localcloud.glue.registry.formats import fingerprint, parse
from localcloud.glue.registry.model import AVAILABLE, DELETING, Json, Schema, now

PAGE: Final = 25


class RegistryBase(GlueBase):
    """A request to the Schema Registry."""

    def check(self) -> None:
        """Check the request with the registry's own messages before the common ones."""
        shape = self.operation_model.input_shape
        if shape is not None and ("Schema" in self.operation or "Regist" in self.operation):
            request_rules.check(self.parameters, shape)
        super().check()

    @property
    def directory(self) -> Directory:
        """The registries of the calling account."""
        arn = f"arn:aws:glue:{self.region}:{self.current_account}"
        return Directory(self.glue_backend.registries, arn)


class RegistryCalls(RegistryBase):
    """https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-schema-registry-api.html"""

    def create_registry(self) -> ActionResult:
        given = self.parameters
        registry = self.directory.create(given["RegistryName"], given.get("Description"))
        self.glue_backend.tag_resource(registry.arn, given.get("Tags"))
        return self.answer({**registry.as_dict(), "Tags": given.get("Tags", {})})

    def get_registry(self) -> ActionResult:
        return self.answer(self.directory.registry(self.parameters["RegistryId"]).as_dict())

    def update_registry(self) -> ActionResult:
        registry = self.directory.registry(self.parameters["RegistryId"])
        registry.description, registry.updated = self.parameters["Description"], now()
        return self.answer({"RegistryName": registry.name, "RegistryArn": registry.arn})

    def delete_registry(self) -> ActionResult:
        registry = self.directory.registry(self.parameters["RegistryId"])
        del self.glue_backend.registries[registry.name]
        for arn in (registry.arn, *(schema.arn for schema in registry.schemas.values())):
            self.glue_backend.tagger.delete_all_tags_for_resource(arn)
        return self.answer({"RegistryName": registry.name, "RegistryArn": registry.arn, "Status": DELETING})

    def list_registries(self) -> ActionResult:
        registries = self.glue_backend.registries
        return self.paged("Registries", [registries[name].as_dict() for name in sorted(registries)], PAGE)

    def create_schema(self) -> ActionResult:
        given, directory = self.parameters, self.directory
        if "Compatibility" not in given:
            raise InvalidCompatibilityException
        definition = given.get("SchemaDefinition")
        if definition is not None:
            parse(given["DataFormat"], definition)
            directory.check_room()
        registry, name = directory.registry_or_default(given.get("RegistryId")), given["SchemaName"]
        if name in registry.schemas:
            raise GeneralGSRAlreadyExistsException("Schema", "SchemaName", name)
        arn = f"{directory.arn}:schema/{registry.name}/{name}"
        kind, mode = given["DataFormat"], given["Compatibility"]
        schema = registry.schemas[name] = Schema(arn, name, registry.name, kind, mode, given.get("Description"))
        self.glue_backend.tag_resource(arn, given.get("Tags"))
        return self.answer({**self._first_version(schema, definition), "RegistryArn": registry.arn})

    def _first_version(self, schema: Schema, definition: str | None) -> Json:
        members: Json = {"Tags": self.parameters.get("Tags", {})}
        if definition is not None:
            version = schema.add(definition, fingerprint(definition), AVAILABLE)
            members |= {"SchemaVersionId": version.id, "SchemaVersionStatus": version.status}
        return {**schema.as_dict(), **members}

    def get_schema(self) -> ActionResult:
        schema = self.directory.schema(self.parameters["SchemaId"])
        return self.answer({**schema.as_dict(), "RegistryArn": self.glue_backend.registries[schema.registry].arn})

    def update_schema(self) -> ActionResult:
        """Change the description, the mode or the checkpoint. Versions that exist are not compared again."""
        given = self.parameters
        schema = self.directory.schema(given["SchemaId"])
        if "SchemaVersionNumber" in given:
            schema.checkpoint = numbered(schema, given["SchemaId"], given["SchemaVersionNumber"]).number
        schema.compatibility = given.get("Compatibility", schema.compatibility)
        schema.description = given.get("Description", schema.description)
        schema.updated = now()
        return self.answer(schema.names())

    def delete_schema(self) -> ActionResult:
        schema = self.directory.schema(self.parameters["SchemaId"])
        del self.glue_backend.registries[schema.registry].schemas[schema.name]
        self.glue_backend.tagger.delete_all_tags_for_resource(schema.arn)
        return self.answer({**schema.names(), "Status": DELETING})

    def list_schemas(self) -> ActionResult:
        registry_id = self.parameters.get("RegistryId")
        schemas = self.directory.registry(registry_id).schemas.values() if registry_id else self.directory.schemas()
        ordered = sorted(schemas, key=lambda schema: schema.arn)
        return self.paged("Schemas", [schema.summary() for schema in ordered], PAGE)
