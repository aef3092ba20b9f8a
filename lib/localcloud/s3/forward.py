"""Sends a request on to the store unchanged, byte for byte, and checks the content's hash on the way."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import IO
from urllib.parse import unquote

from werkzeug.wrappers import Response

from localcloud.s3 import rules
from localcloud.s3.errors import S3Error

_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "trailer", "proxy-connection", "expect"}
_CHUNK = 1 << 20
_TIMEOUT_S = 300


@dataclass
class Call:
    """A request to S3 as the client sent it."""

    method: str
    target: str
    """Path and query, still encoded."""
    path: str
    """The decoded path."""
    query: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: IO[bytes]
    length: int = 0

    @property
    def bucket(self) -> str:
        """The bucket's name, empty for the service itself."""
        return self.path.split("/")[1]

    @property
    def key(self) -> str:
        """The object's key, empty for a bucket."""
        return self.path.partition("/")[2].partition("/")[2]

    @property
    def source(self) -> str:
        """Bucket and key that a copy reads, as `bucket/key`; empty for other requests."""
        return unquote(self.headers.get("x-amz-copy-source", "").partition("?")[0]).removeprefix("/")


def forward(call: Call, store: str, headers: Mapping[str, str] | None = None, content: bytes | None = None) -> Response:
    """Return the store's answer.

    Raises:
        S3Error: XAmzContentSHA256Mismatch; in that case the store never gets the last bytes, and stores nothing.
    """
    link = http.client.HTTPConnection(store, timeout=_TIMEOUT_S)
    try:
        link.putrequest(call.method, call.target, skip_host=True, skip_accept_encoding=True)
        for name, value in (headers or call.headers).items():
            if name.lower() not in _HOP:
                link.putheader(name, value.encode("latin-1"))
        link.endheaders()
        for piece in [content] if content is not None else _checked(call):
            link.send(piece)
        answer = link.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in {*_HOP, "date", "server"}]
        return Response(answer.read(), answer.status, kept)
    finally:
        link.close()


def _checked(call: Call) -> Iterator[bytes]:
    """Yield the content. The last piece follows only if the whole content has the signed hash."""
    stated = call.headers.get("x-amz-content-sha256", "")
    expected = stated if re.match(rules.PLAIN_HASH, stated) else None
    seen, left, held = sha256(), call.length, b""
    while left:
        piece = call.body.read(min(left, _CHUNK))
        if not piece:
            raise S3Error(400, "IncompleteBody", "The request ended before its Content-Length.")
        left -= len(piece)
        if expected:
            seen.update(piece)
        if held:
            yield held
        held = piece
    if expected and seen.hexdigest() != expected:
        text = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise S3Error(400, "XAmzContentSHA256Mismatch", text)
    if held:
        yield held
