"""Cells of the grids by which positions are named: geohash and H3.

https://docs.aws.amazon.com/redshift/latest/dg/ST_GeoHash-function.html, H3_FromPoint-function
"""

from __future__ import annotations

import h3

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial.shapes import LINESTRING, POINT, POLYGON, Position, Shape

_GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"
_FINEST = 15
_EXACT = 22
"""The most letters of a geohash of which the cell is shown as a polygon, as the guide's examples print it."""


def geohash(position: Position, letters: int) -> str:
    """Return the geohash of a position."""
    bounds, bits = [[-180.0, 180.0], [-90.0, 90.0]], 0
    for step in range(5 * max(letters, 0)):
        low, high = bounds[step % 2]
        middle = (low + high) / 2
        upper = position[step % 2] >= middle
        bounds[step % 2] = [middle, high] if upper else [low, middle]
        bits = 2 * bits + upper
    return "".join(_GEOHASH[bits >> 5 * at & 31] for at in reversed(range(max(letters, 0))))


def geohash_cell(text: str, letters: int) -> Shape:
    """Return the cell of the first letters of a geohash. Raises SqlError."""
    used = text if letters < 0 or letters > len(text) else text[:letters]
    bounds, step = [[-180.0, 180.0], [-90.0, 90.0]], 0
    for letter in used.lower():
        value = _GEOHASH.find(letter)
        if value < 0:
            raise SqlError("22023", f'invalid geohash: "{text}"')
        for shift in range(4, -1, -1):
            low, high = bounds[step % 2]
            bounds[step % 2] = [(low + high) / 2, high] if value >> shift & 1 else [low, (low + high) / 2]
            step += 1
    (west, east), (south, north) = bounds
    if len(used) > _EXACT:
        return Shape(POINT, (west, south))
    return rectangle(west, south, east, north)


def rectangle(west: float, south: float, east: float, north: float) -> Shape:
    """Return a box, clockwise; a line or a point where it has no width or height."""
    if west == east and south == north:
        return Shape(POINT, (west, south))
    if west == east or south == north:
        return Shape(LINESTRING, [(west, south), (east, north)])
    return Shape(POLYGON, [[(west, south), (west, north), (east, north), (east, south), (west, south)]])


def _resolution(given: int) -> int:
    if not 0 <= given <= _FINEST:
        raise SqlError("22023", f"the resolution {given} of an H3 cell is not between 0 and {_FINEST}")
    return given


def cell(longitude: float, latitude: float, resolution: int) -> int:
    """Return the H3 cell of a position. Raises SqlError."""
    try:
        return _signed(h3.str_to_int(h3.latlng_to_cell(latitude, longitude, _resolution(resolution))))
    except h3.H3BaseException as error:
        raise SqlError("22023", f"no H3 cell: {error!r}") from None


def cells_in(polygon: Shape, resolution: int) -> list[int]:
    """Return the H3 cells with their centre in a polygon. Raises SqlError."""
    rings = [[position[1::-1] for position in ring] for ring in polygon.body]
    try:
        cells = h3.h3shape_to_cells(h3.LatLngPoly(*rings), _resolution(resolution))
    except h3.H3BaseException as error:
        raise SqlError("22023", f"no H3 cells: {error!r}") from None
    return [_signed(h3.str_to_int(name)) for name in cells]


def is_cell(index: str) -> bool:
    """Return whether a number or a name is that of an H3 cell."""
    try:
        return bool(name_of(index))
    except SqlError:
        return False


def name_of(index: str) -> str:
    """Return the name of an H3 cell given by its number or its name. Raises SqlError."""
    try:
        name = h3.int_to_str(int(index) % (1 << 64)) if len(index) > 16 or index.startswith("-") else index.lower()
    except ValueError:
        name = ""
    if not h3.is_valid_cell(name):
        raise SqlError("22023", f'invalid H3 cell: "{index}"')
    return name


def outline(name: str) -> Shape:
    """Return the boundary of an H3 cell."""
    positions = [position[::-1] for position in h3.cell_to_boundary(name)]
    return Shape(POLYGON, [[*positions, positions[0]]])


def center(name: str) -> Shape:
    """Return the centre of an H3 cell."""
    return Shape(POINT, h3.cell_to_latlng(name)[::-1])


def resolution_of(name: str) -> int:
    """Return the resolution of an H3 cell."""
    return int(h3.get_resolution(name))


def parent(name: str, resolution: int) -> int:
    """Return the H3 cell of a coarser resolution that a cell is in. Raises SqlError."""
    if _resolution(resolution) > resolution_of(name):
        raise SqlError("22023", f"the resolution {resolution} is finer than that of the cell")
    return _signed(h3.str_to_int(h3.cell_to_parent(name, resolution)))


def children(name: str, resolution: int) -> list[int]:
    """Return the H3 cells of a finer resolution in a cell. Raises SqlError."""
    if _resolution(resolution) < resolution_of(name):
        raise SqlError("22023", f"the resolution {resolution} is coarser than that of the cell")
    return [_signed(h3.str_to_int(child)) for child in h3.cell_to_children(name, resolution)]


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number
