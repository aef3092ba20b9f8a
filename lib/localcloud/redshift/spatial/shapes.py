"""A geometry or geography in memory, and the list of numbers that the engine keeps of it.

The list begins with the kind (1 to 7, plus 1000 with z and 2000 with m, as in WKB), the SRID and the bounding box. Then
come the counts and coordinates of WKB, without the repeated byte orders. A point has its first two coordinates in the
box alone. Empty shapes have a box of NaN.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from localcloud.redshift.errors import SqlError

POINT, LINESTRING, POLYGON, MULTIPOINT, MULTILINESTRING, MULTIPOLYGON, COLLECTION = range(1, 8)
NAMES = ("", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
MEMBER = {MULTIPOINT: POINT, MULTILINESTRING: LINESTRING, MULTIPOLYGON: POLYGON}
LARGEST = 1_048_447
"""The most bytes of a value: https://docs.aws.amazon.com/redshift/latest/dg/spatial-limitations.html"""
Position = tuple[float, ...]
"""The coordinates of one point: x and y, then z and m where the shape has them."""
_NOWHERE = (math.nan,) * 4


@dataclass(frozen=True)
class Shape:
    """A value. `body` is a position or () of a point, positions of a line, rings of a polygon, shapes of the others."""

    kind: int
    body: Any
    z: bool = False
    m: bool = False
    srid: int = field(default=0, compare=False)

    @property
    def width(self) -> int:
        """Return how many coordinates a point has."""
        return 2 + self.z + self.m

    @property
    def code(self) -> int:
        """Return the number of its kind and dimensions in ISO WKB."""
        return self.kind + 1000 * self.z + 2000 * self.m

    @property
    def name(self) -> str:
        """Return the name of its kind."""
        return NAMES[self.kind]

    def like(self, kind: int, body: Any) -> Shape:
        """Return a shape of another kind with the same dimensions and SRID."""
        return replace(self, kind=kind, body=body)

    def members(self) -> list[Shape]:
        """Return the parts of a collection, or the shape itself."""
        return [replace(part, srid=self.srid) for part in self.body] if self.kind > POLYGON else [self]

    def leaves(self) -> Iterator[Shape]:
        """Yield the points, lines and polygons that it consists of."""
        for part in self.members():
            yield from part.leaves() if part.kind > POLYGON else (part,)

    def rings(self) -> Iterator[list[Position]]:
        """Yield the positions of each line and each ring."""
        for leaf in self.leaves():
            if leaf.kind == POLYGON:
                yield from leaf.body
            elif leaf.kind == LINESTRING:
                yield leaf.body

    def positions(self) -> list[Position]:
        """Return all points that are not empty."""
        listed: list[Position] = []
        for leaf in self.leaves():
            if leaf.kind == POINT:
                listed += [leaf.body] if leaf.body else []
            else:
                listed += [position for ring in leaf.rings() for position in ring]
        return listed

    def box(self) -> tuple[float, ...]:
        """Return the smallest and the largest x and y: xmin, ymin, xmax, ymax; NaN if it is empty."""
        positions = self.positions()
        if not positions:
            return _NOWHERE
        xs, ys = [position[0] for position in positions], [position[1] for position in positions]
        return min(xs), min(ys), max(xs), max(ys)


def numbers(shape: Shape) -> list[float]:
    """Return what the engine keeps of a shape. Raises SqlError if it is too large."""
    listed = [float(shape.code), float(shape.srid), *shape.box()]
    listed += shape.body[2:] if shape.kind == POINT else _numbers(shape)
    if 8 * len(listed) > LARGEST:
        raise SqlError("22023", f"the size of a GEOMETRY or GEOGRAPHY value is limited to {LARGEST} bytes")
    return listed


def _numbers(shape: Shape) -> list[float]:
    if shape.kind == POINT:
        return list(shape.body or (math.nan,) * shape.width)
    if shape.kind == LINESTRING:
        return _counted(shape.body)
    listed = [float(len(shape.body))]
    for part in shape.body:
        listed += _counted(part) if shape.kind == POLYGON else [float(part.code), *_numbers(part)]
    return listed


def _counted(positions: list[Position]) -> list[float]:
    return [float(len(positions)), *(value for position in positions for value in position)]


def of_numbers(listed: list[float]) -> Shape:
    """Return the shape that the engine keeps as that list."""
    code, srid = int(listed[0]), int(listed[1])
    empty = Shape(code % 1000, (), code // 1000 in (1, 3), code // 1000 in (2, 3), srid)
    if empty.kind == POINT:
        return empty if math.isnan(listed[2]) else replace(empty, body=(*listed[2:4], *listed[6:]))
    return replace(_read(_Numbers(listed), code), srid=srid)


def listed(shape: Shape) -> str:
    """Return what the engine keeps of a shape, as it writes it. Raises SqlError if it is too large."""
    return "{" + ",".join(map(repr, numbers(shape))) + "}"


def of_list(text: str) -> Shape:
    """Return the shape that the engine keeps as that text."""
    return of_numbers([float(value) for value in text[1:-1].split(",")])


class _Numbers:
    """Reads counts and coordinates off a list."""

    def __init__(self, listed: list[float]) -> None:
        self._listed, self._at = listed, 6

    def count(self) -> int:
        return int(self.floats(1)[0])

    code = count

    def floats(self, count: int) -> list[float]:
        self._at += count
        return self._listed[self._at - count : self._at]


class _Bytes:
    """Reads counts and coordinates off WKB or EWKB. Raises struct.error where it ends too early."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at, self._order, self.srid = data, 0, "<", 0

    def count(self) -> int:
        return int(self._take("I", 4)[0])

    def code(self) -> int:
        self._order = ">" if self._take("B", 1)[0] == 0 else "<"
        code = self.count()
        if code & 0x20000000:
            self.srid = self.count()
        flags = (1000 if code & 0x80000000 else 0) + (2000 if code & 0x40000000 else 0)
        return (code & 0x0FFFFFFF) + flags

    def floats(self, count: int) -> list[float]:
        return list(self._take(f"{count}d", 8 * count))

    def _take(self, form: str, size: int) -> tuple[Any, ...]:
        self.at += size
        return struct.unpack_from(self._order + form, self._data, self.at - size)


def _read(source: _Numbers | _Bytes, code: int) -> Shape:
    empty = Shape(code % 1000, [], code // 1000 in (1, 3), code // 1000 in (2, 3))
    if not 1 <= empty.kind <= COLLECTION or code >= 4000:
        raise ValueError(f"unknown kind {code}")
    if empty.kind == POINT:
        position = tuple(source.floats(empty.width))
        return replace(empty, body=() if math.isnan(position[0]) else position)
    if empty.kind == LINESTRING:
        return replace(empty, body=_positions(source, empty.width))
    if empty.kind == POLYGON:
        return replace(empty, body=[_positions(source, empty.width) for _ in range(source.count())])
    return replace(empty, body=[_read(source, source.code()) for _ in range(source.count())])


def _positions(source: _Numbers | _Bytes, width: int) -> list[Position]:
    count = source.count()
    values = source.floats(count * width)
    return [tuple(values[at : at + width]) for at in range(0, count * width, width)]


def of_wkb(data: bytes) -> Shape:
    """Return the shape of WKB or EWKB. Raises SqlError."""
    source = _Bytes(data)
    try:
        shape = _read(source, source.code())
        if source.at != len(data):
            raise ValueError("it is too long")
        return replace(checked(shape), srid=source.srid)
    except (struct.error, ValueError, RecursionError) as error:
        raise SqlError("22023", f"invalid WKB: {error}") from None


def checked(shape: Shape) -> Shape:
    """Return a shape whose parts fit to each other. Raises ValueError."""
    for leaf in shape.leaves():
        if (leaf.z, leaf.m) != (shape.z, shape.m):
            raise ValueError("its parts have different dimensions")
        if leaf.kind == LINESTRING and len(leaf.body) == 1:
            raise ValueError("a linestring needs two points")
        for ring in leaf.body if leaf.kind == POLYGON else ():
            if len(ring) < 4 or ring[0][:2] != ring[-1][:2]:
                raise ValueError("a ring needs four points and must be closed")
    if not all(math.isfinite(value) for position in shape.positions() for value in position):
        raise ValueError("a coordinate is not a finite number")
    member = MEMBER.get(shape.kind)
    if member and any(part.kind != member for part in shape.body):
        raise ValueError(f"a {shape.name} holds only a {NAMES[member]}")
    return shape


def wkb(shape: Shape, *, srid: bool = True, iso: bool = False) -> bytes:
    """Return EWKB, or with `iso` the OGC's numbers for kinds with z or m."""
    flags = 0 if iso else (0x80000000 if shape.z else 0) | (0x40000000 if shape.m else 0)
    code = (shape.code if iso else shape.kind) | flags
    if srid and shape.srid:
        return struct.pack("<BIi", 1, code | 0x20000000, shape.srid) + _wkb(shape, iso=iso)
    return struct.pack("<BI", 1, code) + _wkb(shape, iso=iso)


def _wkb(shape: Shape, *, iso: bool) -> bytes:
    if shape.kind == POINT:
        return struct.pack(f"<{shape.width}d", *_numbers(shape))
    if shape.kind == LINESTRING:
        return _packed(shape.body)
    parts = (_packed(part) if shape.kind == POLYGON else wkb(part, srid=False, iso=iso) for part in shape.body)
    return struct.pack("<I", len(shape.body)) + b"".join(parts)


def _packed(positions: list[Position]) -> bytes:
    values = [value for position in positions for value in position]
    return struct.pack(f"<I{len(values)}d", len(positions), *values)
