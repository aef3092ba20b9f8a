"""Small PNG pictures."""

from __future__ import annotations

import zlib

import numpy as np

from course.pages.palette import png


def read(picture: bytes) -> np.ndarray:
    """Return the pixels of a picture with a palette; each row has the filter 0."""
    chunks, at = {}, 8
    while at < len(picture):
        size = int.from_bytes(picture[at : at + 4])
        kind, content = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        assert int.from_bytes(picture[at + 8 + size : at + 12 + size]) == zlib.crc32(kind + content)
        chunks[kind], at = content, at + 12 + size
    width, height = (int.from_bytes(chunks[b"IHDR"][n : n + 4]) for n in (0, 4))
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)[rows[:, 1:]]


def test_a_picture_of_few_colours_is_kept_to_the_bit() -> None:
    """What is written can be read, and is the same."""
    pixels = np.random.default_rng(1).integers(0, 4, (20, 30, 3), np.uint8) * 60
    assert np.array_equal(read(png(pixels)), pixels)


def test_rare_colours_become_near_ones() -> None:
    """With more than 256 colours the frequent ones stay, and no other one is far off."""
    pixels = np.zeros((40, 100, 3), np.uint8)
    pixels[:30, :, 0] = 200
    pixels[30:33, :, 1] = np.arange(300).reshape(3, 100) % 150
    pixels[30:33, :, 2] = np.arange(300).reshape(3, 100) // 150 * 2
    shown = read(png(pixels))
    assert np.array_equal(shown[:30], pixels[:30])
    assert np.abs(shown.astype(int) - pixels).max() <= 25
