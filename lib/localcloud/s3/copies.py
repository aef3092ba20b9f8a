"""Copies parts of uploads that the store refuses or stores wrongly: it reads the source and sends the part itself.

The store can't decrypt the source of a part, and what it copies into an upload with a customer key can't be read back.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
"""

from __future__ import annotations

import re
import shutil
import tempfile
from typing import Any
from urllib.parse import parse_qs

from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from localcloud.s3 import rules
from localcloud.s3.errors import S3Error
from localcloud.s3.forward import Call

_SOURCE = "x-amz-copy-source"
_IN_MEMORY = 16 * 1024 * 1024
_CONDITIONS = {
    f"{_SOURCE}-if-match": "IfMatch",
    f"{_SOURCE}-if-none-match": "IfNoneMatch",
    f"{_SOURCE}-if-modified-since": "IfModifiedSince",
    f"{_SOURCE}-if-unmodified-since": "IfUnmodifiedSince",
    f"{_SOURCE}-range": "Range",
    f"{_SOURCE}-{rules.CUSTOMER_ALGORITHM.removeprefix('x-amz-')}": "SSECustomerAlgorithm",
    f"{_SOURCE}-{rules.CUSTOMER_KEY.removeprefix('x-amz-')}": "SSECustomerKey",
    f"{_SOURCE}-{rules.CUSTOMER_DIGEST.removeprefix('x-amz-')}": "SSECustomerKeyMD5",
}
_NOT_MODIFIED = 304


def is_part(call: Call) -> bool:
    """Check whether a request copies a part of an upload."""
    return call.method == "PUT" and bool(call.source) and "partNumber" in parse_qs(call.query)


def has_customer_key(call: Call) -> bool:
    """Check whether source or target of a copy has a customer key."""
    return any(
        call.headers.get(name)
        for name, given in (*_CONDITIONS.items(), *rules.CUSTOMER_PARAMETERS.items())
        if "SSE" in given
    )


def copied_part(call: Call, store: Any) -> Response:
    """Copy a part, for a request whose signature was checked. Raises S3Error."""
    number, upload = (parse_qs(call.query)[name][0] for name in ("partNumber", "uploadId"))
    target = {"Bucket": call.bucket, "Key": call.key, "UploadId": upload, "PartNumber": int(number)}
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as content:
        try:
            source = store.get_object(**_source(call))
            _check_range(call, source)
            shutil.copyfileobj(source["Body"], content)
            content.seek(0)
            part = store.upload_part(**target, Body=content, **_given(call, rules.CUSTOMER_PARAMETERS))
        except ClientError as error:
            raise _as_s3_error(error) from None
    modified = part["ResponseMetadata"]["HTTPHeaders"]
    answer = Response(_result(part["ETag"], store, target), 200, content_type="application/xml")
    answer.headers.extend((name, value) for name, value in modified.items() if name.startswith(rules.SSE))
    return answer


def _check_range(call: Call, source: dict[str, Any]) -> None:
    """Raise S3Error for a range that ends after the source: reading one returns what there is."""
    match = re.match(rules.COPIED_RANGE, call.headers.get(f"{_SOURCE}-range", ""))
    if match and source["ContentLength"] != int(match[2]) - int(match[1]) + 1:
        raise S3Error(416, "InvalidRange", "The requested range is not satisfiable")


def _source(call: Call) -> dict[str, str]:
    bucket, _, key = call.source.partition("/")
    version = parse_qs(call.headers[_SOURCE].partition("?")[2]).get("versionId")
    named = {"Bucket": bucket, "Key": key} | ({"VersionId": version[0]} if version else {})
    return named | _given(call, _CONDITIONS)


def _given(call: Call, names: dict[str, str]) -> dict[str, str]:
    return {parameter: call.headers[name] for name, parameter in names.items() if call.headers.get(name)}


def _result(etag: str, store: Any, target: dict[str, Any]) -> str:
    """Return the XML of the answer."""
    at = {name: value for name, value in target.items() if name != "PartNumber"}
    listed = store.list_parts(**at, PartNumberMarker=target["PartNumber"] - 1, MaxParts=1)["Parts"]
    modified = listed[0]["LastModified"].strftime("%Y-%m-%dT%H:%M:%S.000Z")
    quoted = etag.replace('"', "&quot;")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<CopyPartResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<LastModified>{modified}</LastModified><ETag>{quoted}</ETag></CopyPartResult>"
    )


def _as_s3_error(error: ClientError) -> S3Error:
    status, code = error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    if status == _NOT_MODIFIED:
        status, code = 412, "PreconditionFailed"
    return S3Error(status, code, error.response["Error"].get("Message", ""))
