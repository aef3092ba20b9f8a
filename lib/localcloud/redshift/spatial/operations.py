"""What the engine may ask for: each function by name, with its arguments in text form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial import geodesy, geojson, grids, measures, parts, planar, shapes, wkt
from localcloud.redshift.spatial.shapes import COLLECTION, LINESTRING, MULTIPOINT, POINT, POLYGON, Shape

SEPARATOR, _BETWEEN = "\x1f", "\x1e"
_LONGEST = 65_535


@dataclass(frozen=True)
class Operation:
    """A function; one letter for each argument: g a geometry, l a list of them, f, i and t a number or a text."""

    takes: str
    run: Callable[..., Any]
    same_srid: bool = True
    collections: bool = True


_ARGUMENTS: dict[str, Callable[[str], Any]] = {
    "g": shapes.of_list,
    "l": lambda text: [shapes.of_list(item) for item in text.split(_BETWEEN)],
    "f": float,
    "i": int,
    "t": str,
}


def answer(query: str) -> str | None:
    """Return the result of a query in text form, None for null. Raises SqlError."""
    name, _, rest = query.partition(SEPARATOR)
    operation = OPERATIONS[name]
    given = rest.split(SEPARATOR, len(operation.takes) - 1)
    values = [_ARGUMENTS[kind](text) for kind, text in zip(operation.takes, given, strict=True)]
    _check(operation, [value for value in values if isinstance(value, Shape)])
    for value in values:
        if isinstance(value, list):
            _check(operation, value)
    return _text(operation.run(*values))


def _check(operation: Operation, given: list[Shape]) -> None:
    if operation.same_srid and len({shape.srid for shape in given}) > 1:
        raise SqlError("22023", "the geometries have different SRIDs")
    if not operation.collections and any(shape.kind == COLLECTION for shape in given):
        raise SqlError("22023", "a GEOMETRYCOLLECTION is not supported by this function")


def _text(result: Any) -> str | None:
    if isinstance(result, Shape):
        return shapes.listed(result)
    if isinstance(result, bool):
        return "t" if result else "f"
    if isinstance(result, str) and len(result.encode()) > _LONGEST:
        raise SqlError("22001", f"the text is longer than {_LONGEST} bytes")
    return None if result is None else str(result)


def _with_srid(shape: Shape, srid: int) -> Shape:
    if srid < 0:
        raise SqlError("22023", f"the SRID {srid} is negative")
    return replace(shape, srid=srid)


def _line_of_multipoint(shape: Shape) -> Shape:
    return parts.line(parts.require(shape, MULTIPOINT))


def _digits(precision: int) -> int:
    return min(max(precision, 1), 20)


def _type_name(shape: Shape) -> str:
    return shape.name.upper() + ("M" if shape.m and not shape.z else "")


def _extreme(shape: Shape, axis: str, choice: Callable[..., Any]) -> float | None:
    if not (shape.z if axis == "z" else shape.m):
        return None
    at = 2 if axis == "z" or not shape.z else 3
    return choice((position[at] for position in shape.positions()), default=None)  # type: ignore[no-any-return]


def _geohash(point: Shape, letters: int) -> str | None:
    return grids.geohash(point.body, letters) if parts.require(point, POINT).body else None


def _distance(first: Shape, second: Shape) -> float | None:
    parts.require(first, POINT), parts.require(second, POINT)
    return geodesy.geodesic(first.body, second.body, first.srid) if first.body and second.body else None


def _polyfill(polygon: Shape, resolution: int) -> str | None:
    return _listed(grids.cells_in(polygon, resolution)) if parts.require(polygon, POLYGON).body else None


def _listed(cells: list[int]) -> str:
    return json.dumps(cells, separators=(",", ":"))


def _cell_of_point(point: Shape, resolution: int) -> int | None:
    body = parts.require(point, POINT).body
    return grids.cell(body[0], body[1], resolution) if body else None


def _is_ring(line: Shape) -> bool:
    return parts.is_closed(parts.require(line, LINESTRING)) and planar.is_simple(line)


def _predicate(check: planar.Check) -> Operation:
    def run(first: Shape, second: Shape) -> bool:
        left, right = (planar.prepared(shapes.wkb(parts.forced(side, z=False, m=False))) for side in (first, second))
        return bool(check(left, right))

    return Operation("gg", run, collections=False)


OPERATIONS = {
    "value": Operation("t", wkt.value_of),
    "geography": Operation("t", lambda text: wkt.geography(wkt.value_of(text))),
    "st_geomfromtext": Operation("it", lambda srid, text: _with_srid(wkt.read(text, extended=False), srid)),
    "st_geomfromewkt": Operation("t", wkt.read),
    "st_geomfromwkb": Operation("it", lambda srid, text: _with_srid(wkt.hexadecimal(text), srid)),
    "st_geomfromewkb": Operation("t", wkt.hexadecimal),
    "st_geomfromgeojson": Operation("t", geojson.read),
    "st_geomfromgeohash": Operation("it", lambda letters, text: grids.geohash_cell(text, letters)),
    "st_geogfromtext": Operation("t", lambda text: wkt.geography(wkt.read(text))),
    "st_geogfromwkb": Operation("t", lambda text: wkt.geography(wkt.hexadecimal(text))),
    "st_astext": Operation("gi", lambda g, digits: wkt.written(g, _digits(digits))),
    "st_asewkt": Operation("gi", lambda g, digits: wkt.written(g, _digits(digits), extended=True)),
    "st_asgeojson": Operation("gi", lambda g, digits: geojson.written(g, _digits(digits))),
    "wkb": Operation("g", lambda g: shapes.wkb(g, srid=False, iso=True).hex().upper()),
    "ewkb": Operation("g", lambda g: shapes.wkb(g, iso=True).hex().upper()),
    "hex": Operation("g", lambda g: shapes.wkb(g).hex().upper()),
    "st_geohash": Operation("gi", _geohash),
    "geometrytype": Operation("g", _type_name),
    "st_npoints": Operation("g", lambda g: len(g.positions())),
    "st_isclosed": Operation("g", parts.is_closed),
    "st_ispolygonccw": Operation("g", lambda g: measures.is_turned(g, 1)),
    "st_ispolygoncw": Operation("g", lambda g: measures.is_turned(g, -1)),
    "st_isring": Operation("g", _is_ring),
    "st_issimple": Operation("g", planar.is_simple),
    "st_isvalid": Operation("g", planar.is_valid),
    "st_dimension": Operation("g", parts.dimension),
    "st_nrings": Operation("g", parts.ring_count),
    "st_numgeometries": Operation("g", parts.geometry_count),
    "st_geometryn": Operation("gi", parts.geometry_at),
    "st_pointn": Operation("gi", parts.point_at),
    "st_exteriorring": Operation("g", parts.exterior_ring),
    "st_interiorringn": Operation("gi", parts.interior_ring),
    "st_zmax": Operation("g", lambda g: _extreme(g, "z", max)),
    "st_zmin": Operation("g", lambda g: _extreme(g, "z", min)),
    "st_mmax": Operation("g", lambda g: _extreme(g, "m", max)),
    "st_mmin": Operation("g", lambda g: _extreme(g, "m", min)),
    "st_force2d": Operation("g", lambda g: parts.forced(g, z=False, m=False)),
    "st_force3dz": Operation("g", lambda g: parts.forced(g, z=True, m=False)),
    "st_force3dm": Operation("g", lambda g: parts.forced(g, z=False, m=True)),
    "st_force4d": Operation("g", lambda g: parts.forced(g, z=True, m=True)),
    "st_reverse": Operation("g", parts.reversed_),
    "st_points": Operation("g", parts.points),
    "st_multi": Operation("g", parts.multi),
    "st_envelope": Operation("g", parts.envelope),
    "st_makeenvelope": Operation("ffffi", lambda *given: _with_srid(grids.rectangle(*given[:4]), given[4])),
    "st_addpoint": Operation("ggi", parts.point_added),
    "st_removepoint": Operation("gi", parts.point_removed),
    "st_setpoint": Operation("gig", parts.point_set),
    "st_makeline": Operation("gg", parts.line),
    "st_linefrommultipoint": Operation("g", _line_of_multipoint),
    "st_makepolygon": Operation("g", parts.polygon),
    "st_makepolygon2": Operation("gg", parts.polygon),
    "st_collect": Operation("l", parts.collected),
    "st_azimuth": Operation("gg", measures.azimuth),
    "st_angle3": Operation("ggg", measures.angle),
    "st_angle4": Operation("gggg", measures.angle),
    "st_lineinterpolatepoint": Operation("gf", measures.interpolated),
    "st_area": Operation("g", measures.area),
    "st_length": Operation("g", lambda g: measures.length(g, LINESTRING)),
    "st_perimeter": Operation("g", lambda g: measures.length(g, POLYGON)),
    "st_lengthsphere": Operation("g", geodesy.length_on_sphere),
    "geography_area": Operation("g", geodesy.area),
    "geography_length": Operation("g", lambda g: geodesy.length(g, LINESTRING)),
    "geography_perimeter": Operation("g", lambda g: geodesy.length(g, POLYGON)),
    "geography_distance": Operation("gg", _distance),
    "st_distance": Operation("gg", planar.distance, collections=False),
    "st_dwithin": Operation("ggf", planar.is_within, collections=False),
    "st_intersection": Operation("gg", planar.intersection, collections=False),
    "st_union": Operation("l", planar.union),
    "st_buffer": Operation("gfi", planar.buffer),
    "st_convexhull": Operation("g", planar.hull),
    "st_centroid": Operation("g", planar.centroid),
    "st_boundary": Operation("g", planar.boundary),
    "st_simplify": Operation("gf", planar.simplified),
    "h3_fromlonglat": Operation("ffi", grids.cell),
    "h3_polyfill": Operation("gi", _polyfill),
    "h3_frompoint": Operation("gi", _cell_of_point),
    "h3_boundary": Operation("t", lambda text: grids.outline(grids.name_of(text))),
    "h3_center": Operation("t", lambda text: grids.center(grids.name_of(text))),
    "h3_isvalid": Operation("t", grids.is_cell),
    "h3_resolution": Operation("t", lambda text: grids.resolution_of(grids.name_of(text))),
    "h3_toparent": Operation("it", lambda finer, text: grids.parent(grids.name_of(text), finer)),
    "h3_tochildren": Operation("it", lambda finer, text: _listed(grids.children(grids.name_of(text), finer))),
    **{name: _predicate(check) for name, check in planar.PREDICATES.items()},
}
