"""GeoJSON: https://docs.aws.amazon.com/redshift/latest/dg/ST_AsGeoJSON-function.html, ST_GeomFromGeoJSON-function"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MEMBER,
    NAMES,
    POINT,
    POLYGON,
    Position,
    Shape,
    checked,
)
from localcloud.redshift.spatial.wkt import number

_SRID = 4326


def read(text: str) -> Shape:
    """Return the shape of a GeoJSON text: with z if any point has three coordinates. Raises SqlError."""
    try:
        value = json.loads(text)
        deep = any(len(position) > 2 for position in _flat(value).positions())
        return replace(checked(_shape(value, deep)), srid=_SRID)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SqlError("22023", f"invalid GeoJSON: {error}") from None


def _flat(value: Any) -> Shape:
    return _shape(value, None)


def _shape(value: Any, deep: bool | None) -> Shape:
    """Return a shape with positions of two or three coordinates, or as they stand if `deep` is None."""
    kind = NAMES.index(value["type"]) if value["type"] else 0
    if not kind:
        raise ValueError("it has no type")
    members = value["geometries"] if kind == COLLECTION else value["coordinates"]
    if kind == COLLECTION:
        return Shape(kind, [_shape(member, deep) for member in members], z=bool(deep))
    return _of(kind, members, deep)


def _of(kind: int, given: Any, deep: bool | None) -> Shape:
    if kind == POINT:
        return Shape(kind, _position(given, deep) if given else (), z=bool(deep))
    if kind == LINESTRING:
        return Shape(kind, [_position(position, deep) for position in given], z=bool(deep))
    if kind == POLYGON:
        return Shape(kind, [[_position(position, deep) for position in ring] for ring in given], z=bool(deep))
    return Shape(kind, [_of(MEMBER[kind], member, deep) for member in given], z=bool(deep))


def _position(given: Any, deep: bool | None) -> Position:
    position = tuple(float(value) for value in given)
    if len(position) < 2:
        raise ValueError("a point needs two coordinates")
    if deep is None:
        return position
    return (*position, 0.0)[:3] if deep else position


def written(shape: Shape, digits: int) -> str:
    """Return the GeoJSON text of the x, y and z of a shape, with so many significant digits."""
    if shape.kind == COLLECTION:
        members = ",".join(written(member, digits) for member in shape.members())
        return f'{{"type":"GeometryCollection","geometries":[{members}]}}'
    return f'{{"type":"{shape.name}","coordinates":{_body(shape, digits)}}}'


def _body(shape: Shape, digits: int) -> str:
    if shape.kind == POINT:
        return _written(shape, shape.body, digits)
    if shape.kind == LINESTRING:
        return _line(shape, shape.body, digits)
    if shape.kind == POLYGON:
        return "[" + ",".join(_line(shape, ring, digits) for ring in shape.body) + "]"
    return "[" + ",".join(_body(member, digits) for member in shape.members()) + "]"


def _line(shape: Shape, positions: list[Position], digits: int) -> str:
    return "[" + ",".join(_written(shape, position, digits) for position in positions) + "]"


def _written(shape: Shape, position: Position, digits: int) -> str:
    return "[" + ",".join(number(value, digits) for value in position[: 2 + shape.z]) + "]"
