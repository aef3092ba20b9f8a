"""The lake as a plain reader sees it: list a folder, read every Parquet file below it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from botocore.exceptions import BotoCoreError, ClientError
from pyarrow.fs import S3FileSystem

from smartcity.errors import LakeError
from smartcity.events import TOPICS, Verdict
from smartcity.lake import bucket, commits, notes
from smartcity.lake.commits import Committed
from smartcity.lake.layout import RAW, TRUTH, ZONES, topic_folder, zone_schema
from smartcity.lake.store import Store

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SERVER_ERROR = 500


@dataclass(frozen=True)
class Lake:
    """The lake at `uri` (`s3://bucket/prefix`), reached by the SDK's own environment variables."""

    uri: str

    @property
    def bucket(self) -> str:
        """Return the bucket of the lake."""
        return urlsplit(self.uri).netloc

    @property
    def prefix(self) -> str:
        """Return the folder of the lake in its bucket, without slashes at its ends."""
        return urlsplit(self.uri).path.strip("/")

    @property
    def client(self) -> S3Client:
        """Return an S3 client."""
        return self.store().client

    def store(self, patient: bool = False) -> Store:
        """Return the objects of the lake; a patient store waits through a restart of S3."""
        return Store.of(self.bucket, self.prefix, os.environ.get("AWS_ENDPOINT_URL_S3"), patient)

    def files(self, zone: str, topic: str | None = None) -> list[str]:
        """Return the paths, below the lake, of all Parquet files in a zone: as a query engine lists them."""
        return [
            path for path in self.paths(topic_folder(zone, topic)) if path.endswith(".parquet") and "/_" not in path
        ]

    def paths(self, folder: str = "") -> list[str]:
        """Return the paths, below the lake, of all objects in a folder. Raises LakeError."""
        with self._reachable():
            return list(self.store().paths(folder))

    def committed_files(self, zone: str) -> Iterator[Committed]:
        """Yield the files of complete batches in a zone, in the order of the batches. Raises LakeError."""
        with self._reachable():
            for _, files in commits.complete(self.store()):
                yield from (file for file in files if file.zone == zone)

    def committed_rows(self, zone: str = RAW) -> int:
        """Return how many rows the complete batches have written to a zone. Raises LakeError."""
        return sum(file.rows for file in self.committed_files(zone))

    def last_commit(self) -> int:
        """Return the number of the newest complete batch, or -1. Raises LakeError."""
        with self._reachable():
            return commits.last_complete(self.store())

    def read(self, zone: str, topic: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the rows of one topic in a zone, as plain Parquet.

        Columns as in `smartcity.lake.layout`, times UTC. An empty zone gives no rows. Raises LakeError.
        """
        schema = zone_schema(zone, topic)
        files = [f"{self.bucket}/{self.prefix}/{path}" for path in self.files(zone, topic)]
        try:
            data = ds.dataset(files, schema=schema, format="parquet", filesystem=file_system())
            only = None if zone in (RAW, Verdict.TRANSFORMED) else ds.field("topic") == topic
            return data.to_table(columns=list(columns) if columns else None, filter=only)
        except (OSError, pa.ArrowInvalid) as error:
            raise LakeError(f"{self.uri}/{zone} can't be read: {error}. Try: ./lab status seaweedfs") from error

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the number of rows by topic and zone."""
        return {topic: {zone: self.read(zone, topic, ["topic"]).num_rows for zone in ZONES} for topic in TOPICS}

    def write_note(self, name: str, note: object) -> None:
        """Keep a JSON value with the run, as where in Kafka it begins; readers of the zones don't see it."""
        notes.write(self.store(), name, note)

    def begin_run(self, offsets: Mapping[str, Mapping[str, int]], vehicles: int, seed: int) -> None:
        """Note where in Kafka a run begins, and of which simulated city it is: whoever streams it needs both."""
        self.write_note(notes.OFFSETS, offsets)
        self.write_note(notes.CITY, {"vehicles": vehicles, "seed": seed})

    def read_note(self, name: str) -> Any:
        """Return a value that was kept with the run. Raises LakeError if there is none."""
        try:
            with self._reachable():
                note = notes.read(self.store(), name)
        except ClientError as error:
            raise LakeError(f"{self.uri}: note {name!r} can't be read: {error}. Try: ./lab status") from error
        if note is None:
            raise LakeError(f"{self.uri} has no note {name!r}. Try: ./lab run, or the notebook that starts a run")
        return note

    def city(self) -> dict[str, int]:
        """Return `vehicles` and `seed` of the run's simulated city; empty if no run has begun. Raises LakeError."""
        if self.note_time(notes.CITY) is None:
            return {}
        noted: dict[str, int] = self.read_note(notes.CITY)
        return noted

    def note_time(self, name: str) -> datetime | None:
        """Return when a value was kept with the run (UTC), or None if there is none. Raises LakeError."""
        with self._reachable():
            return notes.written_at(self.store(), name)

    def write_truth(self, truth: pa.Table) -> None:
        """Keep what the simulator knows of each record of the run, for `truth`."""
        pq.write_table(truth.unify_dictionaries(), f"{self.bucket}/{self.prefix}/{TRUTH}", filesystem=file_system())

    def truth(self) -> pa.Table:
        """Return what the simulator knows of each record of the run (`_run/truth.parquet`). Raises LakeError."""
        try:
            return pq.read_table(f"{self.bucket}/{self.prefix}/{TRUTH}", filesystem=file_system())
        except OSError as error:
            raise LakeError(f"{self.uri} has no truth to compare with: {error}. Try: ./lab run") from error

    def make_bucket(self) -> None:
        """Make the bucket of the lake where it is not there yet. Raises LakeError."""
        bucket.make(self.client, self.bucket)

    def purge(self, keep: str | None = None) -> int:
        """Delete all objects of the lake and all unfinished uploads to it; return how many objects there were.

        `keep` names a folder that stays, as `_run/` with the notes and the truth of the run. Raises LakeError.
        """
        paths = [path for path in self.paths() if keep is None or not path.startswith(keep)]
        # Some stores, SeaweedFS among them, list an emptied folder for a minute more, unless it is deleted by name too;
        # Spark would take it for the state of an older run. On AWS a name that is not there is deleted in silence.
        folders = {f"{folder}/" for path in paths for folder in PurePosixPath(path).parents if folder.name}
        store = self.store()
        store.delete([*paths, *sorted(folders, key=len, reverse=True), *([""] if keep is None else [])])
        store.abort_uploads()
        return len(paths)

    @contextlib.contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["ResponseMetadata"]["HTTPStatusCode"] < _SERVER_ERROR:
                raise
            raise LakeError(f"{self.uri} can't be reached: {error}. Try: ./lab status, ./lab up seaweedfs") from error


def file_system() -> S3FileSystem:
    """Return S3 for Arrow's readers and writers."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3")
    return S3FileSystem(
        endpoint_override=endpoint, region=os.environ.get("AWS_DEFAULT_REGION"), force_virtual_addressing=False
    )
