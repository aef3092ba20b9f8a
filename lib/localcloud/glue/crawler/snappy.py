"""Snappy's three layouts of a file: the framing format, Hadoop's blocks, and one bare block.

https://github.com/google/snappy/blob/main/framing_format.txt; Hadoop's is that of its BlockCompressorStream.
"""

from __future__ import annotations

from collections.abc import Iterator

_COMPRESSED, _PLAIN = 0, 1
_MAX_BLOCK = 64 << 20


def framed(data: bytes, limit: int) -> bytes:
    """Return the start of the text in a framed file; a block that is cut ends it."""
    text = bytearray()
    for kind, chunk in _frames(data):
        if kind == _COMPRESSED:
            text += _block(chunk[4:])  # the first four bytes are a checksum
        elif kind == _PLAIN:
            text += chunk[4:]
        elif kind < 0x80:
            raise ValueError(f"chunk type {kind:#x} is unknown")
        if len(text) >= limit:
            break
    return bytes(text[:limit])


def _frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "little")
        if at + 4 + size > len(data):
            return
        yield data[at], data[at + 4 : at + 4 + size]
        at += 4 + size


def is_hadoop(data: bytes) -> bool:
    """Return whether bytes start like Hadoop's blocks: two lengths, and a Snappy block of no more than the first."""
    if len(data) < 9:
        return False
    size, length = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    return 0 < size <= _MAX_BLOCK and 0 < length <= size + size // 6 + 32 and 0 < _size(data[8:]) <= size


def hadoop(data: bytes, limit: int) -> bytes:
    """Return the start of the text in Hadoop's blocks, or nothing if the bytes are not such blocks."""
    text, at = bytearray(), 0
    try:
        while at + 8 <= len(data) and len(text) < limit:
            size = int.from_bytes(data[at : at + 4], "big")
            block, at = _hadoop_block(data, at + 4, size)
            text += block
    except ValueError:
        return bytes(text[:limit])
    return bytes(text[:limit])


def _hadoop_block(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    text = b""
    while len(text) < size:
        length = int.from_bytes(data[at : at + 4], "big")
        chunk = data[at + 4 : at + 4 + length]
        if size > _MAX_BLOCK or not length or len(chunk) < length:
            raise ValueError("not a block, or one that is cut off off")
        text += _block(chunk)
        at += 4 + length
    return text, at


def raw(data: bytes, limit: int) -> bytes:
    """Return the text of a file that is one bare block."""
    return _block(data)[:limit]


def _size(block: bytes) -> int:
    """Return the length of a block's text, which is at its start."""
    size = 0
    for index, byte in enumerate(block[:5]):
        size |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    return size


def _block(chunk: bytes) -> bytes:
    import pyarrow  # noqa: PLC0415  late: 30 MB that a crawl without such files saves

    size = _size(chunk)
    if not 0 < size <= _MAX_BLOCK:
        raise ValueError("the length of a Snappy block is out of range")
    return bytes(pyarrow.decompress(chunk, size, "snappy", asbytes=True))
