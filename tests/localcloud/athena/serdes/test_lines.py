"""The lines of files that the lab reads itself."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from typing import Any

import pyarrow
import pytest

from localcloud.athena.serdes.lines import S3File, UnknownCompression, is_hadoop_block, lines

TEXT = b"\xef\xbb\xbfone\r\n\ntwo"


class Store:
    """S3 with one object."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def get_object(self, **_: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.body), "ContentLength": len(self.body)}


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("a", TEXT),
        ("a.GZ", TEXT),
        ("a.json.gz", gzip.compress(TEXT)),
        ("a.gz", gzip.compress(TEXT[:5]) + gzip.compress(TEXT[5:])),
        ("a.bz2", bz2.compress(TEXT)),
        ("a.deflate", zlib.compress(TEXT)),
        ("a.zst", pyarrow.compress(TEXT, "zstd", asbytes=True)),
    ],
)
def test_lines_are_read_by_the_ending_of_the_name(key: str, body: bytes) -> None:
    """As Athena does; endings in capitals are not recognized (page compression-formats)."""
    assert list(lines(Store(body), S3File("b", key, "1"))) == [b"one", b"", b"two"]


@pytest.mark.parametrize("ending", ["snappy", "lz4", "lzo"])
def test_other_compressions_are_an_error(ending: str) -> None:
    """They are not read as if they were text."""
    with pytest.raises(UnknownCompression):
        list(lines(Store(TEXT), S3File("b", f"a.{ending}", "1")))


@pytest.mark.parametrize(
    ("body", "right"),
    [
        (b"\x00\x00\x00\x05\x00\x00\x00\x03abc", True),
        (b"\x04\x22\x4d\x18\x64\x40\xa7\x06", False),  # LZ4 in a frame
        (b"\xff\x06\x00\x00sNaPpY", False),  # Snappy in frames
        (b"\x05\x10hello, raw", False),
        (b"x,1\n", False),
    ],
)
def test_only_hadoops_blocks_reach_the_engine(body: bytes, right: bool) -> None:
    """The engine takes the first bytes for a length; a frame's mark as a length exhausts its memory."""
    assert is_hadoop_block(Store(body), S3File("b", "a.lz4", "1")) is right
