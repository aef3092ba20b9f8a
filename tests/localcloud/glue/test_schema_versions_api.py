"""Versions of schemas: registered after a check, read, compared, annotated and deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .test_registry_api import refused

NAME = {"RegistryName": "default-registry", "SchemaName": "s"}


def record(*fields: str, **members: Any) -> str:
    """An Avro record of ints without defaults."""
    made = [{"name": name, "type": "int"} for name in fields]
    return json.dumps({"type": "record", "name": "R", "fields": made, **members})


@pytest.fixture
def glue(client: Callable[..., Any]) -> Any:
    """A client, and a schema with one version in the default registry."""
    made = client("glue")
    create(made, record("a", "b"))
    return made


def create(glue: Any, definition: str, **members: Any) -> Any:
    """Create the schema."""
    given = {"SchemaName": "s", "DataFormat": "AVRO", "Compatibility": "BACKWARD", **members}
    return glue.create_schema(SchemaDefinition=definition, **given)


def register(glue: Any, definition: str) -> Any:
    """Register a version."""
    return glue.register_schema_version(SchemaId=NAME, SchemaDefinition=definition)


def statuses(glue: Any) -> list[tuple[int, str]]:
    """The numbers and states of the versions."""
    return [(row["VersionNumber"], row["Status"]) for row in glue.list_schema_versions(SchemaId=NAME)["Schemas"]]


def test_a_version_that_breaks_the_mode_fails(glue: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It keeps its number in the state FAILURE, the log says why, and the latest version is the one before."""
    failed = register(glue, record("a", "b", "c"))
    assert (failed["VersionNumber"], failed["Status"]) == (2, "FAILURE")
    assert "BACKWARD with version 1: /c: the writer has no such field" in caplog.text
    assert register(glue, record("a"))["Status"] == "AVAILABLE"
    assert statuses(glue) == [(1, "AVAILABLE"), (2, "FAILURE"), (3, "AVAILABLE")]
    assert glue.get_schema_version(SchemaVersionId=failed["SchemaVersionId"])["Status"] == "FAILURE"
    latest = glue.get_schema_version(SchemaId=NAME, SchemaVersionNumber={"LatestVersion": True})
    assert latest["VersionNumber"] == 3


def test_a_failed_version_is_checked_again(glue: Any) -> None:
    """It fails again under its number; when the mode allows it, it is a new version."""
    first = register(glue, record("a", "b", "c"))
    again = register(glue, record("a", "b", "c"))
    assert again["SchemaVersionId"] == first["SchemaVersionId"]
    glue.update_schema(SchemaId=NAME, Compatibility="NONE", SchemaVersionNumber={"VersionNumber": 1})
    assert register(glue, record("a", "b", "c"))["Status"] == "AVAILABLE"
    assert statuses(glue) == [(1, "AVAILABLE"), (3, "AVAILABLE")]


def test_the_same_definition_is_the_same_version(glue: Any) -> None:
    """Blanks and the order of members do not make a new version; a default does."""
    version = register(glue, json.dumps(json.loads(record("a", "b")), indent=4, sort_keys=True))
    assert version["VersionNumber"] == 1
    read = glue.get_schema_by_definition(SchemaId=NAME, SchemaDefinition=record("a", "b").replace(" ", "\n"))
    assert (read["SchemaVersionId"], read["Status"]) == (version["SchemaVersionId"], "AVAILABLE")


def test_a_definition_that_no_version_has(glue: Any) -> None:
    """AWS's clients tell by these words whether to register a version or to create a schema."""
    missing = refused(glue.get_schema_by_definition, SchemaId=NAME, SchemaDefinition='"int"')
    assert missing[0] == "EntityNotFoundException"
    assert "Schema version is not found." in missing[1]
    other = {**NAME, "SchemaName": "t"}
    assert "Schema is not found." in refused(glue.get_schema_by_definition, SchemaId=other, SchemaDefinition="1")[1]


def test_disabled_takes_no_second_version(client: Callable[..., Any]) -> None:
    """The mode DISABLED allows the first version only."""
    glue = client("glue")
    create(glue, '"int"', Compatibility="DISABLED")
    assert "DISABLED does not allow versioning" in refused(lambda: register(glue, '"long"'))[1]


def test_json_schemas_are_checked(client: Callable[..., Any]) -> None:
    """A property that becomes required is refused, an optional one is taken."""
    glue = client("glue")
    schema: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}}
    create(glue, json.dumps(schema), DataFormat="JSON")
    assert register(glue, json.dumps({**schema, "required": ["a"]}))["Status"] == "FAILURE"
    wider = {"type": "object", "properties": {**schema["properties"], "b": {"type": "integer"}}}
    assert register(glue, json.dumps(wider))["Status"] == "AVAILABLE"


def test_versions_are_deleted_but_for_the_first_and_the_checkpoint(glue: Any) -> None:
    """A range is deleted; numbers without a version are reported one by one."""
    glue.update_schema(SchemaId=NAME, Compatibility="NONE", SchemaVersionNumber={"VersionNumber": 1})
    for fields in ("ab", "abc", "abcd", "abcde"):
        register(glue, record(*fields))
    errors = glue.delete_schema_versions(SchemaId=NAME, Versions="2-3")["SchemaVersionErrors"]
    assert errors == []
    assert statuses(glue) == [(1, "AVAILABLE"), (4, "AVAILABLE")]
    errors = glue.delete_schema_versions(SchemaId=NAME, Versions="3")["SchemaVersionErrors"]
    assert [(error["VersionNumber"], error["ErrorDetails"]["ErrorCode"]) for error in errors] == [
        (3, "EntityNotFoundException")
    ]
    assert refused(glue.delete_schema_versions, SchemaId=NAME, Versions="1-4")[0] == "InvalidInputException"
    assert refused(glue.delete_schema_versions, SchemaId=NAME, Versions="4-2")[0] == "InvalidInputException"
    glue.update_schema(SchemaId=NAME, SchemaVersionNumber={"LatestVersion": True})
    code, text = refused(glue.delete_schema_versions, SchemaId=NAME, Versions="4")
    assert (code, text.partition(".")[0]) == ("ConcurrentModificationException", "Version 4 is the checkpoint")


def test_the_validity_of_a_definition(glue: Any) -> None:
    """An invalid definition is an answer with the reason, not an error."""
    assert glue.check_schema_version_validity(DataFormat="AVRO", SchemaDefinition='"int"')["Valid"] is True
    answer = glue.check_schema_version_validity(DataFormat="JSON", SchemaDefinition='{"type": 1}')
    assert answer["Valid"] is False
    assert "$.type" in answer["Error"]


def test_the_difference_of_two_versions(glue: Any) -> None:
    """It is a JSON Patch: https://docs.aws.amazon.com/glue/latest/webapi/API_GetSchemaVersionsDiff.html"""
    register(glue, record("a"))
    numbers = {f"{which}SchemaVersionNumber": {"VersionNumber": n} for which, n in (("First", 1), ("Second", 2))}
    diff = glue.get_schema_versions_diff(SchemaId=NAME, SchemaDiffType="SYNTAX_DIFF", **numbers)["Diff"]
    assert json.loads(diff) == [{"op": "remove", "path": "/fields/1"}]


def test_metadata_is_kept_with_a_version(glue: Any) -> None:
    """The newest value of a key comes first; a query may name keys and values; what is removed is gone."""
    version = register(glue, record("a"))["SchemaVersionId"]
    for value in ("x", "y"):
        pair = {"MetadataKey": "k", "MetadataValue": value}
        glue.put_schema_version_metadata(SchemaVersionId=version, MetadataKeyValue=pair)
    kept = glue.query_schema_version_metadata(SchemaVersionId=version)["MetadataInfoMap"]
    assert kept["k"]["MetadataValue"] == "y"
    assert [other["MetadataValue"] for other in kept["k"]["OtherMetadataValueList"]] == ["x"]
    wanted = [{"MetadataKey": "k", "MetadataValue": "z"}]
    assert not glue.query_schema_version_metadata(SchemaVersionId=version, MetadataList=wanted)["MetadataInfoMap"]
    for value in ("x", "y"):
        pair = {"MetadataKey": "k", "MetadataValue": value}
        glue.remove_schema_version_metadata(
            SchemaId=NAME, SchemaVersionNumber={"VersionNumber": 2}, MetadataKeyValue=pair
        )
    assert not glue.query_schema_version_metadata(SchemaVersionId=version)["MetadataInfoMap"]
    gone = refused(glue.remove_schema_version_metadata, SchemaVersionId=version, MetadataKeyValue=wanted[0])
    assert gone[0] == "EntityNotFoundException"
