"""Cells: geohash and H3."""

from __future__ import annotations

import random

import h3
import pytest
import shapely

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial import grids, shapes

from .chance import shape


def test_a_place_is_in_the_cell_of_its_geohash() -> None:
    """The cell of the geohash of a position holds it, and its letters begin with those of larger cells."""
    chance = random.Random(1)
    for _ in range(500):
        position = (chance.uniform(-180, 180), chance.uniform(-90, 90))
        name = grids.geohash(position, 9)
        west, south, east, north = grids.geohash_cell(name, -1).box()
        assert west <= position[0] <= east
        assert south <= position[1] <= north
        assert name.startswith(grids.geohash(position, 4))


def test_known_geohashes() -> None:
    """Names of places that other implementations print."""
    assert grids.geohash((-5.6, 42.6), 5) == "ezs42"
    assert grids.geohash((10.40744, 57.64911), 11) == "u4pruydqqvj"


def test_cells_are_those_of_h3() -> None:
    """The cell, its centre, outline, resolution, parents and children are those of the library of H3."""
    chance = random.Random(2)
    for _ in range(200):
        longitude, latitude, resolution = chance.uniform(-180, 180), chance.uniform(-90, 90), chance.randint(1, 14)
        number = grids.cell(longitude, latitude, resolution)
        name = grids.name_of(str(number))
        assert name == h3.latlng_to_cell(latitude, longitude, resolution)
        assert grids.center(name).body[::-1] == h3.cell_to_latlng(name)
        assert len(grids.outline(name).body[0]) == len(h3.cell_to_boundary(name)) + 1
        assert grids.resolution_of(name) == resolution
        assert number in grids.children(grids.name_of(str(grids.parent(name, resolution - 1))), resolution)


def test_polyfill_gives_the_cells_with_their_centre_inside() -> None:
    """The cells of a polygon are those whose centre GEOS finds inside, of all cells near it."""
    chance, seen = random.Random(3), 0
    for _ in range(10):
        polygon = shape(chance, shapes.POLYGON)
        outline = shapely.from_wkb(shapes.wkb(polygon))
        found = {grids.name_of(str(number)) for number in grids.cells_in(polygon, 3)}
        near = {name for cell in found for name in h3.grid_disk(cell, 2)}
        assert found == {name for name in near if outline.contains(shapely.Point(h3.cell_to_latlng(name)[::-1]))}
        seen += len(found)
    assert seen > 50


@pytest.mark.parametrize("index", ["", "zz", "0", "12345", "-1", "8025ffffffffffg", "99999999999999999999"])
def test_other_numbers_are_no_cells(index: str) -> None:
    """Anything other than an H3 cell is an error, and not valid."""
    assert not grids.is_cell(index)
    with pytest.raises(SqlError, match="invalid H3 cell"):
        grids.name_of(index)


@pytest.mark.parametrize("resolution", [-1, 16])
def test_resolutions_have_bounds(resolution: int) -> None:
    """A resolution that is not between 0 and 15 is an error (H3_FromPoint)."""
    with pytest.raises(SqlError, match="resolution"):
        grids.cell(0, 0, resolution)
