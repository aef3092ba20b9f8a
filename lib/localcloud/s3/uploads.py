"""Multipart uploads: what the store does not check, and what it writes differently from S3.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from localcloud.s3.begun import Begun
from localcloud.s3.errors import S3Error
from localcloud.s3.forward import Call

_SIZE = "x-amz-mp-object-size"
_MAX_BYTES = 4 * 1024 * 1024
_PLAIN_ETAG = re.compile(rb"<ETag>([0-9a-f]{32}(?:-\d+)?)</ETag>")


def checked_completion(call: Call, store: Any, begun: Begun) -> bytes | None:
    """Return the content of a request that ends an upload; None for any other.

    Raises:
        S3Error: the parts have another size than the request states, or are not of the kind that the upload began with.
    """
    upload = parse_qs(call.query).get("uploadId")
    if call.method != "POST" or not upload:
        return None
    content = call.body.read(min(call.length, _MAX_BYTES))
    try:
        parts = _parts(content)
    except ElementTree.ParseError:
        return content  # the store says what is wrong
    begun.check_end(call, parts)
    if _SIZE in call.headers:
        _check_size(call, store, upload[0], parts)
    return content


def _parts(content: bytes) -> dict[str, str]:
    """Return the ETags of the parts by number."""
    elements = ElementTree.fromstring(content).findall("{*}Part")  # noqa: S314
    return {each.findtext("{*}PartNumber", ""): each.findtext("{*}ETag", "").strip('"') for each in elements}


def _check_size(call: Call, store: Any, upload: str, parts: dict[str, str]) -> None:
    try:
        pages = list(store.get_paginator("list_parts").paginate(Bucket=call.bucket, Key=call.key, UploadId=upload))
    except ClientError:
        return  # the store says what is wrong
    size = sum(part["Size"] for page in pages for part in page.get("Parts", []) if str(part["PartNumber"]) in parts)
    if str(size) != call.headers[_SIZE].strip():
        raise S3Error(
            400, "InvalidRequest", f"The parts have {size} bytes in all, and {_SIZE} is {call.headers[_SIZE]}."
        )


def quote_etag(call: Call, answer: Response) -> None:
    """Put the quotes around the ETag of a part that was copied."""
    if "x-amz-copy-source" in call.headers and answer.status_code == 200:
        answer.set_data(_PLAIN_ETAG.sub(rb"<ETag>&quot;\1&quot;</ETag>", answer.get_data()))
