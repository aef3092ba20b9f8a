"""Remembers how multipart uploads began. The store does not return the customer key or the checksum of one in progress.

The memory is a file, so that it outlives the process. Of a customer key it holds the digest that the client sends.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs

from werkzeug.wrappers import Response

from localcloud.errors import LocalCloudError
from localcloud.home import write_private
from localcloud.s3 import rules
from localcloud.s3.errors import S3Error
from localcloud.s3.forward import Call

_OK, _NO_CONTENT = 200, 204
_COMPLETE_KEPT = 100
_UPLOAD = re.compile(rb"<UploadId>([^<]+)</UploadId>")
_WHOLE = tuple(name.lower() for name in rules.CHECKSUMS if name.startswith("X-Amz"))
_NO_KEY = (
    "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate "
    "encryption parameters."
)


@dataclass
class Upload:
    """How an upload began, and the parts that came with its customer key."""

    customer_key: str
    """The digest of the key, empty for none."""
    checksum: str
    parts: dict[str, str] = field(default_factory=dict)
    """ETags by number."""
    is_complete: bool = False
    """Whether the upload ended. A client that got no answer completes it again."""


class Begun:
    """The uploads that began and did not end yet, and the last complete ones, kept in a file if it has a name."""

    def __init__(self, file: Path | None = None) -> None:
        self._file, self._lock = file, Lock()
        self._uploads = _read(file) if file and file.exists() else {}

    def note(self, call: Call, answer: Response) -> None:
        """Remember an upload that began, and a part stored with a customer key; in time forget an upload that ended."""
        if answer.status_code not in (_OK, _NO_CONTENT):
            return
        upload = _upload_id(call)
        with self._lock:
            if call.method in ("POST", "DELETE") and upload:
                is_changed = self._end(upload, is_complete=call.method == "POST")
            elif call.method == "POST":
                is_changed = self._begin(call, answer)
            else:
                is_changed = call.method == "PUT" and bool(upload) and self._add_part(call, answer)
            if is_changed and self._file:
                content = {name: asdict(each) for name, each in self._uploads.items()}
                write_private(self._file, json.dumps(content))

    def _end(self, upload: str, *, is_complete: bool) -> bool:
        ended = self._uploads.pop(upload, None)
        if ended and is_complete:
            ended.is_complete = True
            self._uploads[upload] = ended
            complete = [name for name, each in self._uploads.items() if each.is_complete]
            for name in complete[:-_COMPLETE_KEPT]:
                del self._uploads[name]
        return ended is not None

    def _begin(self, call: Call, answer: Response) -> bool:
        match = _UPLOAD.search(answer.get_data())
        if match:
            headers, upload = call.headers, match.group(1).decode()
            key = headers.get(rules.CUSTOMER_DIGEST, "")
            self._uploads[upload] = Upload(key, headers.get("x-amz-checksum-algorithm", ""))
            if not key:
                answer.headers[rules.PLAIN_UPLOAD] = upload
        return bool(match)

    def _add_part(self, call: Call, answer: Response) -> bool:
        begun = self._uploads.get(_upload_id(call))
        if begun is None or not begun.customer_key:
            answer.headers[rules.PLAIN_UPLOAD] = _upload_id(call)
            return False
        number = parse_qs(call.query)["partNumber"][0]
        copied = re.search(rb"<ETag>(?:&quot;|&#34;|\")?([^<&\"]+)", answer.get_data())
        begun.parts[number] = copied.group(1).decode() if copied else answer.headers.get("ETag", "").strip('"')
        return True

    def has_customer_key(self, call: Call) -> bool:
        """Check whether the upload of a request began with a customer key."""
        upload = self._uploads.get(_upload_id(call))
        return upload is not None and bool(upload.customer_key)

    def check_part(self, call: Call) -> None:
        """Raise S3Error for a part whose customer key is not that of its upload."""
        digest = call.headers.get(rules.CUSTOMER_DIGEST)
        if call.method == "PUT" and not digest and self.has_customer_key(call):
            raise S3Error(400, "InvalidRequest", _NO_KEY)
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
            raise S3Error(400, "InvalidRequest", _NO_KEY)

    def _known(self, call: Call) -> Upload:
        upload = self._uploads.get(_upload_id(call))
        if upload is None:
            raise S3Error(404, "NoSuchUpload", "The upload does not exist, or the lab does not know how it began.")
        return upload


def _upload_id(call: Call) -> str:
    return parse_qs(call.query).get("uploadId", [""])[0]


def _read(file: Path) -> dict[str, Upload]:
    try:
        return {name: Upload(**upload) for name, upload in json.loads(file.read_text()).items()}
    except (ValueError, TypeError, AttributeError):
        raise LocalCloudError(f"{file} is damaged. Try: delete it; open multipart uploads must begin again.") from None
