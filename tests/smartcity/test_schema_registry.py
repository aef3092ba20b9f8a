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
    """A device with one more field may write beside those without it."""
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
