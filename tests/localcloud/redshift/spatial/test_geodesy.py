"""Lengths and areas on the Earth."""

from __future__ import annotations

import random

import pytest
from geographiclib.geodesic import Geodesic

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial import geodesy, wkt


def test_lengths_are_near_those_of_karney() -> None:
    """Andoyer's formula differs from the exact length by less than 100 m, and by less than 1 in 50,000 nearby."""
    chance = random.Random(1)
    for _ in range(1000):
        start, end = ((chance.uniform(-170, 170), chance.uniform(-80, 80)) for _ in range(2))
        exact = Geodesic.WGS84.Inverse(start[1], start[0], end[1], end[0])["s12"]
        if exact < 18_000_000:
            assert geodesy.geodesic(start, end, 4326) == pytest.approx(exact, rel=2e-5, abs=100)


def test_a_sphere_with_the_mean_radius() -> None:
    """A quarter of the equator has a quarter of the length of a circle with the mean radius."""
    assert geodesy.great_circle((0.0, 0.0), (90.0, 0.0)) == pytest.approx(geodesy.RADIUS * 3.14159265358979 / 2)


def test_holes_are_left_out() -> None:
    """The area of a polygon is that of its exterior ring without its holes."""
    outer, hole = "(0 0,10 0,10 10,0 10,0 0)", "(2 2,2 4,4 4,4 2,2 2)"
    whole, rest, gap = (
        geodesy.area(wkt.geography(wkt.read(f"POLYGON({rings})"))) for rings in (outer, f"{outer},{hole}", hole)
    )
    assert rest == pytest.approx(whole - gap)


def test_an_unknown_spheroid_is_refused() -> None:
    """A length with an SRID of which the lab knows no spheroid is an error (ST_Length)."""
    with pytest.raises(SqlError, match="no spheroid of the SRID 9999"):
        geodesy.length(wkt.read("SRID=9999;LINESTRING(0 0,1 1)"), 2)
