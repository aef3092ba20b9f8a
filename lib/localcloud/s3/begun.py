"""Remembers how multipart uploads began. The store does not return the customer key or the checksum of one in progress.

The memory ends with the process. A request that needs it is then refused, and the client has to begin the upload again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from werkzeug.wrappers import Response

from localcloud.s3 import rules
from localcloud.s3.errors import S3Error
from localcloud.s3.forward import Call

_OK = 200
_UPLOAD = re.compile(rb"<UploadId>([^<]+)</UploadId>")
_WHOLE = tuple(name.lower() for name in rules.CHECKSUMS if name.startswith("X-Amz"))


@dataclass
class Upload:
    """How an upload began, and the parts that came with its customer key."""

    customer_key: str
    """The digest of the key, empty for none."""
    checksum: str
    parts: dict[str, str] = field(default_factory=dict)
    """ETags by number."""


class Begun:
    """The uploads that began since this process started."""

    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}

    def note(self, call: Call, answer: Response) -> None:
        """Remember an upload that began, and a part stored with a customer key; forget an upload that is complete."""
        if answer.status_code != _OK:
            return
        if call.method == "POST" and _upload_id(call):
            self._uploads.pop(_upload_id(call), None)
            return
        if call.method == "POST" and (match := _UPLOAD.search(answer.get_data())):
            headers = call.headers
            upload = Upload(headers.get(rules.CUSTOMER_DIGEST, ""), headers.get("x-amz-checksum-algorithm", ""))
            self._uploads[match.group(1).decode()] = upload
        elif call.method == "PUT" and (begun := self._uploads.get(_upload_id(call))):
            number = parse_qs(call.query)["partNumber"][0]
            copied = re.search(rb"<ETag>(?:&quot;|&#34;|\")?([^<&\"]+)", answer.get_data())
            begun.parts[number] = copied.group(1).decode() if copied else answer.headers.get("ETag", "").strip('"')

    def has_customer_key(self, call: Call) -> bool:
        """Check whether the upload that a request ends began with a customer key."""
        upload = self._uploads.get(_upload_id(call))
        return upload is not None and bool(upload.customer_key)

    def check_part(self, call: Call) -> None:
        """Raise S3Error for a part whose customer key is not that of its upload."""
        digest = call.headers.get(rules.CUSTOMER_DIGEST)
        if not digest or not _upload_id(call):
            return
        upload = self._known(call)
        if not upload.customer_key:
            raise S3Error(400, "InvalidRequest", "The multipart upload initiate did not request encryption.")
        if upload.customer_key != digest:
            text = "The provided encryption parameters did not match the ones used originally."
            raise S3Error(400, "InvalidRequest", text)

    def check_end(self, call: Call, parts: dict[str, str]) -> None:
        """Raise S3Error unless the parts (ETags by number) and the checksum are as the upload began."""
        stated = next((name for name in _WHOLE if call.headers.get(name)), "")
        if stated and not self._known(call).checksum:
            kind = stated.rpartition("-")[2]
            text = f"Checksum Type mismatch occurred, expected checksum Type: null, actual checksum Type: {kind}"
            raise S3Error(400, "InvalidRequest", text)
        upload = self._uploads.get(_upload_id(call))
        if upload is None or not upload.customer_key:
            return
        if any(upload.parts.get(number) != etag for number, etag in parts.items()):
            raise S3Error(
                400,
                "InvalidRequest",
                "The multipart upload initiate requested encryption. Subsequent part requests must include the "
                "appropriate encryption parameters.",
            )

    def _known(self, call: Call) -> Upload:
        upload = self._uploads.get(_upload_id(call))
        if upload is None:
            raise S3Error(404, "NoSuchUpload", "The upload does not exist, or began before the lab was last started.")
        return upload


def _upload_id(call: Call) -> str:
    return parse_qs(call.query).get("uploadId", [""])[0]
