"""The objects of a lake, written so that nobody sees one before its batch is complete.

A multipart upload is invisible until it is completed (S3 user guide, "Uploading and copying objects using multipart
upload"). Tasks upload, on whatever machine they run; the driver completes all uploads of a batch at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
from botocore.config import Config
from botocore.exceptions import ClientError

from smartcity.lake import bucket as buckets

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef


class Upload(TypedDict):
    """A file that is uploaded but not yet visible; `bytes` is its size."""

    path: str
    rows: int
    bytes: int
    upload_id: str
    etags: list[str]


_PART_BYTES = 64 * 1024 * 1024
_PATIENT = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 10},
    max_pool_connections=8,
)


@dataclass(frozen=True)
class Store:
    """One folder of a bucket. It travels to the executors with the lab's keys; on AWS they have roles of their own."""

    bucket: str
    prefix: str
    endpoint: str | None = None
    keys: tuple[str, str] | None = field(default=None, repr=False)
    patient: bool = True
    """Wait through a restart of S3 (about a minute) before giving up, as whoever writes must; readers tell at once."""

    @classmethod
    def of(cls, bucket: str, prefix: str, endpoint: str | None, patient: bool = True) -> Store:
        """Return the store as this process reaches it."""
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        keys = (
            (os.environ[names[0]], os.environ[names[1]]) if endpoint and all(n in os.environ for n in names) else None
        )
        return cls(bucket, prefix, endpoint, keys, patient)

    @property
    def client(self) -> S3Client:
        """Return the S3 client; the same for equal stores of a process."""
        return _client(self)

    def key(self, path: str) -> str:
        """Return the key of a path below the folder."""
        return f"{self.prefix}/{path}"

    def put(self, path: str, body: bytes) -> None:
        """Write one small object at once."""
        self.client.put_object(Bucket=self.bucket, Key=self.key(path), Body=body)

    def get(self, path: str) -> bytes:
        """Return the bytes of an object."""
        return self.client.get_object(Bucket=self.bucket, Key=self.key(path))["Body"].read()

    def paths(self, folder: str, after: str = "") -> Iterator[str]:
        """Yield the paths of the objects in a folder in the order of their names, those after the path `after`."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.key(folder), StartAfter=self.key(after) if after else ""
        )
        for page in pages:
            for item in page.get("Contents", ()):
                yield item["Key"][len(self.prefix) + 1 :]

    def delete(self, paths: Iterable[str]) -> int:
        """Delete objects; those that are not there count as deleted. Raises LakeError if some remain."""
        return buckets.delete(self.client, self.bucket, [{"Key": self.key(path)} for path in paths])

    def upload(self, path: str, table: pa.Table) -> Upload:
        """Upload a table as Parquet without showing it; return what `complete` needs, and its size in bytes."""
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="snappy", coerce_timestamps="us")
        return self.upload_bytes(path, memoryview(sink.getvalue()), table.num_rows)

    def upload_bytes(self, path: str, body: memoryview, rows: int) -> Upload:
        """Upload the bytes of a file with that many rows without showing it; return what `complete` needs."""
        key = self.key(path)
        upload_id = self.client.create_multipart_upload(Bucket=self.bucket, Key=key)["UploadId"]
        etags = [
            self.client.upload_part(
                Bucket=self.bucket,
                Key=key,
                UploadId=upload_id,
                PartNumber=number,
                Body=bytes(body[start : start + _PART_BYTES]),
            )["ETag"]
            for number, start in enumerate(range(0, len(body), _PART_BYTES), 1)
        ]
        return {"path": path, "rows": rows, "bytes": len(body), "upload_id": upload_id, "etags": etags}

    def complete(self, uploads: list[Upload]) -> None:
        """Show the objects of these uploads. One that is completed already stays as it is."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._complete, uploads))

    def abort_uploads(self) -> int:
        """Drop all uploads in the folder that were not completed; return how many there were."""
        return buckets.abort_uploads(self.client, self.bucket, self.key(""))

    def _complete(self, upload: Upload) -> None:
        parts: list[CompletedPartTypeDef] = [
            {"ETag": etag, "PartNumber": number} for number, etag in enumerate(upload["etags"], 1)
        ]
        key = self.key(upload["path"])
        try:
            self.client.complete_multipart_upload(
                Bucket=self.bucket, Key=key, UploadId=upload["upload_id"], MultipartUpload={"Parts": parts}
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload" or self._size(key) != upload["bytes"]:
                raise

    def _size(self, key: str) -> int | None:
        try:
            return self.client.head_object(Bucket=self.bucket, Key=key)["ContentLength"]
        except ClientError:
            return None


@lru_cache(maxsize=8)
def _client(store: Store) -> S3Client:
    keys = dict(zip(("aws_access_key_id", "aws_secret_access_key"), store.keys or (), strict=False))
    config = _PATIENT if store.patient else None
    return boto3.client("s3", endpoint_url=store.endpoint, config=config, **keys)  # type: ignore[call-overload, no-any-return]
