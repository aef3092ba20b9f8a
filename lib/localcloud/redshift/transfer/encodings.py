"""Files in other encodings than UTF-8, turned into UTF-8 as they are read.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html#copy-encoding
"""

from __future__ import annotations

import codecs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.feed import Stream

_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def as_utf8(stream: Stream, encoding: str, replacement: str, url: str) -> Stream:
    """Return a stream of UTF-8. With a replacement, bytes that are no character become it; else they are a SqlError."""
    return stream if encoding == "utf8" else _Transcoded(stream, encoding, replacement, url)


class _Transcoded:
    def __init__(self, stream: Stream, encoding: str, replacement: str, url: str) -> None:
        self._stream, self._encoding, self._url, self._replacement = stream, encoding, url, replacement
        self._left, self._started, self._ended = b"", False, False

    def read(self, size: int, /) -> bytes:
        """Return some bytes of UTF-8, none at the end."""
        while not self._ended:
            block = self._stream.read(size)
            self._ended = not block
            self._left += block
            if not self._started and (len(self._left) >= 2 or self._ended):
                self._start()
            if self._started and (text := self._decoded()):
                return text.encode()
        return b""

    def _start(self) -> None:
        """Read the byte order mark. UTF16 must have one."""
        self._started = True
        if not self._encoding.startswith("utf-16"):
            return
        marked = _MARKS.get(self._left[:2])
        if self._encoding == "utf-16":
            if marked is None and self._left:
                raise self._wrong("a UTF16 file must begin with a byte order mark")
            self._encoding = marked or "utf-16-le"
        if marked == self._encoding:
            self._left = self._left[2:]

    def _decoded(self) -> str:
        parts, at = list[str](), 0
        decode = codecs.getdecoder(self._encoding)
        while at < len(self._left):
            try:
                parts.append(decode(self._left[at:], "strict")[0])
                at = len(self._left)
            except UnicodeDecodeError as error:
                parts.append(decode(self._left[at : at + error.start], "strict")[0])
                if error.reason in ("truncated data", "unexpected end of data") and not self._ended:
                    at += error.start
                    break
                if not self._replacement:
                    shown = error.object[error.start : error.end].hex(" ")
                    raise self._wrong(f"bad sequence {shown}") from None
                parts.append(self._replacement * (error.end - error.start))
                at += error.end
        self._left = self._left[at:]
        return "".join(parts)

    def _wrong(self, reason: str) -> SqlError:
        return SqlError(
            "22021",
            f"The encoding of {self._url} is not the one that COPY specifies (error 1221): {reason}",
            hint="ENCODING UTF8, UTF16, UTF16LE, UTF16BE or ISO88591",
        )
