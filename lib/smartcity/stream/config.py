"""What one stream reads, where it writes, and how much at a time."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pyarrow as pa

from smartcity.errors import NotConfigured
from smartcity.events import TOPICS
from smartcity.schema_registry import Schemas
from smartcity.stream.dead_letters import DEAD_LETTERS


@dataclass(frozen=True)
class StreamConfig:
    """The settings of one stream.

    `lake_uri` is `s3://bucket/prefix` (s3a:// is the same). `checkpoint` is a folder or an S3A URI, by default a hidden
    folder in the lake, so that they stay together. `starting_offsets` is "earliest", "latest" or Spark's JSON, and is
    used only until there is a checkpoint. `max_offsets_per_trigger` limits the records per batch, and so the memory of
    a task. `tasks` share the Kafka partitions of a batch. Use one per core, because each writes its own files. Dead
    letters also go to the topic `dead_letter_topic`, unless it is empty. `roads` are the roads for enrichment (see
    `smartcity.transforms.places.Places`); without them, district and road_class are null. The zones
    take JSON and Avro; `avro` says that a run's records are Avro, so that views and aggregates decode them too.
    """

    lake_uri: str
    checkpoint: str = ""
    bootstrap: str = field(default_factory=lambda: _variable("KAFKA_BOOTSTRAP_SERVERS"))
    topics: tuple[str, ...] = tuple(TOPICS)
    dead_letter_topic: str = DEAD_LETTERS
    starting_offsets: str = "earliest"
    max_offsets_per_trigger: int = 50_000
    trigger_s: float = 2.0
    tasks: int = 2
    roads: pa.Table | None = field(default=None, repr=False)
    schemas: Schemas = field(default_factory=Schemas.here, repr=False)
    avro: bool = False
    endpoint: str | None = field(default_factory=lambda: os.environ.get("AWS_ENDPOINT_URL_S3"))

    def __post_init__(self) -> None:
        unknown = sorted(set(self.topics) - set(TOPICS))
        if unknown or not self.topics:
            raise NotConfigured(f"No such topics: {unknown}. Try some of: {', '.join(TOPICS)}")
        parts = urlsplit(self.lake_uri)
        if parts.scheme not in ("s3", "s3a") or not parts.netloc or not parts.path.strip("/"):
            raise NotConfigured(f"{self.lake_uri!r} is not a folder in a bucket. Try: s3://smartcity-lake/run")

        if not self.checkpoint:
            object.__setattr__(self, "checkpoint", f"s3a://{self.bucket}/{self.prefix}/_checkpoints/zones")

    @property
    def bucket(self) -> str:
        """Return the bucket of the lake."""
        return urlsplit(self.lake_uri).netloc

    @property
    def prefix(self) -> str:
        """Return the folder of the lake in its bucket, without slashes at its ends."""
        return urlsplit(self.lake_uri).path.strip("/")


def _variable(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise NotConfigured(f"{name} is not set. Try: ./lab up, or smartcity.settings.settings()") from None
