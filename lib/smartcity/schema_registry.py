"""The city's schemas in the Glue Schema Registry: producers register theirs before they send, readers look them up."""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import boto3
import fastavro
import msgspec
import pyarrow as pa
from botocore.config import Config

from smartcity.avro_records import avro_schema, decode, encode, header, version_of
from smartcity.errors import SchemaRefused
from smartcity.events import TOPICS, Reason
from smartcity.simulate import Chunk
from smartcity.transforms.judge import Fault

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

AVRO: Final = "avro"
"""The name of the format among a run's notes, and of the option."""
REGISTRY: Final = "smartcity"
MODE: Final = "FULL"
"""Old readers read new records, and new readers old ones: devices and readers are updated in any order."""
_WAIT_S: Final = 60
_PATIENT = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 10})


def register(glue: GlueClient, topic: str, definition: Any) -> UUID:
    """Register the schema that a producer writes a topic with; return the version that its records name.

    Raises:
        SchemaRefused: it breaks the compatibility mode of the topic's schema. Remedy: give new fields a default, keep
            the names and types of the others.
    """
    text = json.dumps(definition)
    try:
        version: Any = glue.register_schema_version(
            SchemaId={"RegistryName": REGISTRY, "SchemaName": topic}, SchemaDefinition=text
        )
    except glue.exceptions.EntityNotFoundException:
        return _create(glue, topic, definition)
    end = time.monotonic() + _WAIT_S
    while version["Status"] == "PENDING" and time.monotonic() < end:
        time.sleep(0.5)
        version = glue.get_schema_version(SchemaVersionId=version["SchemaVersionId"])
    if version["Status"] != "AVAILABLE":
        raise SchemaRefused(
            f"The registry refused the schema of {topic}: version {version['VersionNumber']} is {version['Status']}, "
            f"because it is not compatible ({MODE}) with the checkpoint. No record was sent. "
            "Try: give new fields a default, keep the others; ./lab logs aws names the field"
        )
    return UUID(version["SchemaVersionId"])


def _create(glue: GlueClient, topic: str, definition: Any) -> UUID:
    """Create a topic's schema, and the registry if it has none yet; another producer may be first with either."""
    with suppress(glue.exceptions.AlreadyExistsException):
        glue.create_registry(RegistryName=REGISTRY, Description="The streams of the city")
    try:
        made = glue.create_schema(
            RegistryId={"RegistryName": REGISTRY},
            SchemaName=topic,
            DataFormat="AVRO",
            Compatibility=MODE,
            SchemaDefinition=json.dumps(definition),
        )
    except glue.exceptions.AlreadyExistsException:
        return register(glue, topic, definition)
    return UUID(made["SchemaVersionId"])


def glue() -> GlueClient:
    """Return a client of the registry that this process reaches."""
    return _client(Schemas.here())


@dataclass(frozen=True)
class Publisher:
    """Writes records as Avro, with the schema versions that the registry gave."""

    headers: dict[str, bytes]

    @classmethod
    def of(cls, glue: GlueClient) -> Publisher:
        """Register the schemas of all topics. Raises SchemaRefused."""
        return cls({topic: header(register(glue, topic, avro_schema(topic))) for topic in TOPICS})

    def chunk(self, chunk: Chunk) -> Chunk:
        """Return records as Avro; those that are broken, which no serializer takes, as they are."""
        topics, values = (chunk.wire[name].to_pylist() for name in ("topic", "value"))
        written = [encode(topic, value, self.headers[topic]) for topic, value in zip(topics, values, strict=True)]
        index = chunk.wire.schema.get_field_index("value")
        return replace(chunk, wire=chunk.wire.set_column(index, "value", pa.array(written, pa.binary())))


@dataclass(frozen=True)
class Schemas:
    """Where readers find schemas. It travels to the executors with the lab's keys; on AWS they have their own roles."""

    endpoint: str | None = None
    keys: tuple[str, str] | None = field(default=None, repr=False)
    region: str | None = None

    @classmethod
    def here(cls) -> Schemas:
        """Return the registry as this process reaches it."""
        endpoint = os.environ.get("AWS_ENDPOINT_URL_GLUE") or os.environ.get("AWS_ENDPOINT_URL")
        keys = [os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        return cls(endpoint, (keys[0], keys[1]) if endpoint and keys[0] and keys[1] else None, region)

    def plain(self, values: Sequence[bytes | None]) -> list[bytes | Fault | None]:
        """Return the JSON of records with a header, or why there is none; other records as they are."""
        return [self._json(version, value or b"") if (version := version_of(value)) else value for value in values]

    def _json(self, version: UUID, value: bytes) -> bytes | Fault:
        schema = _schema(self, version)
        if isinstance(schema, Fault):
            return schema
        try:
            return decode(value, *schema)
        except (ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError, zlib.error) as error:
            return Fault(Reason.BAD_AVRO, f"schema version {version}: {type(error).__name__} {error}")


@lru_cache(maxsize=1000)
def _schema(schemas: Schemas, version: UUID) -> tuple[str, Any] | Fault:
    """Return a schema version's format and schema; versions never change, so one call is enough."""
    client = _client(schemas)
    try:
        stored = client.get_schema_version(SchemaVersionId=str(version))
    except client.exceptions.EntityNotFoundException:
        return Fault(Reason.UNKNOWN_SCHEMA, f"the registry has no schema version {version}")
    if stored["Status"] != "AVAILABLE":
        return Fault(Reason.UNKNOWN_SCHEMA, f"schema version {version} is {stored['Status']}")
    definition = msgspec.json.decode(stored["SchemaDefinition"])
    if stored["DataFormat"] == "JSON":
        return "JSON", definition
    return "AVRO", fastavro.parse_schema(definition)


@lru_cache(maxsize=4)
def _client(schemas: Schemas) -> GlueClient:
    given: dict[str, Any] = {"endpoint_url": schemas.endpoint} if schemas.endpoint else {}
    if schemas.keys:
        given |= {"aws_access_key_id": schemas.keys[0], "aws_secret_access_key": schemas.keys[1]}
    return boto3.client("glue", region_name=schemas.region, config=_PATIENT, **given)
