"""Whole-file compression: recognised by the first bytes, undone only as far as the crawler reads."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable

LIMIT = 1024 * 1024
"""Bytes of text that are looked at, however small their compressed form is."""

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"\xfd7zXZ\x00": "xz",
    b"\xff\x06\x00\x00sNaPpY": "snappy",
}


def detect(head: bytes, key: str) -> str:
    """Return the compression of a file as the catalog names it, or "none"."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    return "snappy" if key.endswith(".snappy") else "none"


def start_of(head: bytes, compression: str) -> bytes:
    """Return the first bytes of the text that `head` is the compressed start of; what is damaged gives fewer.

    Raises:
        ValueError: this compression cannot be read here.
    """
    if compression == "none":
        return head[:LIMIT]
    readers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": lambda data: zlib.decompressobj(wbits=31).decompress(data, LIMIT),
        "bzip2": lambda data: bz2.BZ2Decompressor().decompress(data, LIMIT),
        "xz": lambda data: lzma.LZMADecompressor(memlimit=256 << 20).decompress(data, LIMIT),
        "zstd": lambda data: _arrow(data, "zstd"),
        "lz4": lambda data: _arrow(data, "lz4"),
    }
    if compression not in readers:
        raise ValueError(f"{compression} files cannot be read")
    try:
        return readers[compression](head)
    except (zlib.error, OSError, lzma.LZMAError, EOFError):
        return b""


def _arrow(data: bytes, codec: str) -> bytes:
    import pyarrow

    found = bytearray()
    stream = pyarrow.CompressedInputStream(pyarrow.BufferReader(data), codec)
    while len(found) < LIMIT:
        try:
            chunk = stream.read(16 * 1024)
        except OSError:
            break  # the head ends inside a block
        if not chunk:
            break
        found += chunk
    return bytes(found[:LIMIT])
