"""Small PNG pictures: at most 256 colours, which is plenty for a figure and a third of the bytes.

The format: https://www.w3.org/TR/png-3/, sections 5 and 11.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

import numpy as np

COLOURS: Final = 256
Pixels = np.ndarray[Any, np.dtype[np.uint8]]
"""Rows, columns, and red, green, blue (0 to 255)."""


def png(pixels: Pixels) -> bytes:
    """Return a picture as PNG; where it has more than 256 colours, the rare ones become the nearest frequent one."""
    height, width, _ = pixels.shape
    colours, places = _palette(pixels.reshape(-1, 3))
    rows = np.zeros((height, width + 1), np.uint8)  # each row begins with its filter: 0, none
    rows[:, 1:] = places.reshape(height, width)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    data = zlib.compress(rows.tobytes(), 9)
    chunks = ((b"IHDR", header), (b"PLTE", colours.tobytes()), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _palette(colours: Pixels) -> tuple[Pixels, np.ndarray[Any, np.dtype[Any]]]:
    """Return at most 256 colours, and for each pixel the number of its own."""
    known, inverse, counts = np.unique(colours, axis=0, return_inverse=True, return_counts=True)
    if len(known) <= COLOURS:
        return known, inverse
    kept = known[np.argsort(-counts)[:COLOURS]].astype(np.int32)
    nearest = [np.argmin(((kept - colour.astype(np.int32)) ** 2).sum(axis=1)) for colour in known]
    return kept.astype(np.uint8), np.array(nearest)[inverse.reshape(-1)]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
