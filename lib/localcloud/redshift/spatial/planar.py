"""Functions of the plane: predicates, distances and overlays, by GEOS."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import shapely
from shapely import Geometry

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial import parts
from localcloud.redshift.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MULTILINESTRING,
    POINT,
    POLYGON,
    Shape,
    of_wkb,
    wkb,
)


def geometry(shape: Shape) -> Geometry:
    """Return a shape in two dimensions as GEOS knows it."""
    flat = parts.forced(shape, z=False, m=False) if shape.z or shape.m else shape
    return shapely.from_wkb(wkb(flat, srid=False))


def _shape(result: Geometry, like: Shape) -> Shape:
    return replace(of_wkb(shapely.to_wkb(result)), srid=like.srid)


def _ordered(result: Geometry, like: Shape) -> Shape:
    """Return a result without needless points, its rings clockwise from the smallest point, as AWS prints it."""
    return _shape(shapely.normalize(shapely.simplify(result, 0, preserve_topology=True)), like)


Check = Callable[[Geometry, Geometry], Any]
PREDICATES: dict[str, Check] = {
    "st_contains": shapely.contains,
    "st_containsproperly": shapely.contains_properly,
    "st_covers": shapely.covers,
    "st_intersects": shapely.intersects,
    "st_touches": shapely.touches,
    "st_crosses": shapely.crosses,
    "st_equals": shapely.equals,
}


@functools.lru_cache(512)
def prepared(wkb_of_shape: bytes) -> Geometry:
    """Return a geometry that many others are compared with."""
    result = shapely.from_wkb(wkb_of_shape)
    shapely.prepare(result)
    return result


def distance(first: Shape, second: Shape) -> float | None:
    """Return the distance of two geometries; None if one is empty."""
    result = float(shapely.distance(geometry(first), geometry(second)))
    return None if math.isnan(result) else result


def is_within(first: Shape, second: Shape, threshold: float) -> bool:
    """Return whether two geometries are not farther apart than the threshold."""
    result = distance(first, second)
    return result is not None and result <= threshold


def _flat(*shapes: Shape) -> None:
    if any(shape.z or shape.m for shape in shapes):
        raise SqlError("22023", "a two-dimensional geometry is needed")


def intersection(first: Shape, second: Shape) -> Shape:
    """Return what two geometries share."""
    _flat(first, second)
    return _ordered(shapely.intersection(geometry(first), geometry(second)), first)


def union(shapes: list[Shape]) -> Shape:
    """Return the union of points and polygons. Raises SqlError for lines and collections."""
    _flat(*shapes)
    for shape in shapes:
        if shape.kind in (LINESTRING, MULTILINESTRING, COLLECTION):
            raise SqlError("22023", f"the union of a {shape.name.upper()} is not supported")
    return _ordered(shapely.union_all([geometry(shape) for shape in shapes]), shapes[0])


def buffer(shape: Shape, width: float, segments: int = 8) -> Shape:
    """Return the area around a geometry."""
    if shape.kind == COLLECTION:
        raise SqlError("22023", "the buffer of a GEOMETRYCOLLECTION is not supported")
    return _shape(shapely.normalize(shapely.buffer(geometry(shape), width, quad_segs=max(segments, 1))), shape)


def hull(shape: Shape) -> Shape:
    """Return the convex hull, in two dimensions."""
    if shape.z:
        raise SqlError("0A000", "ST_ConvexHull of a geometry with z is not supported")
    return _shape(shapely.normalize(shapely.convex_hull(geometry(shape))), shape) if shape.positions() else shape


def centroid(shape: Shape) -> Shape | None:
    """Return the centroid; None if the geometry is empty."""
    return _shape(shapely.centroid(geometry(shape)), shape) if shape.positions() else None


def boundary(shape: Shape) -> Shape:
    """Return the boundary: lines of areas, points of lines, an empty collection of points."""
    if shape.kind == COLLECTION:
        raise SqlError("22023", "the boundary of a GEOMETRYCOLLECTION is not supported")
    if not shape.positions():
        return shape
    if shape.z:
        raise SqlError("0A000", "ST_Boundary of a geometry with z is not supported")
    if shape.kind in (POINT, POINT + 3):
        return Shape(COLLECTION, [], srid=shape.srid)
    result = _shape(shapely.boundary(geometry(shape)), shape)
    lines = shape.kind in (LINESTRING, MULTILINESTRING) or shape.kind == POLYGON + 3
    return parts.multi(result) if lines else result


def simplified(shape: Shape, tolerance: float) -> Shape:
    """Return a shape with fewer points, by the algorithm of Ramer, Douglas and Peucker."""
    if shape.z or shape.m:
        raise SqlError("0A000", "ST_Simplify of a geometry with z or m is not supported")
    return _shape(shapely.simplify(geometry(shape), max(tolerance, 0.0), preserve_topology=False), shape)


def is_simple(shape: Shape) -> bool:
    """Return whether it touches itself nowhere and repeats no point."""
    repeats = any(a[:2] == b[:2] for ring in shape.rings() for a, b in itertools.pairwise(ring))
    return not repeats and bool(shapely.is_simple(geometry(shape)))


def is_valid(shape: Shape) -> bool:
    """Return whether its rings bound areas."""
    return bool(shapely.is_valid(geometry(shape)))
