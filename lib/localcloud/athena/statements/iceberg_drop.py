"""DROP of Iceberg tables: the table's own files are deleted, and no others.

The engine's own DROP TABLE deletes the whole folder of a table, with other tables and files that are in it.
https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-drop-table.html
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import fastavro
from botocore.exceptions import ClientError

from localcloud.athena import iceberg_metadata
from localcloud.athena.failure import SYSTEM, QueryFailed
from localcloud.athena.iceberg_metadata import Metadata
from localcloud.athena.job import Job
from localcloud.athena.results import list_files, split_url
from localcloud.athena.statements.catalog import Table

BATCH = 1000
"""Objects that one call of S3 deletes."""


def drop(job: Job, table: Table) -> None:
    """Remove a table from the catalog, then delete every file that any of its snapshots and metadata names.

    Raises:
        QueryFailed: files could not be deleted; the message names the first.
    """
    files = _files(job, table)
    job.glue.delete_table(DatabaseName=table["DatabaseName"], Name=table["Name"])
    by_bucket: dict[str, set[str]] = defaultdict(set)
    for url in files:
        bucket, key = split_url(url)
        by_bucket[bucket].add(key)
    for bucket, keys in by_bucket.items():
        _delete(job.s3, bucket, sorted(keys))


def _files(job: Job, table: Table) -> set[str]:
    try:
        metadata = iceberg_metadata.read(job.s3, table)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchKey", "NoSuchBucket"):
            raise
        return set()  # its metadata is gone, so nothing says which files were its own
    named = _named(metadata)
    manifests = {entry["manifest_path"] for url in _lists(metadata) for entry in _records(job.s3, url)}
    files = {entry["data_file"]["file_path"] for url in manifests for entry in _records(job.s3, url)}
    return named | manifests | files | _superseded(job, metadata)


def _lists(metadata: Metadata) -> set[str]:
    return {snapshot["manifest-list"] for snapshot in metadata.content.get("snapshots", [])}


def _records(s3: Any, url: str) -> Iterator[dict[str, Any]]:
    """Yield the records of an Avro file; none if it does not exist any more."""
    bucket, key = split_url(url)
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return
    yield from (dict(record) for record in fastavro.reader(io.BytesIO(body)) if isinstance(record, dict))


def _superseded(job: Job, metadata: Metadata) -> set[str]:
    """Return the table's metadata files that later ones have replaced, and that none names any more."""
    folder = metadata.location.rpartition("/")[0] + "/"
    return {
        url
        for url in list_files(job.s3, folder)
        if "/" not in url.removeprefix(folder) and url.endswith((".avro", ".stats", ".metadata.json"))
    }


def _named(metadata: Metadata) -> set[str]:
    content = metadata.content
    named = {metadata.location}
    named |= {entry["metadata-file"] for entry in content.get("metadata-log", [])}
    named |= _lists(metadata)
    for kind in ("statistics", "partition-statistics"):
        named |= {entry["statistics-path"] for entry in content.get(kind, [])}
    return named


def _delete(s3: Any, bucket: str, keys: list[str]) -> None:
    for start in range(0, len(keys), BATCH):
        doomed = [{"Key": key} for key in keys[start : start + BATCH]]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed, "Quiet": True})
        for error in answer.get("Errors", []):
            text = f"The table was dropped, but {error['Key']} could not be deleted: {error.get('Message')}"
            raise QueryFailed("ICEBERG_FILESYSTEM_ERROR", text, SYSTEM)
