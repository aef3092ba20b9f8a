"""Lengths, areas and angles in the plane."""

from __future__ import annotations

import math
from itertools import pairwise

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial.parts import require
from localcloud.redshift.spatial.shapes import LINESTRING, POINT, POLYGON, Position, Shape


def _signed_area(ring: list[Position]) -> float:
    x, y = ring[0][:2] if ring else (0.0, 0.0)
    return math.fsum((a[0] - x) * (b[1] - y) - (b[0] - x) * (a[1] - y) for a, b in pairwise(ring)) / 2


def is_turned(shape: Shape, sign: int) -> bool:
    """Return whether all exterior rings turn counterclockwise (1) or clockwise (-1), and all others the other way."""
    polygons = [leaf.body for leaf in shape.leaves() if leaf.kind == POLYGON]
    turns = ((_signed_area(ring) * sign, at) for rings in polygons for at, ring in enumerate(rings))
    return all(turn > 0 if at == 0 else turn < 0 for turn, at in turns)


def area(shape: Shape) -> float:
    """Return the area of its polygons, without their holes."""
    rings = [[abs(_signed_area(ring)) for ring in leaf.body] for leaf in shape.leaves() if leaf.kind == POLYGON]
    return math.fsum(areas[0] - math.fsum(areas[1:]) for areas in rings if areas)


def length(shape: Shape, kind: int) -> float:
    """Return the length of its lines, or of the rings of its polygons."""
    rings = [ring for leaf in shape.leaves() if leaf.kind == kind for ring in leaf.rings()]
    return math.fsum(math.dist(a[:2], b[:2]) for positions in rings for a, b in pairwise(positions))


def azimuth(start: Shape, end: Shape) -> float | None:
    """Return the angle from north, clockwise; None between equal points. Raises SqlError at an empty one."""
    (x1, y1), (x2, y2) = (_position(point) for point in (start, end))
    return None if (x1, y1) == (x2, y2) else math.atan2(x2 - x1, y2 - y1) % (2 * math.pi)


def angle(*points: Shape) -> float | None:
    """Return the clockwise angle P1-P2-P3, or that between the lines P1-P2 and P3-P4."""
    if len(points) == 3:
        first, second = azimuth(points[1], points[0]), azimuth(points[1], points[2])
    else:
        first, second = azimuth(points[0], points[1]), azimuth(points[2], points[3])
    return None if first is None or second is None else (second - first) % (2 * math.pi)


def _position(point: Shape) -> Position:
    if not require(point, POINT).body:
        raise SqlError("22023", "the point is empty")
    return tuple(point.body[:2])


def interpolated(line_: Shape, fraction: float) -> Shape:
    """Return the point at a fraction of the length of a linestring."""
    if not 0 <= fraction <= 1:
        raise SqlError("22023", f"the fraction {fraction} is not between 0 and 1")
    positions = require(line_, LINESTRING).body
    if not positions:
        return line_.like(POINT, ())
    wanted, gone = fraction * length(line_, LINESTRING), 0.0
    for start, end in pairwise(positions):
        step = math.dist(start[:2], end[:2])
        if step and gone + step >= wanted:
            share = (wanted - gone) / step
            return line_.like(POINT, tuple(a + (b - a) * share for a, b in zip(start, end, strict=True)))
        gone += step
    return line_.like(POINT, positions[-1])
