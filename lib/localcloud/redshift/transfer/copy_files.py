"""The objects that a COPY loads: those of a prefix or of a manifest, opened and unpacked. Blocking; called in threads.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-source-s3.html
"""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
from pyarrow import fs

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.transfer import storage
from localcloud.redshift.transfer.feed import Stream
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.storage import Object

_COLUMNAR = ("parquet", "orc")


def sources(files: fs.S3FileSystem, copy: Copy) -> list[Object]:
    """Return the objects that a COPY loads. Raises SqlError if there are none, or a mandatory one is missing."""
    if copy.manifest:
        return _from_manifest(files, copy)
    listed = [file for file in storage.list_prefix(files, copy.source) if not file.path.endswith("/")]
    if copy.format in _COLUMNAR:
        listed = [file for file in listed if file.size and file.path.rsplit("/", 1)[-1][0] not in "_."]
    if not listed:
        key = storage.path_of(copy.source).partition("/")[2]
        raise SqlError("XX000", f"The specified S3 prefix '{key}' does not exist")
    return listed


def _from_manifest(files: fs.S3FileSystem, copy: Copy) -> list[Object]:
    chosen = list[Object]()
    for entry in _entries(files, copy.source):
        address, size = entry["url"], _content_length(entry, copy)
        with storage.storage_errors(address):
            info = files.get_file_info(storage.path_of(address))
        if info.type != fs.FileType.File:
            if entry.get("mandatory", False):
                raise SqlError("XX000", f"The file {address} of the manifest {copy.source} does not exist")
            continue
        if size is not None and size != info.size:
            raise SqlError("XX000", f"{address} has {info.size} bytes, its content_length in the manifest is {size}")
        chosen.append(Object(info.path, info.size))
    if not chosen:
        raise SqlError("XX000", f"None of the files of the manifest {copy.source} exists")
    return chosen


def _entries(files: fs.S3FileSystem, url: str) -> list[dict[str, Any]]:
    """Return what a manifest lists. Raises SqlError if it is not there or not well formed."""
    if url.endswith("/") or "/" not in url.removeprefix("s3://"):
        raise SqlError("XX000", f"COPY with MANIFEST parameter requires full path of an S3 object, not {url}")
    try:
        entries = json.loads(storage.read_bytes(files, url))["entries"]
        for entry in entries:
            if not str(entry["url"]).startswith("s3://") or not isinstance(entry.get("mandatory", False), bool):
                raise ValueError(entry)
    except (ValueError, KeyError, TypeError, AttributeError):
        hint = '{"entries": [{"url": "s3://bucket/key", "mandatory": true}]}'
        raise SqlError("XX000", f"The manifest file {url} is not valid", hint=hint) from None
    return list(entries)


def _content_length(entry: dict[str, Any], copy: Copy) -> int | None:
    """Return the size that an entry of a columnar load must name, None for other loads."""
    if copy.format not in _COLUMNAR:
        return None
    meta = entry.get("meta")
    length = meta.get("content_length") if isinstance(meta, dict) else None
    if not isinstance(length, int):
        what = f"no meta.content_length for {entry['url']}, which {copy.format.upper()} needs"
        raise SqlError("XX000", f"The manifest {copy.source} has {what}")
    return length


class _Counted(io.RawIOBase):
    """The bytes of an object as they are on S3, and how many of them were read."""

    def __init__(self, raw: pa.NativeFile) -> None:
        self._raw, self.count = raw, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        block = bytes(self._raw.read(size if size >= 0 else None))
        self.count += len(block)
        return block


class Opened:
    """A file that is read: its bytes, unpacked, and how many it had before that."""

    def __init__(self, files: fs.S3FileSystem, file: Object, compression: str) -> None:
        self._file, self._compression = file, compression
        if compression and not pa.Codec.is_available(compression):
            raise not_supported(compression)
        with storage.storage_errors(file.url):
            self._raw = files.open_input_stream(file.path, compression=None)
        self._counted = _Counted(self._raw)
        self._text: Stream = self._counted
        if compression:
            self._text = pa.CompressedInputStream(pa.PythonFile(self._counted, mode="r"), compression)

    def read(self, size: int, /) -> bytes:
        """Return at most so many unpacked bytes. Raises SqlError if they cannot be read or unpacked."""
        with storage.storage_errors(self._file.url):
            if not self._compression:
                return bytes(self._text.read(size))
            try:
                return bytes(self._text.read(size))
            except FileNotFoundError:
                raise
            except OSError as error:
                reason = f"{self._file.url} could not be read as {self._compression}: {str(error)[:300]}"
                raise SqlError("XX000", reason) from None

    @property
    def scanned(self) -> int:
        """Return how many bytes of the object were read."""
        return self._counted.count

    def close(self) -> None:
        """Let go of the object."""
        self._raw.close()
