"""The Schema Registry's registries and schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ARN = "arn:aws:glue:us-east-1:123456789012"
INT = '"int"'


@pytest.fixture
def glue(client: Callable[..., Any]) -> Any:
    """A client, and a registry `city`."""
    made = client("glue")
    made.create_registry(RegistryName="city", Description="d", Tags={"team": "a"})
    return made


def add(glue: Any, name: str = "s", **members: Any) -> Any:
    """Create a schema of ints."""
    given = {"DataFormat": "AVRO", "Compatibility": "FULL", "SchemaDefinition": INT, **members}
    return glue.create_schema(RegistryId={"RegistryName": "city"}, SchemaName=name, **given)


def refused(call: Callable[..., Any], **members: Any) -> tuple[str, str]:
    """Return code and message of the error that a call raises."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_registry_is_read_changed_and_deleted(glue: Any) -> None:
    """Description and times are kept, a deleted registry is gone with its schemas and their tags."""
    schema = add(glue, Tags={"x": "y"})["SchemaArn"]
    glue.update_registry(RegistryId={"RegistryArn": f"{ARN}:registry/city"}, Description="new")
    registry = glue.get_registry(RegistryId={"RegistryName": "city"})
    assert (registry["Description"], registry["Status"]) == ("new", "AVAILABLE")
    assert registry["CreatedTime"] < registry["UpdatedTime"]
    assert glue.get_tags(ResourceArn=f"{ARN}:registry/city")["Tags"] == {"team": "a"}
    assert glue.get_tags(ResourceArn=schema)["Tags"] == {"x": "y"}
    assert glue.delete_registry(RegistryId={"RegistryName": "city"})["Status"] == "DELETING"
    assert glue.list_registries()["Registries"] == []
    assert glue.get_tags(ResourceArn=schema)["Tags"] == {}
    code, text = refused(glue.get_schema, SchemaId={"SchemaArn": schema})
    assert (code, text.partition(".")[0]) == ("EntityNotFoundException", "Schema is not found")


def test_lists_come_in_pages(glue: Any) -> None:
    """ListSchemas gives what MaxResults allows, and a token for the rest; of one registry, or of all."""
    for name in ("a", "b", "c"):
        add(glue, name)
    glue.create_schema(SchemaName="z", DataFormat="JSON", Compatibility="NONE", SchemaDefinition="{}")
    first = glue.list_schemas(RegistryId={"RegistryName": "city"}, MaxResults=2)
    rest = glue.list_schemas(RegistryId={"RegistryName": "city"}, MaxResults=2, NextToken=first["NextToken"])
    assert [schema["SchemaName"] for schema in [*first["Schemas"], *rest["Schemas"]]] == ["a", "b", "c"]
    assert "NextToken" not in rest
    assert [schema["SchemaName"] for schema in glue.list_schemas()["Schemas"]] == ["a", "b", "c", "z"]
    assert refused(glue.list_schemas, NextToken="x")[0] == "InvalidInputException"


def test_a_schema_without_a_definition_waits_for_its_first_version(glue: Any) -> None:
    """Until then it is PENDING; the first version is not compared with anything."""
    glue.create_schema(RegistryId={"RegistryName": "city"}, SchemaName="s", DataFormat="AVRO", Compatibility="FULL")
    name = {"RegistryName": "city", "SchemaName": "s"}
    assert glue.get_schema(SchemaId=name)["SchemaStatus"] == "PENDING"
    assert glue.register_schema_version(SchemaId=name, SchemaDefinition=INT)["VersionNumber"] == 1
    assert glue.get_schema(SchemaId=name)["SchemaStatus"] == "AVAILABLE"


def test_the_mode_and_the_checkpoint_change(glue: Any) -> None:
    """UpdateSchema moves the checkpoint to a version that exists, and changes mode and description."""
    name = {"SchemaArn": add(glue, Compatibility="NONE")["SchemaArn"]}
    glue.register_schema_version(SchemaId=name, SchemaDefinition='"long"')
    assert glue.get_schema(SchemaId=name)["SchemaCheckpoint"] == 1
    glue.update_schema(SchemaId=name, SchemaVersionNumber={"LatestVersion": True}, Compatibility="BACKWARD")
    schema = glue.get_schema(SchemaId=name)
    assert (schema["SchemaCheckpoint"], schema["LatestSchemaVersion"], schema["NextSchemaVersion"]) == (2, 2, 3)
    assert schema["Compatibility"] == "BACKWARD"
    missing = refused(glue.update_schema, SchemaId=name, SchemaVersionNumber={"VersionNumber": 9}, Compatibility="FULL")
    assert missing[0] == "EntityNotFoundException"
    assert glue.get_schema(SchemaId=name)["Compatibility"] == "BACKWARD"


def test_a_refused_schema_leaves_nothing_behind(glue: Any) -> None:
    """An invalid definition makes no schema, and no default registry."""
    bad = {"SchemaName": "s", "Compatibility": "NONE", "SchemaDefinition": '{"type": "text"}'}
    code, text = refused(glue.create_schema, DataFormat="AVRO", **bad)
    assert (code, text) == (
        "InvalidInputException",
        'Schema definition of AVRO data format is invalid: "text" is not a defined name',
    )
    assert refused(glue.create_schema, DataFormat="PROTOBUF", **bad)[0] == "UnsupportedOperation"
    assert [registry["RegistryName"] for registry in glue.list_registries()["Registries"]] == ["city"]


def test_quotas(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account has so many versions at most, in all its schemas together; registries and names are unique."""
    monkeypatch.setattr("localcloud.glue.registry.directory.MAX_VERSIONS", 2)
    add(glue, "a")
    add(glue, "b", Compatibility="NONE")
    name = {"RegistryName": "city", "SchemaName": "b"}
    full = refused(glue.register_schema_version, SchemaId=name, SchemaDefinition='"long"')
    assert full[0] == "ResourceNumberLimitExceededException"
    assert refused(lambda: add(glue, "c"))[0] == "ResourceNumberLimitExceededException"
    monkeypatch.undo()
    assert refused(lambda: add(glue, "a")) == ("AlreadyExistsException", "Schema already exists. SchemaName: a")
    assert refused(glue.create_registry, RegistryName="city")[0] == "AlreadyExistsException"


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"RegistryName": "a,b"}, "one or more characters that are not valid. Parameter Name: registryName"),
        ({"RegistryName": "a" * 256}, "too many or too few characters. Parameter Name: registryName"),
        ({"RegistryName": "a", "Description": "\x01"}, "not valid. Parameter Name: description"),
        ({"RegistryName": "a", "Tags": {str(number): "" for number in range(51)}}, "more than 50"),
    ],
)
def test_strings_are_checked_with_the_registrys_messages(glue: Any, members: Any, text: str) -> None:
    """Names, descriptions and tags that the model does not allow are InvalidInputException."""
    code, message = refused(glue.create_registry, **members)
    assert code == "InvalidInputException"
    assert text in message
