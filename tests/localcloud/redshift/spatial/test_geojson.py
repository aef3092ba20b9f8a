"""GeoJSON."""

from __future__ import annotations

import random

import pytest
import shapely

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial import geojson, shapes

from .chance import shape


@pytest.mark.parametrize("seed", range(5))
def test_geos_reads_what_is_written(seed: int) -> None:
    """GEOS and this module read the GeoJSON of shapes by chance as the shape that was written."""
    chance = random.Random(seed)
    for _ in range(100):
        made = shape(chance, *range(1, 8))
        text = geojson.written(made, 17)
        assert shapely.equals_identical(shapely.from_geojson(text), shapely.from_wkb(shapes.wkb(made, srid=False)))
        assert geojson.read(text).body == made.body


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"type":"Circle","coordinates":[1,2]}', '{"type":"Point","coordinates":[1]}'),
        *('{"type":"Point"}', '{"type":"LineString","coordinates":[1,2]}', '{"type":"Point","coordinates":["a",2]}'),
        *('{"type":"","coordinates":[1,2]}', "null"),
    ],
)
def test_wrong_text_is_refused(text: str) -> None:
    """Text that is no GeoJSON geometry is an error."""
    with pytest.raises(SqlError, match="invalid GeoJSON"):
        geojson.read(text)
