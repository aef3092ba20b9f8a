"""A client of the lab's S3, and a bucket for a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config


@pytest.fixture
def s3(in_lab: Mapping[str, str]) -> Any:
    """A client that tries nothing twice."""
    return boto3.client("s3", config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))


@pytest.fixture
def bucket(s3: Any) -> Iterator[str]:
    """A new bucket, emptied of uploads and versions and removed afterwards."""
    name = f"test-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    yield name
    for upload in s3.list_multipart_uploads(Bucket=name).get("Uploads", []):
        s3.abort_multipart_upload(Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])
    listed = s3.list_object_versions(Bucket=name)
    for each in (*listed.get("Versions", []), *listed.get("DeleteMarkers", [])):
        s3.delete_object(Bucket=name, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=name)
