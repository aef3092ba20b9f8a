"""S3 for the crawler: listings, and ranges of objects read with little work a request."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus, urlencode
from xml.etree import ElementTree

import urllib3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localcloud.glue.crawler.sample import S3Object

TAIL = 64 * 1024
"""Bytes read first from the end of a columnar file; most footers are smaller."""
HEAD = 1024 * 1024
"""Bytes read from the start of any other file, as AWS's crawler does."""


class S3Error(Exception):
    """S3 did not return what was requested; the text is S3's."""


class Refused(S3Error):
    """S3 answered with a client's error (4xx). `answer` is its code and message."""

    def __init__(self, target: str, answer: str) -> None:
        super().__init__(f"s3://{target}: {answer}")
        self.answer = answer


class ObjectUnreadable(Refused):
    """S3 refused one object, or no longer has it; the rest of the crawl can continue."""


@dataclass(frozen=True)
class Endpoint:
    """Where S3 is, and the keys that open it."""

    url: str
    key: str
    secret: str
    region: str

    @classmethod
    def read(cls, env: Mapping[str, str]) -> Endpoint:
        """Return the endpoint that the AWS SDK variables name."""
        names = ("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")
        missing = [name for name in names if not env.get(name)]
        if missing:
            raise S3Error(f"Not set: {', '.join(missing)}. Try: ./lab up aws, which sets them.")
        return cls(*(env[name] for name in names))


class S3:
    """A reader that many threads may share."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._signer = S3SigV4Auth(Credentials(endpoint.key, endpoint.secret), "s3", endpoint.region)
        self._pool = urllib3.PoolManager(maxsize=32, timeout=30, retries=urllib3.Retry(total=4, backoff_factor=0.2))
        self.requests = 0
        self._count = threading.Lock()

    def list(self, bucket: str, prefix: str) -> Iterator[S3Object]:
        """Yield the objects below a prefix, in the order of their keys.

        Raises:
            S3Error: no such bucket, or no access.
        """
        query = {"encoding-type": "url", "list-type": "2", "prefix": prefix}
        while True:
            page = ElementTree.fromstring(self._get(f"{bucket}?{urlencode(query, quote_via=quote)}"))  # noqa: S314
            for entry in page.iterfind("{*}Contents"):
                key, size, etag = (entry.findtext(f"{{*}}{name}") or "" for name in ("Key", "Size", "ETag"))
                yield S3Object(unquote_plus(key), int(size), etag.strip('"'))
            following = page.findtext("{*}NextContinuationToken")
            if not following:
                return
            query = {**query, "continuation-token": following}

    def read(self, bucket: str, key: str, start: int, length: int) -> bytes:
        """Return `length` bytes of an object from `start` on (fewer at its end)."""
        span = {"Range": f"bytes={start}-{start + length - 1}"}
        try:
            return self._get(f"{bucket}/{quote(key, safe='/~')}", span)[:length]
        except Refused as error:
            raise ObjectUnreadable(f"{bucket}/{key}", error.answer) from None

    def _get(self, target: str, headers: Mapping[str, str] | None = None) -> bytes:
        # Signed by hand: a boto3 client costs more time to make than most crawls take, and 3 ms a call.
        url = f"{self._endpoint.url}/{target}"
        request = AWSRequest("GET", url, dict(headers or {}))
        self._signer.add_auth(request)
        with self._count:
            self.requests += 1
        answer = self._pool.request("GET", url, headers=dict(request.headers.items()))
        if answer.status not in (200, 206):
            if 400 <= answer.status < 500:
                raise Refused(target.partition("?")[0], _reason(answer))
            raise S3Error(f"s3://{target.partition('?')[0]}: {_reason(answer)}")
        return answer.data


def _reason(answer: urllib3.BaseHTTPResponse) -> str:
    try:
        error = ElementTree.fromstring(answer.data)  # noqa: S314  the lab's own S3
    except ElementTree.ParseError:
        return f"S3 answered {answer.status}"
    return f"{error.findtext('{*}Code') or answer.status}: {error.findtext('{*}Message') or 'no message'}"


class RangeFile(io.RawIOBase):
    """One object as a seekable file; its end is read once and kept, since footers are there."""

    def __init__(self, s3: S3, bucket: str, item: S3Object) -> None:
        super().__init__()
        self._s3, self._bucket, self._item = s3, bucket, item
        self._position = 0
        self._tail_start = max(0, item.size - TAIL)
        self._tail: bytes | None = None

    def tail(self) -> bytes:
        """Return the last bytes of the object (64 KiB at most)."""
        if self._tail is None:
            self._tail = self._s3.read(self._bucket, self._item.key, self._tail_start, self._item.size)
        return self._tail

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._item.size}[whence]
        self._position = base + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        rest = self._item.size - self._position
        size = rest if size < 0 else min(size, rest)
        if size <= 0:
            return b""
        start = self._position
        self._position += size
        if start >= self._tail_start:
            offset = start - self._tail_start
            return self.tail()[offset : offset + size]
        return self._s3.read(self._bucket, self._item.key, start, size)
