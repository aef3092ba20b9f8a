"""Functions that take shapes apart or change their points."""

from __future__ import annotations

import random

import pytest
import shapely

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial import measures, parts, shapes, wkt
from localcloud.redshift.spatial.shapes import LINESTRING, POLYGON

from .chance import shape


@pytest.mark.parametrize("seed", range(10))
def test_measures_are_those_of_geos(seed: int) -> None:
    """Area, length, dimension, rings, members and the envelope of 2,000 shapes by chance are what GEOS gives."""
    chance = random.Random(seed)
    for _ in range(200):
        made = shape(chance, *range(1, 8), empty=0.05)
        geos = shapely.from_wkb(shapes.wkb(made))
        assert measures.area(made) == pytest.approx(shapely.area(geos))
        lengths = measures.length(made, LINESTRING) + measures.length(made, POLYGON)
        assert lengths == pytest.approx(shapely.length(geos))
        if made.positions():
            assert parts.dimension(made) == shapely.get_dimensions(geos)
            assert parts.envelope(made).box() == geos.bounds
        reversed_ = shapely.from_wkb(shapes.wkb(parts.reversed_(made)))
        assert made.kind == shapes.COLLECTION or reversed_ == shapely.reverse(geos)


@pytest.mark.parametrize("seed", range(5))
def test_points_along_a_line_are_those_of_geos(seed: int) -> None:
    """ST_LineInterpolatePoint is GEOS's point at the same fraction."""
    chance = random.Random(seed)
    for _ in range(100):
        line, fraction = shape(chance, LINESTRING), chance.random()
        point = shapely.line_interpolate_point(shapely.from_wkb(shapes.wkb(line)), fraction, normalized=True)
        assert measures.interpolated(line, fraction).body == pytest.approx((point.x, point.y))


def test_dimensions_are_added_and_taken_away() -> None:
    """z and m that a shape has stay, and new ones are 0, in all parts and empty points (ST_Force4D)."""
    made = wkt.read("GEOMETRYCOLLECTION M (MULTIPOINT M (1 2 3,EMPTY),LINESTRING M (0 0 1,1 1 2))")
    assert wkt.written(parts.forced(made, z=True, m=True)) == (
        "GEOMETRYCOLLECTION ZM (MULTIPOINT ZM ((1 2 0 3),EMPTY),LINESTRING ZM (0 0 0 1,1 1 0 2))"
    )
    assert wkt.written(parts.forced(made, z=False, m=False)) == (
        "GEOMETRYCOLLECTION(MULTIPOINT((1 2),EMPTY),LINESTRING(0 0,1 1))"
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: parts.point_removed(wkt.read("LINESTRING(0 0,1 1,2 2)"), 3), "index 3"),
        (lambda: parts.point_added(wkt.read("LINESTRING(0 0,1 1)"), wkt.read("POINT(1 1)"), 4), "index 4"),
        (lambda: parts.point_set(wkt.read("LINESTRING(0 0,1 1)"), -3, wkt.read("POINT(1 1)")), "index -3"),
        (lambda: parts.point_added(wkt.read("POINT(0 0)"), wkt.read("POINT(1 1)")), "LINESTRING expected"),
        (lambda: parts.polygon(wkt.read("LINESTRING(0 0,1 1,1 0)")), "must be closed"),
        (lambda: parts.polygon(wkt.read("POINT(0 0)")), "LINESTRING expected"),
        (lambda: measures.interpolated(wkt.read("LINESTRING(0 0,1 1)"), 1.5), "fraction"),
        (lambda: measures.azimuth(wkt.read("POINT EMPTY"), wkt.read("POINT(1 1)")), "empty"),
        (lambda: parts.geometry_at(wkt.read("MULTIPOINT(0 0)"), 2), "index 2"),
        (lambda: parts.collected([wkt.read("POINT(0 0)"), wkt.read("POINT Z (1 2 3)")]), "dimensions"),
    ],
)
def test_arguments_out_of_range_are_refused(call: object, message: str) -> None:
    """An index, a fraction or a shape that a function cannot take is an error, as its page says."""
    with pytest.raises(SqlError, match=message):
        call()  # type: ignore[operator]


def test_rings_turn_one_way() -> None:
    """A polygon is clockwise if its exterior ring is, and its holes turn the other way."""
    clockwise = "POLYGON((0 0,0 9,9 9,9 0,0 0),(2 2,3 2,3 3,2 2))"
    assert measures.is_turned(wkt.read(clockwise), -1)
    assert not measures.is_turned(wkt.read(clockwise), 1)
    assert measures.is_turned(parts.reversed_(wkt.read(clockwise)), 1)
    assert measures.is_turned(wkt.read("POINT(1 1)"), 1)
