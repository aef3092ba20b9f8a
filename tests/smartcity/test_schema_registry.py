"""Producers register their schemas before they send, and readers look them up by the header."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from aws_schema_registry import DataAndSchema, KafkaDeserializer, KafkaSerializer, SchemaRegistryClient
from aws_schema_registry.avro import AvroSchema
from aws_schema_registry.exception import SchemaRegistryException
from moto.core.base_backend import BackendDict

from localcloud.aws import persistence
from localcloud.aws.keys import KeyRing
from localcloud.endpoint.server import Settings, open_server
from smartcity.avro_records import avro_schema, header, version_of
from smartcity.errors import SchemaRefused
from smartcity.events import TOPICS, Reason
from smartcity.schema_registry import REGISTRY, Publisher, Schemas, glue, register
from smartcity.simulate import Config, Faults, simulate
from smartcity.transforms.judge import Fault


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Glue client of the lab's AWS API, with an empty state."""
    BackendDict.reset()
    server = open_server(Settings("127.0.0.1", 0, tmp_path, KeyRing("k", "s")))
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    url = f"http://127.0.0.1:{server.port}"
    given = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL_GLUE", raising=False)
    yield glue()
    server.shutdown()
    thread.join(10)
    server.server_close()
    persistence.use(None)
    BackendDict.reset()


def test_what_a_publisher_writes_readers_understand(client: Any) -> None:
    """Each record comes back as the JSON that it was; broken ones were never changed."""
    publisher = Publisher.of(client)
    chunks = list(simulate(Config(minutes=2, vehicles=20, faults=Faults.many())))
    sent = [publisher.chunk(chunk).records for chunk in chunks]
    values = pa.concat_tables(sent)["value"].to_pylist()
    before = [value for chunk in chunks for value in chunk.records["value"].to_pylist()]
    plain = Schemas.here().plain(values)
    assert sum(version_of(value) is not None for value in values) > len(values) * 0.9
    assert any(version_of(value) is None for value in values)
    assert all(a == b or json.loads(str(a, "utf-8")) == json.loads(b) for a, b in zip(plain, before, strict=True))


def test_the_same_schema_is_registered_once(client: Any) -> None:
    """Two producers with the same contract share a version; the registry has one schema a topic."""
    assert Publisher.of(client) == Publisher.of(client)
    schemas = client.list_schemas(RegistryId={"RegistryName": REGISTRY})["Schemas"]
    assert {schema["SchemaName"] for schema in schemas} == set(TOPICS)


def test_a_new_field_with_a_default_is_let_in(client: Any) -> None:
    """A device with one more field may write next to those without it."""
    first = register(client, "weather_data", avro_schema("weather_data"))
    wider = avro_schema("weather_data")
    wider["fields"].append({"name": "uv_index", "type": ["null", "double"], "default": None})
    assert register(client, "weather_data", wider) != first


def test_a_renamed_field_is_refused(client: Any) -> None:
    """The producer gets an error that names the topic, and no version to write with."""
    register(client, "weather_data", avro_schema("weather_data"))
    renamed = avro_schema("weather_data")
    renamed["fields"][-1]["name"] = "aqi"
    with pytest.raises(SchemaRefused, match="weather_data: version 2 is FAILURE"):
        register(client, "weather_data", renamed)


def test_a_schema_that_the_registry_does_not_have(client: Any) -> None:
    """The record is a dead letter with its reason, and others are not affected."""
    values = [header(uuid4()) + b"x", b'{"a": 1}', None]
    unknown, *others = Schemas.here().plain(values)
    assert isinstance(unknown, Fault)
    assert unknown.reason is Reason.UNKNOWN_SCHEMA
    assert others == [b'{"a": 1}', None]


def test_bytes_that_are_not_of_their_schema(client: Any) -> None:
    """They are a dead letter with another reason."""
    version = register(client, "gps_data", avro_schema("gps_data"))
    (bad,) = Schemas.here().plain([header(version) + b"\xff\xff"])
    assert isinstance(bad, Fault)
    assert bad.reason is Reason.BAD_AVRO


class TestAwsPythonClient:
    """The package aws-glue-schema-registry, with the lab's registry."""

    @pytest.fixture
    def registry(self, client: Any) -> SchemaRegistryClient:
        """A client of it, which asks the lab."""
        client.create_registry(RegistryName=REGISTRY)
        return SchemaRegistryClient(client, REGISTRY, wait_interval_seconds=0)

    def test_it_reads_what_the_lab_writes(self, client: Any, registry: SchemaRegistryClient) -> None:
        """Its deserializer gives the fields of an event that the simulator wrote."""
        publisher = Publisher.of(client)
        chunk = next(simulate(Config(minutes=1, vehicles=5, faults=Faults.none())))
        table = publisher.chunk(chunk).topics["vehicle_data"]
        read = KafkaDeserializer(registry).deserialize("vehicle_data", table["value"][0].as_py())
        assert read.data["device_id"].encode() == table["key"][0].as_py()

    def test_the_lab_reads_what_it_writes(self, registry: SchemaRegistryClient) -> None:
        """It makes the schema, and the header leads the lab to it."""
        schema = AvroSchema('{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}')
        value = KafkaSerializer(registry).serialize("t", DataAndSchema({"a": 7}, schema))
        assert Schemas.here().plain([value]) == [b'{"a":7}']

    def test_it_registers_a_new_version_of_a_schema(self, client: Any, registry: SchemaRegistryClient) -> None:
        """A definition that no version has is registered; one that breaks the mode is an error for the producer."""
        serializer, fields = KafkaSerializer(registry), [{"name": "a", "type": "int"}]
        for more in ([], [{"name": "b", "type": "int", "default": 0}]):
            schema = AvroSchema(json.dumps({"type": "record", "name": "R", "fields": [*fields, *more]}))
            serializer.serialize("t", DataAndSchema({"a": 7, "b": 1}, schema))
        versions = client.list_schema_versions(SchemaId={"RegistryName": REGISTRY, "SchemaName": "t-value"})["Schemas"]
        assert [version["Status"] for version in versions] == ["AVAILABLE", "AVAILABLE"]
        broken = AvroSchema(json.dumps({"type": "record", "name": "R", "fields": [{"name": "c", "type": "int"}]}))
        with pytest.raises(SchemaRegistryException):
            serializer.serialize("t", DataAndSchema({"c": 7}, broken))
