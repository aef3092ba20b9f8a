"""Functions that take shapes apart or change their points, without geometry."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial.grids import rectangle
from localcloud.redshift.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MULTILINESTRING,
    MULTIPOINT,
    NAMES,
    POINT,
    POLYGON,
    Place,
    Shape,
)


def require(shape: Shape, *kinds: int) -> Shape:
    """Return a shape of one of these kinds. Raises SqlError for any other."""
    if shape.kind not in kinds:
        wanted = " or ".join(NAMES[kind].upper() for kind in kinds)
        raise SqlError("22023", f"{wanted} expected, not {shape.name.upper()}")
    return shape


def is_closed(shape: Shape) -> bool:
    """Return whether its lines and rings end where they begin; false if it is empty."""
    if shape.kind == POINT:
        return bool(shape.body)
    if shape.kind == MULTIPOINT:
        return True
    if shape.kind > POLYGON:
        return bool(shape.body) and all(is_closed(part) for part in shape.body)
    rings = list(shape.rings())
    return bool(rings) and all(ring and ring[0][:2] == ring[-1][:2] for ring in rings)


def _signed_area(ring: list[Place]) -> float:
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
    return math.fsum(math.dist(a[:2], b[:2]) for places in rings for a, b in pairwise(places))


def dimension(shape: Shape) -> int:
    """Return 0, 1 or 2: the largest of its parts."""
    if shape.kind == COLLECTION:
        return max((dimension(part) for part in shape.body), default=0)
    return (shape.kind - 1) % 3


def ring_count(shape: Shape) -> int:
    """Return the number of rings of its polygons."""
    return sum(len(leaf.body) for leaf in shape.leaves() if leaf.kind == POLYGON)


def geometry_count(shape: Shape) -> int:
    """Return the number of its members; 0 for an empty single shape."""
    return len(shape.body) if shape.kind > POLYGON else int(bool(shape.body))


def geometry_at(shape: Shape, index: int) -> Shape | None:
    """Return a member, counted from 1. Raises SqlError where a collection has none."""
    if shape.kind <= POLYGON:
        return shape if index == 1 else None
    if not 1 <= index <= len(shape.body):
        raise SqlError("22023", f"the index {index} is not between 1 and {len(shape.body)}")
    return shape.members()[index - 1]


def point_at(shape: Shape, index: int) -> Shape | None:
    """Return a point of a linestring, counted from 1, or from its end if the index is negative."""
    at = index - 1 if index > 0 else index + len(shape.body)
    if shape.kind != LINESTRING or index == 0 or not 0 <= at < len(shape.body):
        return None
    return shape.like(POINT, shape.body[at])


def exterior_ring(shape: Shape) -> Shape | None:
    """Return the first ring of a polygon as a linestring; an empty polygon as it is."""
    if shape.kind != POLYGON:
        return None
    return shape.like(LINESTRING, shape.body[0]) if shape.body else shape


def interior_ring(shape: Shape, index: int) -> Shape | None:
    """Return a hole of a polygon, counted from 1."""
    if shape.kind != POLYGON or not 1 <= index < len(shape.body):
        return None
    return shape.like(LINESTRING, shape.body[index])


def mapped(shape: Shape, change: Callable[[list[Place]], list[Place]]) -> Shape:
    """Return a shape with the places of each point, line and ring changed."""
    if shape.kind == POINT:
        return replace(shape, body=change([shape.body])[0] if shape.body else ())
    if shape.kind == LINESTRING:
        return replace(shape, body=change(shape.body))
    if shape.kind == POLYGON:
        return replace(shape, body=[change(ring) for ring in shape.body])
    return replace(shape, body=[mapped(part, change) for part in shape.body])


def forced(shape: Shape, *, z: bool, m: bool) -> Shape:
    """Return a shape with these dimensions; new coordinates are 0."""

    def place(old: Place) -> Place:
        extra = dict(zip(("z",) * shape.z + ("m",) * shape.m, old[2:], strict=True))
        return (*old[:2], *(extra.get(name, 0.0) for name in ("z",) * z + ("m",) * m))

    def dimensioned(part: Shape) -> Shape:
        body = [dimensioned(member) for member in part.body] if part.kind > POLYGON else part.body
        return replace(part, z=z, m=m, body=body)

    return dimensioned(mapped(shape, lambda places: [place(old) for old in places]))


def reversed_(shape: Shape) -> Shape:
    """Return a shape with the points of each line and ring in the other order."""
    return mapped(shape, lambda places: places[::-1])


def points(shape: Shape) -> Shape:
    """Return all points that are not empty as a multipoint."""
    return shape.like(MULTIPOINT, [replace(shape.like(POINT, place), srid=0) for place in shape.places()])


def multi(shape: Shape) -> Shape:
    """Return a multi-geometry of one member; a collection as it is."""
    return shape if shape.kind > POLYGON else shape.like(shape.kind + 3, [shape] if shape.body else [])


def envelope(shape: Shape) -> Shape:
    """Return the bounding box; an empty shape as it is."""
    return replace(rectangle(*shape.box()), srid=shape.srid) if shape.places() else shape


def _like_line(line: Shape, point: Shape) -> Place:
    return tuple(forced(require(point, POINT), z=line.z, m=line.m).body)


def point_added(line: Shape, point: Shape, index: int = -1) -> Shape:
    """Return a linestring with a point more, at a place counted from 0 or at its end."""
    place = _like_line(require(line, LINESTRING), point)
    if not -1 <= index <= len(line.body):
        raise SqlError("22023", f"the index {index} is not between -1 and {len(line.body)}")
    at = len(line.body) if index == -1 else index
    return replace(line, body=[*line.body[:at], place, *line.body[at:]]) if place else line


def point_removed(line: Shape, index: int) -> Shape:
    """Return a linestring with a point less, counted from 0."""
    if not 0 <= index < len(require(line, LINESTRING).body):
        raise SqlError("22023", f"the index {index} is not between 0 and {len(line.body) - 1}")
    return replace(line, body=[*line.body[:index], *line.body[index + 1 :]])


def point_set(line: Shape, index: int, point: Shape) -> Shape:
    """Return a linestring with a point changed, counted from 0 or from its end."""
    place = _like_line(require(line, LINESTRING), point)
    if not -len(line.body) <= index < len(line.body):
        raise SqlError("22023", f"the index {index} is not between {-len(line.body)} and {len(line.body) - 1}")
    at = index % len(line.body)
    return replace(line, body=[*line.body[:at], place, *line.body[at + 1 :]]) if place else line


def line(*shapes: Shape) -> Shape:
    """Return a linestring of the points of points, linestrings and multipoints."""
    places = [place for shape in shapes for place in require(shape, POINT, LINESTRING, MULTIPOINT).places()]
    return shapes[0].like(LINESTRING, places)


def polygon(shell: Shape, holes: Shape | None = None) -> Shape:
    """Return a polygon of a closed linestring and of the linestrings of its holes. Raises SqlError."""
    inner = [hole.body for hole in require(holes, MULTILINESTRING).body if hole.body] if holes else []
    rings = [require(shell, LINESTRING).body, *inner]
    if not shell.body:
        return shell.like(POLYGON, [])
    if any(len(ring) < 4 or ring[0][:2] != ring[-1][:2] for ring in rings):
        raise SqlError("22023", "a ring needs four points and must be closed")
    return shell.like(POLYGON, rings)


def collected(shapes: list[Shape]) -> Shape:
    """Return the multi-geometry of shapes of one single kind, and the collection of others."""
    kinds = {shape.kind for shape in shapes}
    kind = shapes[0].kind + 3 if len(kinds) == 1 and shapes[0].kind <= POLYGON else COLLECTION
    if len({(shape.z, shape.m) for shape in shapes}) > 1:
        raise SqlError("22023", "the geometries have different dimensions")
    return shapes[0].like(kind, [replace(shape, srid=0) for shape in shapes])


def azimuth(start: Shape, end: Shape) -> float | None:
    """Return the angle from north, clockwise; None between equal points. Raises SqlError at an empty one."""
    (x1, y1), (x2, y2) = (_place(point) for point in (start, end))
    return None if (x1, y1) == (x2, y2) else math.atan2(x2 - x1, y2 - y1) % (2 * math.pi)


def angle(*points: Shape) -> float | None:
    """Return the clockwise angle P1-P2-P3, or that between the lines P1-P2 and P3-P4."""
    if len(points) == 3:
        first, second = azimuth(points[1], points[0]), azimuth(points[1], points[2])
    else:
        first, second = azimuth(points[0], points[1]), azimuth(points[2], points[3])
    return None if first is None or second is None else (second - first) % (2 * math.pi)


def _place(point: Shape) -> Place:
    if not require(point, POINT).body:
        raise SqlError("22023", "the point is empty")
    return tuple(point.body[:2])


def interpolated(line_: Shape, fraction: float) -> Shape:
    """Return the point at a fraction of the length of a linestring."""
    if not 0 <= fraction <= 1:
        raise SqlError("22023", f"the fraction {fraction} is not between 0 and 1")
    places = require(line_, LINESTRING).body
    if not places:
        return line_.like(POINT, ())
    wanted, gone = fraction * length(line_, LINESTRING), 0.0
    for start, end in pairwise(places):
        step = math.dist(start[:2], end[:2])
        if step and gone + step >= wanted:
            share = (wanted - gone) / step
            return line_.like(POINT, tuple(a + (b - a) * share for a, b in zip(start, end, strict=True)))
        gone += step
    return line_.like(POINT, places[-1])
