"""The public access block of a bucket: no bucket of the lab is public, so it is always on, as for a new bucket of S3.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from localcloud.s3.errors import S3Error, not_implemented
from localcloud.s3.forward import Call

_SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_MAX_BYTES = 64 * 1024


def is_meant(call: Call) -> bool:
    """Check whether a request reads or sets the block of a bucket."""
    named = re.search(r"(^|&)publicAccessBlock(=|&|$)", call.query)
    return bool(call.bucket and named) and call.method in ("GET", "PUT")


def answer(call: Call, store: Any) -> Response:
    """Answer GetPublicAccessBlock and PutPublicAccessBlock, whose signature was checked."""
    try:
        store.head_bucket(Bucket=call.bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        raise S3Error(404, "NoSuchBucket", "The specified bucket does not exist") from None
    if call.method == "PUT":
        _check(call.body.read(min(call.length, _MAX_BYTES)))
        return Response(b"", 200)
    settings = "".join(f"<{name}>true</{name}>" for name in _SETTINGS)
    body = f'<PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{settings}'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}</PublicAccessBlockConfiguration>'
    return Response(text, 200, content_type="application/xml")


def _check(content: bytes) -> None:
    try:
        given = {each.tag.rpartition("}")[2]: (each.text or "").strip() for each in ElementTree.fromstring(content)}  # noqa: S314
    except ElementTree.ParseError:
        raise S3Error(400, "MalformedXML", "The XML you provided was not well-formed.") from None
    if any(given.get(name, "false").lower() != "true" for name in _SETTINGS):
        raise not_implemented("No bucket of the lab can be public: every setting of the public access block is true.")
