"""Keys are listed in the order of their bytes, on whatever pages (ListObjectsV2, ListObjects, ListObjectVersions)."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.handlers import set_list_objects_encoding_type_url

pytestmark = pytest.mark.stack

KEYS = sorted(
    "a a-b a.b a/b a/c a0 a!/x b d d-1/x d/x d/x-1/z d/x/q d/y é/x \ue000- \ue000/x \U00010000/x q&a-1 q&a/1".split(),  # noqa: SIM905
    key=str.encode,
)


@pytest.fixture(scope="module")
def s3(lab_env: Mapping[str, str]) -> Any:
    """A client of the lab's S3."""
    return boto3.client(
        "s3",
        endpoint_url=lab_env["AWS_ENDPOINT_URL_S3"],
        aws_access_key_id=lab_env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=lab_env["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
        config=Config(signature_version="s3v4", retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


@pytest.fixture(scope="module")
def bucket(s3: Any) -> Iterator[str]:
    """A bucket that holds KEYS, in two versions each."""
    name = f"listing-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for content in (b"1", b"2"):
        for key in KEYS:
            s3.put_object(Bucket=name, Key=key, Body=content)
    yield name
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for each in page.get("Versions", []):
            s3.delete_object(Bucket=name, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=name)


def expected(prefix: str, delimiter: str, after: str = "") -> list[str]:
    """Return what S3 lists, computed from KEYS."""
    items: list[str] = []
    for key in KEYS:
        if not key.startswith(prefix) or key.encode() <= after.encode():
            continue
        end = key.find(delimiter, len(prefix)) if delimiter else -1
        item = key if end < 0 else key[: end + 1]
        if item not in items[-1:]:
            items.append(item)
    return items


def listed(page: Mapping[str, Any]) -> list[str]:
    """Return the keys and the common prefixes of a page in one order; each must be in order alone."""
    keys = [each["Key"] for each in page.get("Contents", [])]
    prefixes = [each["Prefix"] for each in page.get("CommonPrefixes", [])]
    assert keys == sorted(keys, key=str.encode)
    assert prefixes == sorted(prefixes, key=str.encode)
    return sorted(keys + prefixes, key=str.encode)


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("delimiter", ["", "/", "-"])
@pytest.mark.parametrize("prefix", ["", "a", "d/", "d/x", "q", "no"])
def test_pages_follow_each_other_in_the_order_of_bytes(
    s3: Any, bucket: str, operation: str, size: int, delimiter: str, prefix: str
) -> None:
    """Every key comes once, `a-b` before `a/b`, and no page is longer than MaxKeys."""
    pages = s3.get_paginator(operation).paginate(
        Bucket=bucket, Prefix=prefix, Delimiter=delimiter, PaginationConfig={"PageSize": size}
    )
    items = [listed(page) for page in pages]
    assert max(map(len, items)) <= size
    assert [item for page in items for item in page] == expected(prefix, delimiter)


@pytest.mark.parametrize("after", ["a", "a-", "a-b", "a/b", "a/z", "d", "d-", "d/x", "d/x-", "\ue000-"])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_a_listing_begins_after_any_key(s3: Any, bucket: str, delimiter: str, after: str) -> None:
    """StartAfter and Marker name a place in the order of bytes, whether or not there is such a key."""
    for prefix in ("", "d/x", "a"):
        page = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter=delimiter, StartAfter=after)
        assert listed(page) == expected(prefix, delimiter, after)
        assert page["KeyCount"] == len(expected(prefix, delimiter, after))
        page = s3.list_objects(Bucket=bucket, Prefix=prefix, Delimiter=delimiter, Marker=after)
        assert listed(page) == expected(prefix, delimiter, after)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_versions_are_listed_in_the_order_of_bytes(s3: Any, bucket: str, size: int) -> None:
    """Each key has its newest version first (ListObjectVersions)."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": size})
    versions = [(each["Key"], each["IsLatest"]) for page in pages for each in page.get("Versions", [])]
    assert versions == [(key, newest) for key in KEYS for newest in (True, False)]


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_uploads_are_listed_in_the_order_of_bytes(s3: Any, size: int) -> None:
    """Unfinished uploads of `a-b` come before those of `a/b` (ListMultipartUploads)."""
    bucket = f"uploads-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=bucket)
    keys = ["a", "a-b", "a.b/c", "a/b", "b"]
    made = {(key, s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]) for key in keys for _ in range(2)}
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, PaginationConfig={"PageSize": size})
    uploads = [(each["Key"], each["UploadId"]) for page in pages for each in page.get("Uploads", [])]
    assert [key for key, _ in uploads] == [key for key in keys for _ in range(2)]
    assert set(uploads) == made
    for key, upload in made:
        s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
    s3.delete_bucket(Bucket=bucket)


@pytest.mark.parametrize(
    ("encoding", "names"), [({}, [b"q&amp;a-1", b"q&amp;a/"]), ({"EncodingType": "url"}, [b"q%26a-1", b"q%26a/"])]
)
def test_names_are_encoded_as_the_request_wants(
    s3: Any, bucket: str, encoding: dict[str, str], names: list[bytes]
) -> None:
    """Keys and common prefixes of a sorted page are percent-encoded only with encoding-type=url (ListObjectsV2)."""
    given = {"Bucket": bucket, "Delimiter": "/", "StartAfter": "q&a", **encoding}
    handlers = s3.meta.events
    handlers.unregister("before-parameter-build.s3.ListObjectsV2", set_list_objects_encoding_type_url)
    url = s3.generate_presigned_url("list_objects_v2", Params=given)
    handlers.register("before-parameter-build.s3.ListObjectsV2", set_list_objects_encoding_type_url)
    with urllib.request.urlopen(url, timeout=30) as answer:
        content = answer.read()
    assert all(name in content for name in names)


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2", "list_object_versions"])
@pytest.mark.parametrize("delimiter", ["/", "-"])
def test_a_folder_without_keys_is_not_listed(s3: Any, operation: str, delimiter: str) -> None:
    """Right after its last key was deleted, on any page; one that still has a key, or is one, stays."""
    bucket = f"folders-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=bucket)
    kept = ["d-d/e/1", "e-1/f/", "z"]
    for key in ("a-a/b/1", "a-a/b/2", "b-b/1", "d-d/c/1", *kept):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    s3.delete_object(Bucket=bucket, Key="b-b/1")
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": f"a-a/b/{number}"} for number in (1, 2)]})
    s3.delete_object(Bucket=bucket, Key="d-d/c/1")
    for size in (1, 1000):
        pages = s3.get_paginator(operation).paginate(
            Bucket=bucket, Delimiter=delimiter, PaginationConfig={"PageSize": size}
        )
        prefixes = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
        assert prefixes == (["d-d/", "e-1/"] if delimiter == "/" else ["d-", "e-"])
        below = s3.get_paginator(operation).paginate(Bucket=bucket, Delimiter="/", Prefix="d-d/")
        assert [each["Prefix"] for page in below for each in page.get("CommonPrefixes", [])] == ["d-d/e/"]
    assert s3.list_objects_v2(Bucket=bucket, Delimiter="/")["KeyCount"] == 3
    for key in kept:
        s3.delete_object(Bucket=bucket, Key=key)
    s3.delete_bucket(Bucket=bucket)
