"""Buckets: made, and emptied of objects, versions and unfinished uploads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from smartcity.errors import LakeError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEYS_A_CALL: Final = 1000
"""The most that one call of DeleteObjects takes."""
_LISTINGS: Final = (
    ("list_object_versions", ("Versions", "DeleteMarkers")),
    ("list_objects_v2", ("Contents",)),
)
"""What a bucket holds: versions first, then what has none."""

Key = Mapping[str, str]
"""`Key`, and `VersionId` where a version is meant."""


def make(client: S3Client, bucket: str) -> None:
    """Create a bucket if it is missing. Raises LakeError if it belongs to somebody else."""
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            message = f"The bucket {bucket} is not yours: {error}. Try: another name, SMARTCITY_BUCKET"
            raise LakeError(message) from error
        _create(client, bucket)


def _create(client: S3Client, bucket: str) -> None:
    region = client.meta.region_name
    # The first region has no name here: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    where: Any = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        client.create_bucket(Bucket=bucket, **where)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise LakeError(f"The bucket {bucket} can't be created: {error}. Try: another name") from error


def empty(client: S3Client, bucket: str) -> int:
    """Delete all objects, versions and unfinished uploads of a bucket; return how many objects there were.

    Raises LakeError if some can't be deleted.
    """
    count = 0
    for listing, members in _LISTINGS:
        # Listed to its end before anything goes: where a page begins may depend on a key that is gone by then.
        count += delete(client, bucket, list(_keys(client, bucket, listing, members)))
    abort_uploads(client, bucket)
    return count


def _keys(client: Any, bucket: str, listing: str, members: Sequence[str]) -> Iterator[Key]:
    for page in client.get_paginator(listing).paginate(Bucket=bucket):
        for entry in (entry for member in members for entry in page.get(member, ())):
            yield {name: entry[name] for name in ("Key", "VersionId") if name in entry}


def delete(client: S3Client, bucket: str, keys: Sequence[Key]) -> int:
    """Delete objects; those that are not there count as deleted. Raises LakeError with the first that stays."""
    for start in range(0, len(keys), KEYS_A_CALL):
        chosen: Any = {"Objects": list(keys[start : start + KEYS_A_CALL]), "Quiet": True}
        errors = client.delete_objects(Bucket=bucket, Delete=chosen).get("Errors")
        if errors:
            raise LakeError(
                f"{len(errors)} objects of {bucket} can't be deleted, the first: {errors[0]}. "
                "Try: the permissions of your keys, s3:DeleteObject"
            )
    return len(keys)


def abort_uploads(client: S3Client, bucket: str, prefix: str = "") -> int:
    """Drop all uploads below a prefix that were not completed; return how many there were."""
    pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
    uploads = [upload for page in pages for upload in page.get("Uploads", ())]
    for upload in uploads:
        client.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    return len(uploads)
