"""WKT and EWKT."""

from __future__ import annotations

import random

import pytest
import shapely

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial import shapes, wkt

from .chance import shape


@pytest.mark.parametrize("seed", range(10))
def test_it_reads_what_geos_writes_and_the_other_way(seed: int) -> None:
    """The WKT of 1,000 shapes by chance is read the same by GEOS and here, and written so that it is read again."""
    chance = random.Random(seed)
    for _ in range(100):
        flat = chance.random() < 0.5  # GEOS forgets that an empty part has z or m
        made = shape(chance, *range(1, 8), flat=flat, empty=0.1 * flat)
        assert repr(wkt.read(wkt.written(made, 17)).body) == repr(made.body)
        geos = shapely.from_wkb(shapes.wkb(made))
        again = wkt.read(shapely.to_wkt(geos, rounding_precision=15))
        assert again.code == made.code
        assert shapely.equals_exact(shapely.from_wkb(shapes.wkb(again)), geos, 1e-12)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("point z (1 2 3)", "POINT Z (1 2 3)"),
        ("POINTZM(1 2 3 4)", "POINT ZM (1 2 3 4)"),
        ("MULTIPOINT(1 0, EMPTY, (2 3))", "MULTIPOINT((1 0),EMPTY,(2 3))"),
        ("SRID=4326; POINT(-0 1e2)", "SRID=4326;POINT(0 100)"),
        ("GEOMETRYCOLLECTION(POINT EMPTY, LINESTRING EMPTY)", "GEOMETRYCOLLECTION(POINT EMPTY,LINESTRING EMPTY)"),
        ("  POLYGON EMPTY ", "POLYGON EMPTY"),
        ("POINT(.5 -3.)", "POINT(0.5 -3)"),
    ],
)
def test_forms_of_the_same_text(text: str, written: str) -> None:
    """Case, blanks, EMPTY, dimensions and bare points are read as the guide writes them."""
    assert wkt.written(wkt.read(text), extended=True) == written


@pytest.mark.parametrize(
    "text",
    [
        *("", "POINT", "POINT()", "POINT(1)", "POINT(1 2 3)", "POINT(1 2", "POINT(1 2) x", "POINT(a b)", "CIRCLE(1 2)"),
        *("LINESTRING(1 2)", "POLYGON((0 0,1 0,0 1))", "POLYGON((0 0,1 0,0 0))", "POINT Z (1 2)", "MULTIPOINT((1))"),
        *("GEOMETRYCOLLECTION(POINT Z (1 2 3))", "POINT(1e999 0)", "SRID=-1;POINT(1 2)", "POINT(1,2)", "("),
    ],
)
def test_wrong_text_is_refused(text: str) -> None:
    """Text that is no WKT is an error; nothing is guessed."""
    with pytest.raises(SqlError, match="invalid WKT"):
        wkt.read(text)


def test_a_text_without_the_extension_has_no_srid() -> None:
    """ST_GeomFromText takes no SRID in its text."""
    with pytest.raises(SqlError, match="invalid WKT"):
        wkt.read("SRID=4326;POINT(1 2)", extended=False)


def test_digits_are_cut_as_printed() -> None:
    """Coordinates have as many significant digits as asked for (ST_AsText)."""
    assert wkt.written(wkt.read("POINT(3.141592653589793 -6.283185307179586)"), 6) == "POINT(3.14159 -6.28319)"


def test_values_in_any_form() -> None:
    """COPY reads hexadecimal WKB and EWKB, WKT and EWKT (copy-usage_notes-spatial-data)."""
    point = "0101000020E6100000000000000000F03F0000000000000040"
    assert {wkt.written(wkt.value_of(text), extended=True) for text in (point, "SRID=4326;POINT(1 2)")} == {
        "SRID=4326;POINT(1 2)"
    }
    with pytest.raises(SqlError, match="not hexadecimal"):
        wkt.value_of("01zz")
