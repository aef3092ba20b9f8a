"""Lengths on the Earth. Those of geographies are by Andoyer's formula, which gives the numbers that the guide prints.

https://docs.aws.amazon.com/redshift/latest/dg/ST_Distance-function.html, ST_Length-function, ST_Perimeter-function
"""

from __future__ import annotations

from itertools import pairwise
from math import acos, asin, cos, radians, sin, sqrt

from geographiclib.geodesic import Geodesic

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial.shapes import POLYGON, Position, Shape

RADIUS = 6371008.771415059
"""The mean radius of WGS 84, in metres."""
_GRS80 = (6378137.0, 1 / 298.257222101)
SPHEROIDS = {
    4326: (6378137.0, 1 / 298.257223563),
    4267: (6378206.4, 1 / 294.978698213898),
    **dict.fromkeys((4258, 4269, 4283), _GRS80),
}
"""SRID -> the radius of the equator and the flattening."""


def spheroid(srid: int) -> tuple[float, float]:
    """Return the spheroid of a geography. Raises SqlError."""
    if srid not in SPHEROIDS:
        raise SqlError("22023", f"the lab knows no spheroid of the SRID {srid}. Try: {sorted(SPHEROIDS)}")
    return SPHEROIDS[srid]


def geodesic(start: Position, end: Position, srid: int) -> float:
    """Return the length of the shortest way between two positions on the spheroid of an SRID, in metres."""
    radius, flattening = spheroid(srid)
    if start[:2] == end[:2]:
        return 0.0
    north, south = sin(radians(start[1])), sin(radians(end[1]))
    across = cos(radians(start[1])) * cos(radians(end[1])) * cos(radians(end[0] - start[0]))
    cosine = max(-1.0, min(1.0, north * south + across))
    arc = acos(cosine)
    near = (arc + 3 * sin(arc)) / (1 - cosine) if cosine != 1 else 0.0
    far = (arc - 3 * sin(arc)) / (1 + cosine) if cosine != -1 else 0.0
    correction = near * (north - south) ** 2 + far * (north + south) ** 2
    return radius * (arc - flattening / 4 * correction)


def great_circle(start: Position, end: Position) -> float:
    """Return the length of the shortest way between two positions on a sphere, in metres."""
    (x1, y1), (x2, y2) = ((radians(position[0]), radians(position[1])) for position in (start, end))
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * RADIUS * asin(min(1.0, sqrt(half)))


def length_on_sphere(shape: Shape) -> float:
    """Return the length of the lines of a geometry on a sphere."""
    rings = [leaf.body for leaf in shape.leaves() if leaf.kind == POLYGON - 1]
    return sum(great_circle(*ends) for positions in rings for ends in pairwise(positions))


def length(shape: Shape, kind: int) -> float:
    """Return the length of all lines, or of all rings of polygons, of a geography."""
    spheroid(shape.srid)
    rings = [ring for leaf in shape.leaves() if leaf.kind == kind for ring in leaf.rings()]
    return sum(geodesic(*ends, shape.srid) for positions in rings for ends in pairwise(positions))


def area(shape: Shape) -> float:
    """Return the area of the polygons of a geography, by Karney's formula."""
    earth = Geodesic(*spheroid(shape.srid))
    total = 0.0
    for leaf in shape.leaves():
        rings = [_area(earth, ring) for ring in leaf.body] if leaf.kind == POLYGON else []
        total += rings[0] - sum(rings[1:]) if rings else 0.0
    return total


def _area(earth: Geodesic, ring: list[Position]) -> float:
    polygon = earth.Polygon()
    for position in ring[:-1]:
        polygon.AddPoint(position[1], position[0])
    return abs(float(polygon.Compute(sign=True)[2]))
