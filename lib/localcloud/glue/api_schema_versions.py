"""The versions of the Schema Registry's schemas: registered after a check, read, compared, annotated and deleted."""

from __future__ import annotations

import json
import logging

from moto.core.responses import ActionResult
from moto.glue.exceptions import (
    DisabledCompatibilityVersioningException,
    EntityNotFoundException,
    GSRInvalidInputException,
    SchemaVersionMetadataAlreadyExistsException,
    SchemaVersionMetadataLimitExceededException,
)

from localcloud.aws.refusal import Refusal
from localcloud.glue.api_registry import PAGE, RegistryBase
from localcloud.glue.registry.compatibility import why_incompatible
from localcloud.glue.registry.directory import numbered
from localcloud.glue.registry.formats import fingerprint, parse
from localcloud.glue.registry.json_patch import patch
from localcloud.glue.registry.model import AVAILABLE, FAILURE, Json, Schema, Version, now

log = logging.getLogger(__name__)
_MAX_METADATA = 10


class SchemaVersionCalls(RegistryBase):
    """https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-schema-registry-api.html"""

    def register_schema_version(self) -> ActionResult:
        """Check a definition against the schema's mode; the version is AVAILABLE if it passes, else FAILURE.

        A definition that failed before is checked again: the mode or the checkpoint may have changed.
        """
        schema_id, definition = self.parameters["SchemaId"], self.parameters["SchemaDefinition"]
        schema = self.directory.schema(schema_id)
        if schema.compatibility == "DISABLED" and schema.versions:
            names = (schema_id.get(part) for part in ("SchemaName", "RegistryName", "SchemaArn"))
            raise DisabledCompatibilityVersioningException(*names)
        parse(schema.data_format, definition)
        version = schema.with_fingerprint(fingerprint(definition))
        if version is None or version.status == FAILURE:
            version = self._checked(schema, definition, version)
        return self.answer({"SchemaVersionId": version.id, "VersionNumber": version.number, "Status": version.status})

    def _checked(self, schema: Schema, definition: str, failed: Version | None) -> Version:
        reason = why_incompatible(schema, definition)
        if reason:
            log.warning("Schema %s: a new version is not compatible. %s", schema.arn, reason)
            if failed:
                return failed
        self.directory.check_room()
        if failed:
            del schema.versions[failed.number]
        return schema.add(definition, fingerprint(definition), FAILURE if reason else AVAILABLE)

    def get_schema_version(self) -> ActionResult:
        schema, version = self.directory.version(self.parameters)
        members = {"SchemaDefinition": version.definition, "DataFormat": schema.data_format}
        return self.answer({**schema.version_dict(version), **members})

    def get_schema_by_definition(self) -> ActionResult:
        schema = self.directory.schema(self.parameters["SchemaId"])
        parse(schema.data_format, self.parameters["SchemaDefinition"])
        version = schema.with_fingerprint(fingerprint(self.parameters["SchemaDefinition"]))
        if version is None:
            # The clients of AWS register the definition where they read "Schema version is not found."
            raise EntityNotFoundException(
                f"Schema version is not found. RegistryName: {schema.registry}, SchemaName: {schema.name}, "
                f"SchemaArn: {schema.arn}. The schema has no version with this definition."
            )
        return self.answer({**schema.version_dict(version), "DataFormat": schema.data_format})

    def list_schema_versions(self) -> ActionResult:
        schema = self.directory.schema(self.parameters["SchemaId"])
        return self.paged("Schemas", [schema.version_dict(version) for version in schema.versions.values()], PAGE)

    def delete_schema_versions(self) -> ActionResult:
        """Delete a version or a range. Numbers without a version are reported, the others are deleted."""
        schema = self.directory.schema(self.parameters["SchemaId"])
        first, _, last = self.parameters["Versions"].partition("-")
        numbers = range(int(first), min(int(last or first), schema.next_number) + 1)
        if not numbers and int(first) < schema.next_number:
            raise GSRInvalidInputException(f"The range {self.parameters['Versions']} is empty.")
        if 1 in numbers:
            raise GSRInvalidInputException("The first version of a schema is deleted with the schema: DeleteSchema.")
        if schema.checkpoint in numbers:
            text = f"Version {schema.checkpoint} is the checkpoint. Set another with UpdateSchema first."
            raise Refusal("ConcurrentModificationException", text, 409)
        absent = [number for number in numbers or [int(first)] if schema.versions.pop(number, None) is None]
        return self.answer({"SchemaVersionErrors": [_not_found(number) for number in absent]})

    def check_schema_version_validity(self) -> ActionResult:
        try:
            parse(self.parameters["DataFormat"], self.parameters["SchemaDefinition"])
        except GSRInvalidInputException as error:
            return self.answer({"Valid": False, "Error": error.message[:5000]})
        return self.answer({"Valid": True})

    def get_schema_versions_diff(self) -> ActionResult:
        """Return what turns the first definition into the second, as a JSON Patch."""
        schema_id = self.parameters["SchemaId"]
        schema = self.directory.schema(schema_id)
        first, second = (
            json.loads(numbered(schema, schema_id, self.parameters[f"{which}SchemaVersionNumber"]).definition)
            for which in ("First", "Second")
        )
        return self.answer({"Diff": json.dumps(patch(first, second))})

    def put_schema_version_metadata(self) -> ActionResult:
        schema, version = self.directory.version(self.parameters)
        key, value = self._pair()
        if value in version.metadata.get(key, {}):
            raise SchemaVersionMetadataAlreadyExistsException(version.id, key, value)
        if sum(len(values) for values in version.metadata.values()) >= _MAX_METADATA:
            raise SchemaVersionMetadataLimitExceededException
        version.metadata.setdefault(key, {})[value] = now()
        return self._annotated(schema, version)

    def remove_schema_version_metadata(self) -> ActionResult:
        schema, version = self.directory.version(self.parameters)
        key, value = self._pair()
        if value not in version.metadata.get(key, {}):
            raise EntityNotFoundException(
                f"Schema version metadata is not found. SchemaVersionId: {version.id}, key: {key}, value: {value}"
            )
        del version.metadata[key][value]
        if not version.metadata[key]:
            del version.metadata[key]
        return self._annotated(schema, version)

    def query_schema_version_metadata(self) -> ActionResult:
        """Return metadata by key; the newest value of a key first, those before it as other values."""
        _, version = self.directory.version(self.parameters)
        wanted = [
            (pair.get("MetadataKey"), pair.get("MetadataValue")) for pair in self.parameters.get("MetadataList", [])
        ]
        kept = {
            key: values
            for key, values in version.metadata.items()
            if all(name in (None, key) and value in (None, *values) for name, value in wanted)
        }
        page, token = self.page(sorted(kept), PAGE)
        shown = {key: _values(kept[key]) for key in page}
        return self.answer({"MetadataInfoMap": shown, "SchemaVersionId": version.id, "NextToken": token})

    def _pair(self) -> tuple[str, str]:
        pair = self.parameters["MetadataKeyValue"]
        if "MetadataKey" not in pair or "MetadataValue" not in pair:
            raise GSRInvalidInputException("Both MetadataKey and MetadataValue have to be provided.")
        return pair["MetadataKey"], pair["MetadataValue"]

    def _annotated(self, schema: Schema, version: Version) -> ActionResult:
        number = self.parameters.get("SchemaVersionNumber", {})
        stated = {"LatestVersion": number.get("LatestVersion", False), "VersionNumber": number.get("VersionNumber", 0)}
        return self.answer(
            {**schema.names(), **stated, "SchemaVersionId": version.id, **self.parameters["MetadataKeyValue"]}
        )


def _values(values: dict[str, str]) -> Json:
    newest, *others = [{"MetadataValue": value, "CreatedTime": at} for value, at in reversed(values.items())]
    return {**newest, "OtherMetadataValueList": others}


def _not_found(number: int) -> Json:
    text = f"Schema version is not found. VersionNumber: {number}"
    return {"VersionNumber": number, "ErrorDetails": {"ErrorCode": "EntityNotFoundException", "ErrorMessage": text}}
