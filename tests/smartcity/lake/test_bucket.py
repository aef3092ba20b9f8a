"""Buckets are made and emptied, and what stays is told."""

from __future__ import annotations

from typing import Any

import pytest

from smartcity.errors import LakeError
from smartcity.lake import bucket
from smartcity.lake.store import Store


def test_emptying_takes_objects_versions_markers_and_uploads(store: Store) -> None:
    """More objects than one page holds, old versions, delete markers and an unfinished upload: nothing is left."""
    client: Any = store.client
    client.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
    for number in range(1005):
        store.put(f"{number:04d}", b"x")
    store.put("0000", b"newer")
    client.delete_object(Bucket="lake", Key="run/0001")
    client.create_multipart_upload(Bucket="lake", Key="run/begun")
    assert bucket.empty(client, "lake") == 1005 + 2
    listed = client.list_object_versions(Bucket="lake")
    assert not listed.get("Versions")
    assert not listed.get("DeleteMarkers")
    assert not client.list_multipart_uploads(Bucket="lake").get("Uploads")


def test_an_object_that_stays_is_told() -> None:
    """S3 answers 200 and lists what it could not delete; that is an error with the first key."""

    class Refusing:
        def delete_objects(self, **_given: object) -> dict[str, Any]:
            return {"Errors": [{"Key": "run/kept", "Code": "AccessDenied"}]}

    with pytest.raises(LakeError, match="1 objects of lake can't be deleted.*run/kept"):
        bucket.delete(Refusing(), "lake", [{"Key": "run/kept"}])  # type: ignore[arg-type]


def test_only_the_uploads_of_a_folder_are_dropped(store: Store) -> None:
    """Another run of the same bucket may be uploading."""
    for key in ("run/begun", "other/begun"):
        store.client.create_multipart_upload(Bucket="lake", Key=key)
    assert store.abort_uploads() == 1
    assert [one["Key"] for one in store.client.list_multipart_uploads(Bucket="lake")["Uploads"]] == ["other/begun"]


def test_a_bucket_is_made_once(store: Store) -> None:
    """Making it again changes nothing."""
    store.put("note", b"1")
    bucket.make(store.client, "lake")
    bucket.make(store.client, "another")
    assert store.get("note") == b"1"
    assert {one["Name"] for one in store.client.list_buckets()["Buckets"]} == {"lake", "another"}
