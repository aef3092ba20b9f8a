"""Whole-file compression: recognized by the first bytes, undone only as far as the crawler reads."""

from __future__ import annotations

import bz2
import io
import zipfile
import zlib
from collections.abc import Callable

from localcloud.glue.crawler.content import NotRecognized
from localcloud.glue.crawler.snappy import framed, hadoop, is_hadoop, raw

LIMIT = 1024 * 1024
"""Bytes of text that are looked at, however small their compressed form is."""

FRAMED_SNAPPY = b"\xff\x06\x00\x00sNaPpY"
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
    FRAMED_SNAPPY: "snappy",
}
ENDINGS = {"gzip": (".gz",), "bzip2": (".bz2",), "zstd": (".zst",), "lz4": (".lz4",), "snappy": (".snappy",)}
"""Compression -> endings of names by which Athena recognizes it (compression-formats)."""


def detect(head: bytes, key: str) -> str:
    """Return the compression of a file as the catalog names it, or "none"."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    return "snappy" if key.endswith((".snappy", ".sz")) or is_hadoop(head) else "none"


def start_of(head: bytes, compression: str, is_whole: bool = False) -> bytes:
    """Return the first bytes of the text that `head` is the compressed start of; what is damaged gives fewer.

    Raises:
        NotRecognized: this compression is not among those that Glue reads, or nothing of it can be read.
    """
    if compression == "none":
        return head
    readers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": lambda data: zlib.decompressobj(wbits=31).decompress(data, LIMIT),
        "bzip2": lambda data: bz2.BZ2Decompressor().decompress(data, LIMIT),
        "zstd": lambda data: _arrow(data, "zstd"),
        "lz4": lambda data: _arrow(data, "lz4"),
        "snappy": _snappy,
        "zip": lambda data: _zip(data, is_whole),
    }
    if compression not in readers:
        raise NotRecognized(f"Glue does not read {compression} compression")
    try:
        text = readers[compression](head)
    except (zlib.error, OSError, EOFError, ValueError) as error:
        raise NotRecognized(f"the {compression} data is damaged: {error}") from None
    if not text:
        raise NotRecognized(f"the {compression} data is damaged or empty")
    return text


def name_notes(compression: str, key: str) -> tuple[str, ...]:
    """Return what Athena, which goes by the name's ending, will make of a compressed text file."""
    if compression == "zip":
        return ("Athena does not read ZIP files",)
    ending = next((name for name, endings in ENDINGS.items() if key.endswith(endings)), "none")
    if ending == compression:
        return ()
    content, shown = (name if name != "none" else "no compression" for name in (compression, ending))
    return (f"the content has {content}, but Athena goes by the file extension and reads it as {shown}",)


def layout_notes(compression: str, head: bytes) -> tuple[str, ...]:
    """Return what Athena's engine cannot undo: it reads Hadoop's framing of Snappy and LZ4."""
    if compression == "lz4" or (compression == "snappy" and not is_hadoop(head)):
        return (f"the lab's Athena reads only the Hadoop form of {compression}, and this is another",)
    return ()


def _snappy(data: bytes) -> bytes:
    if data.startswith(FRAMED_SNAPPY):
        return framed(data, LIMIT)
    return hadoop(data, LIMIT) or raw(data, LIMIT)


def _zip(data: bytes, is_whole: bool) -> bytes:
    """Return the start of the one file of an archive; of a large archive, only its first entry is known."""
    if not is_whole:
        raise NotRecognized("the ZIP file is too large for the crawler to look inside")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(files) != 1:
                raise NotRecognized(f"the ZIP archive holds {len(files)} files; Glue reads only archives with one")
            with archive.open(files[0]) as opened:
                return opened.read(LIMIT)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise NotRecognized(f"the ZIP file cannot be read: {error}") from None


def _arrow(data: bytes, codec: str) -> bytes:
    import pyarrow  # noqa: PLC0415  late: 30 MB that a crawl without such files saves

    text = bytearray()
    stream = pyarrow.CompressedInputStream(pyarrow.BufferReader(data), codec)
    while len(text) < LIMIT:
        try:
            chunk = stream.read(16 * 1024)
        except OSError:
            break  # the head ends inside a block
        if not chunk:
            break
        text += chunk
    return bytes(text[:LIMIT])
