"""The bytes of one file, as far as they are not used up, and the number of the line at which they start."""

from __future__ import annotations

from typing import Protocol

_BLOCK = 4 * 1024 * 1024
_MARK = b"\xef\xbb\xbf"


class Stream(Protocol):
    """What bytes are read from; no bytes mean the end."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes."""


class Feed:
    """A window on a stream that moves forward only."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.data = b""
        self.ended = False
        """Whether `data` reaches to the end of the file."""
        self.line = 1
        """The number of the line at which `data` starts."""
        self._open = False

    @property
    def lines(self) -> int:
        """Return how many lines were used up; the last may have no line end."""
        return self.line - 1 + self._open

    def fill(self, size: int) -> None:
        """Read until at least so many bytes are buffered, or the file has ended."""
        parts = [self.data]
        total = len(self.data)
        while total < size and not self.ended:
            block = bytes(self._stream.read(max(_BLOCK, size - total)))
            self.ended = not block
            parts.append(block)
            total += len(block)
        if len(parts) > 1:
            self.data = b"".join(parts)

    def drop(self, size: int) -> None:
        """Move past so many bytes."""
        if size:
            self.line += self.data.count(b"\n", 0, size)
            self._open = self.data[size - 1 : size] != b"\n"
        self.data = self.data[size:]

    def skip_mark(self) -> None:
        """Move past a byte order mark at the start of the file."""
        self.fill(len(_MARK))
        self.data = self.data.removeprefix(_MARK)

    def skip_lines(self, count: int) -> None:
        """Move past so many lines."""
        for _ in range(count):
            end = -1
            while end < 0:
                self.fill(1)
                end = self.data.find(b"\n")
                if end < 0 and self.ended:
                    self.drop(len(self.data))
                    return
                self.drop(end + 1 if end >= 0 else len(self.data))
