"""The functions of the plane against an oracle that shares no code with them: Trino's spatial functions."""

from __future__ import annotations

import math
from typing import Any

import psycopg
import pytest

from localcloud.athena.engine import EngineQuery, QueryEngine
from localcloud.home import Home
from localcloud.redshift.spatial import wkt

from .test_spatial import pairs, stored

pytestmark = pytest.mark.stack
PREDICATES = ("ST_Contains", "ST_Within", "ST_Intersects", "ST_Disjoint", "ST_Touches", "ST_Crosses", "ST_Equals")
MEASURES = {
    "ST_Distance(a, b)": "ST_Distance(a, b)",
    "ST_Area(a)": "ST_Area(a)",
    "ST_Length(a)": "IF(ST_GeometryType(a) IN ('ST_LineString', 'ST_MultiLineString'), ST_Length(a), 0e0)",
    "ST_Perimeter(a)": "IF(ST_GeometryType(a) IN ('ST_Polygon', 'ST_MultiPolygon'), ST_Length(ST_Boundary(a)), 0e0)",
    "ST_X(ST_Centroid(a))": "ST_X(ST_Centroid(a))",
    "ST_Y(ST_Centroid(a))": "ST_Y(ST_Centroid(a))",
    "ST_Area(ST_ConvexHull(a))": "ST_Area(ST_ConvexHull(a))",
    "ST_XMin(a)": "ST_XMin(a)",
    "ST_YMax(b)": "ST_YMax(b)",
    "CASE WHEN ST_Dimension(a) < 2 THEN ST_NPoints(a) END": "IF(ST_Dimension(a) < 2, ST_NumPoints(a))",
    "ST_Dimension(a)": "ST_Dimension(a)",
    "CASE WHEN ST_Dimension(a) + ST_Dimension(b) = 4 THEN ST_Area(ST_Intersection(a, b)) ELSE 0 END": (
        "IF(ST_Dimension(a) + ST_Dimension(b) = 4, ST_Area(ST_Intersection(a, b)), 0e0)"
    ),
    "CASE WHEN ST_Dimension(a) + ST_Dimension(b) = 4 THEN ST_Area(ST_Union(a, b)) ELSE 0 END": (
        "IF(ST_Dimension(a) + ST_Dimension(b) = 4, ST_Area(ST_Union(a, b)), 0e0)"
    ),
    "ST_IsClosed(a)": "IF(ST_GeometryType(a) LIKE '%LineString', ST_IsClosed(a), true)",
    "ST_Dimension(a) < 2 OR ST_IsValid(a)": "ST_Dimension(a) < 2 OR ST_IsValid(a)",
    "ST_NumGeometries(a)": "ST_NumGeometries(a)",
    "ST_GeometryType(a)": "ST_GeometryType(a)",
}
KINDS = (1, 2, 3, 4, 6)
"""Without MULTILINESTRING, of which Trino says that some intersect which are far from each other."""


def in_trino(home: Home, select: str, texts: list[tuple[str, str]]) -> list[list[Any]]:
    """Return a row for each pair, as Trino computes it."""
    engine = QueryEngine(f"http://127.0.0.1:{home.port('trino.http')}", "athena", home.secret("trino"))
    rows: list[list[Any]] = []
    for start in range(0, len(texts), 100):
        values = ", ".join(f"({at}, '{a}', '{b}')" for at, (a, b) in enumerate(texts[start : start + 100]))
        shapes = "SELECT id, ST_GeometryFromText(x) AS a, ST_GeometryFromText(y) AS b"
        sql = f"SELECT {select} FROM ({shapes} FROM (VALUES {values}) AS t (id, x, y)) ORDER BY id"
        for page in engine.start(EngineQuery(sql, "default", "awsdatacatalog", {})).pages():
            rows += page
    return rows


def same(ours: Any, theirs: Any) -> bool:
    """Return whether two values are equal; numbers to ten digits."""
    if isinstance(ours, bool) or not isinstance(ours, int | float):
        return bool(ours == theirs)
    return math.isclose(ours, float(theirs), rel_tol=1e-10, abs_tol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_trino_computes_the_same(schema: psycopg.Connection[Any], lab_home: Home, seed: int) -> None:
    """For 600 pairs of shapes by chance, predicates, measures and overlays are what Trino computes."""
    made = pairs(100 + seed, 600, *KINDS)
    stored(schema, made)
    ours = [*(f"{name}(a, b)" for name in PREDICATES), *MEASURES]
    rows = schema.execute(f"SELECT {', '.join(ours)} FROM pair ORDER BY id".encode()).fetchall()
    texts = [(wkt.written(a, 17), wkt.written(b, 17)) for a, b in made]
    select = ", ".join([*(f"{name}(a, b)" for name in PREDICATES), *MEASURES.values()])
    theirs = in_trino(lab_home, select, texts)
    wrong = [
        (call, pair, mine, other)
        for pair, row, answer in zip(texts, rows, theirs, strict=True)
        for call, mine, other in zip(ours, row, answer, strict=True)
        if not same(mine, other)
    ]
    assert not wrong
