"""The lines of text files on S3 as the engine reads them: decompressed by the name's ending, without hidden files."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

_BOM = b"\xef\xbb\xbf"


class UnknownCompression(ValueError):
    """The lab has no reader of its own for the compression of a file."""


@dataclass(frozen=True)
class S3File:
    """One object; `version` changes with its content."""

    bucket: str
    key: str
    version: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"s3://{self.bucket}/{self.key}"


def split(url: str) -> tuple[str, str]:
    """Return bucket and key of an address."""
    bucket, _, key = url.partition("://")[2].partition("/")
    return bucket, key


def files(s3: Any, folder: str) -> Iterator[S3File]:
    """Yield the files below a folder that a query reads: names that begin with `_` or `.` are hidden."""
    bucket, prefix = split(folder.rstrip("/") + "/")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            parts = entry["Key"][len(prefix) :].split("/")
            if entry["Size"] and not any(part.startswith(("_", ".")) for part in parts):
                yield S3File(bucket, entry["Key"], entry["ETag"])


def lines(s3: Any, file: S3File) -> Iterator[bytes]:
    """Yield the lines of a file without their ends.

    Raises:
        UnknownCompression: its name ends as that of a compression that Python cannot undo.
    """
    body = s3.get_object(Bucket=file.bucket, Key=file.key)["Body"].read()
    first = True
    for line in _opened(file.key, body):
        yield line.removeprefix(_BOM if first else b"").rstrip(b"\r\n")
        first = False


def _opened(key: str, body: bytes) -> BinaryIO:
    ending = key.rpartition(".")[2]
    if ending == "gz":
        return gzip.GzipFile(fileobj=io.BytesIO(body))  # type: ignore[return-value]  # a binary file in all but name
    if ending == "bz2":
        return bz2.BZ2File(io.BytesIO(body))  # type: ignore[return-value]  # as above
    if ending == "deflate":
        return io.BytesIO(zlib.decompress(body))
    if ending == "zst":
        import pyarrow  # noqa: PLC0415  late: 30 MB that only a zstd file needs

        return io.BytesIO(pyarrow.CompressedInputStream(pyarrow.BufferReader(body), "zstd").read())
    if ending in ("snappy", "lz4", "lzo", "lzo_deflate"):
        raise UnknownCompression(f"The lab cannot look into {key}")
    return io.BytesIO(body)


_BLOCK_LIMIT = 64 * 1024 * 1024


def is_hadoop_block(s3: Any, file: S3File) -> bool:
    """Return whether an `.lz4` or `.snappy` file begins as Hadoop writes one: two lengths, then the data.

    The engine takes the first bytes of any other form (frames, raw data) for a length, and may not survive it.
    """
    answer = s3.get_object(Bucket=file.bucket, Key=file.key)
    head, size = answer["Body"].read(8), int(answer["ContentLength"])
    whole, packed = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
    return len(head) == 8 and whole <= _BLOCK_LIMIT and packed <= size - 8
