"""Functions that take shapes apart or change their points, without geometry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
    Position,
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


def mapped(shape: Shape, change: Callable[[list[Position]], list[Position]]) -> Shape:
    """Return a shape with the positions of each point, line and ring changed."""
    if shape.kind == POINT:
        return replace(shape, body=change([shape.body])[0] if shape.body else ())
    if shape.kind == LINESTRING:
        return replace(shape, body=change(shape.body))
    if shape.kind == POLYGON:
        return replace(shape, body=[change(ring) for ring in shape.body])
    return replace(shape, body=[mapped(part, change) for part in shape.body])


def forced(shape: Shape, *, z: bool, m: bool) -> Shape:
    """Return a shape with these dimensions; new coordinates are 0."""

    def position(old: Position) -> Position:
        extra = dict(zip(("z",) * shape.z + ("m",) * shape.m, old[2:], strict=True))
        return (*old[:2], *(extra.get(name, 0.0) for name in ("z",) * z + ("m",) * m))

    def dimensioned(part: Shape) -> Shape:
        body = [dimensioned(member) for member in part.body] if part.kind > POLYGON else part.body
        return replace(part, z=z, m=m, body=body)

    return dimensioned(mapped(shape, lambda positions: [position(old) for old in positions]))


def reversed_(shape: Shape) -> Shape:
    """Return a shape with the points of each line and ring in the other order."""
    return mapped(shape, lambda positions: positions[::-1])


def points(shape: Shape) -> Shape:
    """Return all points that are not empty as a multipoint."""
    return shape.like(MULTIPOINT, [replace(shape.like(POINT, position), srid=0) for position in shape.positions()])


def multi(shape: Shape) -> Shape:
    """Return a multi-geometry of one member; a collection as it is."""
    return shape if shape.kind > POLYGON else shape.like(shape.kind + 3, [shape] if shape.body else [])


def envelope(shape: Shape) -> Shape:
    """Return the bounding box; an empty shape as it is."""
    return replace(rectangle(*shape.box()), srid=shape.srid) if shape.positions() else shape


def _like_line(line: Shape, point: Shape) -> Position:
    return tuple(forced(require(point, POINT), z=line.z, m=line.m).body)


def point_added(line: Shape, point: Shape, index: int = -1) -> Shape:
    """Return a linestring with a point more, at a position counted from 0 or at its end."""
    position = _like_line(require(line, LINESTRING), point)
    if not -1 <= index <= len(line.body):
        raise SqlError("22023", f"the index {index} is not between -1 and {len(line.body)}")
    at = len(line.body) if index == -1 else index
    return replace(line, body=[*line.body[:at], position, *line.body[at:]]) if position else line


def point_removed(line: Shape, index: int) -> Shape:
    """Return a linestring with a point less, counted from 0."""
    if not 0 <= index < len(require(line, LINESTRING).body):
        raise SqlError("22023", f"the index {index} is not between 0 and {len(line.body) - 1}")
    return replace(line, body=[*line.body[:index], *line.body[index + 1 :]])


def point_set(line: Shape, index: int, point: Shape) -> Shape:
    """Return a linestring with a point changed, counted from 0 or from its end."""
    position = _like_line(require(line, LINESTRING), point)
    if not -len(line.body) <= index < len(line.body):
        raise SqlError("22023", f"the index {index} is not between {-len(line.body)} and {len(line.body) - 1}")
    at = index % len(line.body)
    return replace(line, body=[*line.body[:at], position, *line.body[at + 1 :]]) if position else line


def line(*shapes: Shape) -> Shape:
    """Return a linestring of the points of points, linestrings and multipoints."""
    positions = [position for shape in shapes for position in require(shape, POINT, LINESTRING, MULTIPOINT).positions()]
    return shapes[0].like(LINESTRING, positions)


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
