"""The lake as a plain reader sees it: list a folder, read every Parquet file below it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import boto3
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from botocore.exceptions import BotoCoreError, ClientError
from pyarrow.fs import S3FileSystem

from smartcity.errors import LakeError
from smartcity.events import TOPICS, Verdict
from smartcity.transforms.zones import RAW, zone_schema

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NOT_FOUND, _SERVER_ERROR = 404, 500


class Committed(NamedTuple):
    """A file of a complete batch: the batch, the topic ("" for all), the path below the lake, and its rows."""

    batch: int
    topic: str
    path: str
    rows: int


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
    def endpoint(self) -> str | None:
        """Return the address of the lab's S3, or None for AWS."""
        return os.environ.get("AWS_ENDPOINT_URL_S3")

    @property
    def client(self) -> S3Client:
        """Return an S3 client."""
        return boto3.client("s3", endpoint_url=self.endpoint)

    def files(self, zone: str, topic: str | None = None) -> list[str]:
        """Return the paths, below the lake, of all Parquet files in a zone: as a query engine lists them."""
        folder = zone if topic is None or zone not in (RAW, Verdict.TRANSFORMED) else f"{zone}/{topic}"
        return [path for path in self._paths(f"{folder}/") if path.endswith(".parquet") and "/_" not in path]

    def committed(self, zone: str) -> list[str]:
        """Return the paths of the files of complete batches only; see `smartcity.stream.commit`."""
        return [file.path for file in self.committed_files(zone)]

    def committed_files(self, zone: str) -> Iterator[Committed]:
        """Yield the files of complete batches in a zone, in the order of the batches. Raises LakeError."""
        for path in self._paths("_commits/"):
            batch = int(path.rpartition("/")[2].removesuffix(".json"))
            for file in json.loads(self._get(path)).get("files", ()):
                if file["zone"] == zone:
                    yield Committed(batch, file["topic"], file["path"], file["rows"])

    def committed_rows(self, zone: str = RAW) -> int:
        """Return how many rows the complete batches have written to a zone. Raises LakeError."""
        return sum(file.rows for file in self.committed_files(zone))

    def last_commit(self) -> int:
        """Return the number of the newest complete batch, or -1. Raises LakeError."""
        for path in reversed(self._paths("_commits/")):
            if "files" in json.loads(self._get(path)):
                return int(path.rpartition("/")[2].removesuffix(".json"))
        return -1

    def read(self, zone: str, topic: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the rows of one topic in a zone, as plain Parquet.

        Columns as in `smartcity.transforms.zones`, times UTC. An empty zone gives no rows. Raises LakeError.
        """
        schema = zone_schema(zone, topic)
        files = [f"{self.bucket}/{self.prefix}/{path}" for path in self.files(zone, topic)]
        try:
            data = ds.dataset(files, schema=schema, format="parquet", filesystem=_file_system())
            only = None if zone in (RAW, Verdict.TRANSFORMED) else ds.field("topic") == topic
            return data.to_table(columns=list(columns) if columns else None, filter=only)
        except (OSError, pa.ArrowInvalid) as error:
            raise LakeError(f"{self.uri}/{zone} can't be read: {error}. Try: ./lab status seaweedfs") from error

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the number of rows by topic and zone."""
        return {
            topic: {zone: self.read(zone, topic, ["topic"]).num_rows for zone in (RAW, *Verdict)} for topic in TOPICS
        }

    def write_note(self, name: str, note: object) -> None:
        """Keep a JSON value with the run, as where in Kafka it begins; readers of the zones don't see it."""
        self.client.put_object(
            Bucket=self.bucket, Key=f"{self.prefix}/_run/{name}.json", Body=json.dumps(note).encode()
        )

    def begin_run(self, offsets: Mapping[str, Mapping[str, int]], vehicles: int, seed: int) -> None:
        """Note where in Kafka a run begins, and of which simulated city it is: whoever streams it needs both."""
        self.write_note("starting_offsets", offsets)
        self.write_note("city", {"vehicles": vehicles, "seed": seed})

    def read_note(self, name: str) -> Any:
        """Return a value that was kept with the run. Raises LakeError if there is none."""
        try:
            return json.loads(self._get(f"_run/{name}.json"))
        except ClientError as error:
            raise LakeError(
                f"{self.uri} has no note {name!r} ({error}). Try: ./lab run, or the notebook that starts a run"
            ) from error

    def city(self) -> dict[str, int]:
        """Return `vehicles` and `seed` of the run's simulated city; empty if no run has begun. Raises LakeError."""
        if self.note_time("city") is None:
            return {}
        found: dict[str, int] = self.read_note("city")
        return found

    def note_time(self, name: str) -> datetime | None:
        """Return when a value was kept with the run (UTC), or None if there is none. Raises LakeError."""
        try:
            with self._reachable():
                key = f"{self.prefix}/_run/{name}.json"
                return self.client.head_object(Bucket=self.bucket, Key=key)["LastModified"]
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == _NOT_FOUND:
                return None
            raise

    def write_truth(self, truth: pa.Table) -> None:
        """Keep what the simulator knows of each record of the run, for `truth`."""
        path = f"{self.bucket}/{self.prefix}/_run/truth.parquet"
        pq.write_table(truth.unify_dictionaries(), path, filesystem=_file_system())

    def truth(self) -> pa.Table:
        """Return what the simulator knows of each record of the run (`_run/truth.parquet`). Raises LakeError."""
        try:
            return pq.read_table(f"{self.bucket}/{self.prefix}/_run/truth.parquet", filesystem=_file_system())
        except OSError as error:
            raise LakeError(f"{self.uri} has no truth to compare with: {error}. Try: ./lab run") from error

    def make_bucket(self) -> None:
        """Make the bucket of the lake where it is not there yet."""
        try:
            self.client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
                told = f"The bucket {self.bucket} is not yours: {error}. Try: another name, SMARTCITY_BUCKET"
                raise LakeError(told) from error
            self._create_bucket()

    def _create_bucket(self) -> None:
        region = self.client.meta.region_name
        # The first region has no name here: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        place: Any = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self.client.create_bucket(Bucket=self.bucket, **place)
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
                raise LakeError(f"The bucket {self.bucket} can't be created: {error}. Try: another name") from error

    def purge(self, keep: str | None = None) -> int:
        """Delete all objects of the lake and all unfinished uploads to it; return how many objects there were.

        `keep` names a folder that stays, as `_run/` with the notes and the truth of the run.
        """
        paths = [path for path in self._paths("") if keep is None or not path.startswith(keep)]
        # Some stores, SeaweedFS among them, list an emptied folder for a minute more, unless it is deleted by name too;
        # Spark would take it for the state of an older run. On AWS a name that is not there is deleted in silence.
        folders = {f"{folder}/" for path in paths for folder in PurePosixPath(path).parents if folder.name}
        doomed = [*paths, *sorted(folders, key=len, reverse=True), *([""] if keep is None else [])]
        for start in range(0, len(doomed), 1000):
            keys = [{"Key": f"{self.prefix}/{path}"} for path in doomed[start : start + 1000]]
            self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True})  # type: ignore[typeddict-item]
        pages = self.client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.bucket, Prefix=f"{self.prefix}/"
        )
        for upload in [upload for page in pages for upload in page.get("Uploads", ())]:
            self.client.abort_multipart_upload(Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        return len(paths)

    def _paths(self, folder: str) -> list[str]:
        prefix = f"{self.prefix}/{folder}"
        with self._reachable():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            return [item["Key"][len(self.prefix) + 1 :] for page in pages for item in page.get("Contents", ())]

    def _get(self, path: str) -> bytes:
        with self._reachable():
            return self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}")["Body"].read()

    @contextlib.contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["ResponseMetadata"]["HTTPStatusCode"] < _SERVER_ERROR:
                raise
            raise LakeError(f"{self.uri} can't be reached: {error}. Try: ./lab status, ./lab up seaweedfs") from error


def _file_system() -> S3FileSystem:
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3")
    return S3FileSystem(
        endpoint_override=endpoint, region=os.environ.get("AWS_DEFAULT_REGION"), force_virtual_addressing=False
    )
