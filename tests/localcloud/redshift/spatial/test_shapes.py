"""Shapes, their WKB, and the list of numbers that the engine keeps."""

from __future__ import annotations

import random
import struct

import pytest
import shapely

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial import shapes, wkt

from .chance import shape


@pytest.mark.parametrize("seed", range(10))
def test_wkb_is_what_geos_writes(seed: int) -> None:
    """The EWKB of 2,000 shapes by chance is read by GEOS, and its EWKB and ISO WKB are read as the same shape."""
    chance = random.Random(seed)
    for _ in range(200):
        flat = chance.random() < 0.5  # GEOS forgets that an empty part has z or m
        made = shape(chance, *range(1, 8), flat=flat, empty=0.1 * flat)
        read = shapely.from_wkb(shapes.wkb(made))
        for flavor in ("extended", "iso"):
            written = shapely.to_wkb(read, include_srid=flavor == "extended", flavor=flavor)
            assert repr(shapes.of_wkb(written).body) == repr(made.body)
        assert shapely.get_srid(read) == made.srid
        assert shapely.get_num_coordinates(read) == len(made.positions())


@pytest.mark.parametrize("seed", range(10))
def test_the_list_of_numbers_keeps_all(seed: int) -> None:
    """A shape comes back from its list of numbers, and the list holds the bounds that GEOS gives."""
    chance = random.Random(seed)
    for _ in range(100):
        made = shape(chance, *range(1, 8), flat=False, empty=0.1)
        assert repr(shapes.of_list(shapes.listed(made))) == repr(made)
        assert repr(made.box()) == repr(
            tuple(float(edge) for edge in shapely.bounds(shapely.from_wkb(shapes.wkb(made))))
        )


def test_big_endian_wkb_is_read() -> None:
    """WKB says for each part in which order its bytes are."""
    data = struct.pack(">BII", 0, 4, 1) + struct.pack("<BIdd", 1, 1, 2.5, -1)
    assert shapes.of_wkb(data) == wkt.read("MULTIPOINT((2.5 -1))")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        bytes.fromhex("0101000000000000000000F03F"),
        bytes.fromhex("0101000000000000000000F03F000000000000F03F00"),
        bytes.fromhex("0109000000000000000000F03F000000000000F03F"),
        bytes.fromhex("010200000001000000000000000000F03F000000000000F03F"),
        bytes.fromhex("0101000000000000000000F07F000000000000F03F"),
        bytes.fromhex("01030000000100000002000000" + "00" * 32),
        bytes.fromhex("0102000000FFFFFFFF"),
        bytes.fromhex("0104000000010000000102000000" + "00" * 4),
    ],
    ids=["nothing", "one byte", "cut", "too long", "kind 9", "one point", "infinite", "short ring", "count", "member"],
)
def test_wrong_wkb_is_refused(data: bytes) -> None:
    """WKB that ends early, is too long, or holds what no geometry may hold is an error."""
    with pytest.raises(SqlError, match="invalid WKB"):
        shapes.of_wkb(data)


def test_a_value_that_is_too_large_is_refused() -> None:
    """A value of more than 1,048,447 bytes is an error (spatial-limitations)."""
    line = wkt.read("LINESTRING(0 0,1 1)")
    shapes.numbers(line.like(line.kind, [(float(at), 0.0) for at in range(65_000)]))
    with pytest.raises(SqlError, match="1048447"):
        shapes.numbers(line.like(line.kind, [(float(at), 0.0) for at in range(66_000)]))
