"""Objects in S3 as sources and sinks see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import boto3

BAND_S: Final = 900
"""Objects that changed this close to the last one that was read are remembered by name: others could still appear."""


@dataclass(frozen=True)
class S3File:
    """One object: its URI, when it changed (seconds since 1970), its size, and the hash of its content."""

    uri: str
    changed: float
    etag: str
    size: int


def split(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of a URI."""
    scheme, _, path = uri.partition("://")
    bucket, _, key = path.partition("/")
    if scheme not in ("s3", "s3a", "s3n") or not bucket:
        raise ValueError(f"{uri!r} is not a path in S3.")
    return bucket, key


def files_below(uri: str) -> Iterator[S3File]:
    """Yield the objects of a path, which is an object or a folder; hidden ones (`_` or `.`) and empty ones left out."""
    bucket, key = split(uri)
    folder = key if not key or key.endswith("/") else f"{key}/"
    for item in list_keys(bucket, key):
        name = item["Key"]
        if name != key and not name.startswith(folder):
            continue
        parts = name[len(folder) :].split("/") if name != key else []
        if item["Size"] and not any(part.startswith(("_", ".")) for part in parts):
            yield S3File(f"s3://{bucket}/{name}", item["LastModified"].timestamp(), item["ETag"], item["Size"])


def list_keys(bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    """Yield the objects whose keys begin with a prefix."""
    client: Any = boto3.client("s3")
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def unread(files: Iterable[S3File], seen: dict[str, Any]) -> list[S3File]:
    """Return the files that are new or changed since a bookmark."""
    recent = {(uri, etag) for uri, etag, _ in seen.get("recent", [])}
    limit = seen.get("changed", 0.0) - BAND_S
    return [file for file in files if file.changed >= limit and (file.uri, file.etag) not in recent]


def after(read: Iterable[S3File], seen: dict[str, Any]) -> dict[str, Any]:
    """Return the bookmark of a source that has also read these files."""
    entries = [*seen.get("recent", []), *([file.uri, file.etag, file.changed] for file in read)]
    changed = max((entry[2] for entry in entries), default=seen.get("changed", 0.0))
    return {"changed": changed, "recent": [entry for entry in entries if entry[2] >= changed - BAND_S]}
