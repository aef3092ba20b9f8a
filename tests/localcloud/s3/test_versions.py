"""Versions with the ID `null`. https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.stack

CUSTOMER = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}


def set_versioning(s3: Any, bucket: str, status: str) -> None:
    """Enable or suspend versioning."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def listed(s3: Any, bucket: str) -> list[tuple[str, str, bool]]:
    """Return kind, version and whether it is the latest of everything in a bucket."""
    answer = s3.list_object_versions(Bucket=bucket)
    return [
        (kind, each["VersionId"], each["IsLatest"])
        for kind in ("Versions", "DeleteMarkers")
        for each in answer.get(kind, [])
    ]


@pytest.mark.parametrize("many", [False, True], ids=["DeleteObject", "DeleteObjects"])
def test_a_delete_marker_with_the_id_null_is_deleted(s3: Any, bucket: str, *, many: bool) -> None:
    """The version before it is the latest again, and is read (a marker of suspended versioning)."""
    set_versioning(s3, bucket, "Enabled")
    version = s3.put_object(Bucket=bucket, Key="a", Body=b"first")["VersionId"]
    set_versioning(s3, bucket, "Suspended")
    assert s3.delete_object(Bucket=bucket, Key="a")["DeleteMarker"] is True
    assert listed(s3, bucket) == [("Versions", version, False), ("DeleteMarkers", "null", True)]
    if many:
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a", "VersionId": "null"}]})
    else:
        answer = s3.delete_object(Bucket=bucket, Key="a", VersionId="null")
        assert (answer["DeleteMarker"], answer["VersionId"]) == (True, "null")
    assert listed(s3, bucket) == [("Versions", version, True)]
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"first"


def test_a_bucket_whose_only_content_was_a_marker_is_deleted(s3: Any) -> None:
    """DeleteObject with versionId=null removes the marker, so that DeleteBucket succeeds."""
    name = f"versions-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    set_versioning(s3, name, "Suspended")
    s3.delete_object(Bucket=name, Key="never/there")
    s3.delete_object(Bucket=name, Key="never/there", VersionId="null")
    assert listed(s3, name) == []
    s3.delete_bucket(Bucket=name)


def test_an_object_with_the_id_null_is_deleted_alone(s3: Any, bucket: str) -> None:
    """Its newer versions stay, and the answer names no marker."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"first")
    set_versioning(s3, bucket, "Enabled")
    version = s3.put_object(Bucket=bucket, Key="a", Body=b"second")["VersionId"]
    assert "DeleteMarker" not in s3.delete_object(Bucket=bucket, Key="a", VersionId="null")
    assert listed(s3, bucket) == [("Versions", version, True)]


@pytest.mark.parametrize("encoding", [{}, {"EncodingType": "url"}], ids=["plain", "url"])
def test_listed_versions_have_the_etags_of_their_objects(s3: Any, bucket: str, encoding: dict[str, str]) -> None:
    """Also encrypted objects from before the bucket had versions, whether or not they are the latest."""
    keys = ["a", "a b/ü", "z"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    s3.put_object(Bucket=bucket, Key="secret", Body=b"x", **CUSTOMER)
    set_versioning(s3, bucket, "Enabled")
    s3.put_object(Bucket=bucket, Key="z", Body=b"newer")
    versions = s3.list_object_versions(Bucket=bucket, **encoding)["Versions"]
    assert len(versions) == 5
    for each in versions:
        more = CUSTOMER if each["Key"] == "secret" else {}
        head = s3.head_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"], **more)
        assert each["ETag"] == head["ETag"], each
    following = s3.list_object_versions(Bucket=bucket, KeyMarker="a", MaxKeys=1)["Versions"]
    assert [each["ETag"] for each in following] == [s3.head_object(Bucket=bucket, Key="a b/ü")["ETag"]]


def test_an_etag_that_only_the_customers_key_shows_is_left_out(s3: Any, bucket: str) -> None:
    """An older version `null` with a customer's key is listed without an ETag rather than with another one."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"x", **CUSTOMER)
    with pytest.raises(ClientError):
        s3.head_object(Bucket=bucket, Key="a")
    set_versioning(s3, bucket, "Enabled")
    s3.put_object(Bucket=bucket, Key="a", Body=b"newer")
    old = next(each for each in s3.list_object_versions(Bucket=bucket)["Versions"] if each["VersionId"] == "null")
    assert "ETag" not in old
