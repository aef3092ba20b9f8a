"""Versions with the ID `null`: written before a bucket had versioning, or while it was suspended.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
"""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import ClientError

from localcloud.s3 import rules
from localcloud.s3.forward import Call
from localcloud.s3.page import Page
from localcloud.s3.reader import Reader

_MARKER = ".versions/v_null"
"""Where the store has a delete marker with the ID `null`. It deletes an object with this ID, but not a marker."""
_NULL = "null"


def removes_null(call: Call) -> bool:
    """Check whether a request deletes the version `null`."""
    return call.method == "DELETE" and bool(re.search(rules.NULL_VERSION, call.query))


def remove_marker(store: Any, bucket: str, key: str) -> dict[str, str]:
    """Delete the delete marker with the ID `null`, if there is one; return the headers that say so."""
    answer = store.delete_object(Bucket=bucket, Key=key + _MARKER, VersionId=_NULL)
    if not answer.get("DeleteMarker"):
        return {}
    try:
        store.head_object(Bucket=bucket, Key=key)  # the store now looks up which version is the latest
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise
    return {"x-amz-delete-marker": "true"}


def correct_etags(page: Page, after: bytes, reader: Reader) -> bool:
    """Give versions the ETags that HEAD returns: the store lists those of the encrypted content.

    Return whether the page has such versions.
    """
    items = [item for item in page.items if item.version == _NULL and item.etag]
    known = reader.etags(page.prefix, after) if items else {}
    for item in items:
        is_latest = item.text("IsLatest") == "true"
        tag = known.get(item.key) if is_latest else None
        item.set_etag(tag or reader.etag(item.key, _NULL))
    return bool(items)
