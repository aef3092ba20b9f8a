"""GEOMETRY and GEOGRAPHY through the gateway: types, functions, COPY and UNLOAD.

https://docs.aws.amazon.com/redshift/latest/dg/geospatial-overview.html and the pages of the functions
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import psutil
import psycopg
import pytest
import shapely

from localcloud.redshift.spatial import shapes, wkt

from .spatial.chance import shape

pytestmark = pytest.mark.stack
Schema = psycopg.Connection[Any]
NULL = "NULL::geometry"
POINT, LINE = "ST_Point(1, 2)", "ST_GeomFromText('LINESTRING(0 0,1 1,2 3)')"
SQUARE = "ST_GeomFromText('POLYGON((0 0,0 4,4 4,4 0,0 0))')"
COLLECTION = "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))')"
EMPTY = "ST_GeomFromText('POINT EMPTY')"
WITH_SRID = "ST_SetSRID(ST_Point(1, 2), 4326)"


def value(connection: Schema, expression: str) -> Any:
    """Return the value of an expression."""
    return connection.execute(f"SELECT {expression}".encode(), prepare=False).fetchall()[0][0]


ONE_GEOMETRY = [
    "AddBBox",
    "SupportsBBox",
    "GeometryType",
    "ST_Area",
    "ST_AsBinary",
    "ST_AsEWKB",
    "ST_AsEWKT",
    "ST_AsGeoJSON",
    "ST_AsHexEWKB",
    "ST_AsHexWKB",
    "ST_AsText",
    "ST_Boundary",
    "ST_Centroid",
    "ST_ConvexHull",
    "ST_Dimension",
    "ST_EndPoint",
    "ST_Envelope",
    "ST_ExteriorRing",
    "ST_Force2D",
    "ST_Force3D",
    "ST_Force3DM",
    "ST_Force3DZ",
    "ST_Force4D",
    "ST_GeoHash",
    "ST_GeometryType",
    "ST_IsClosed",
    "ST_IsCollection",
    "ST_IsEmpty",
    "ST_IsPolygonCCW",
    "ST_IsPolygonCW",
    "ST_IsSimple",
    "ST_IsValid",
    "ST_Length",
    "ST_Length2D",
    "ST_LengthSphere",
    "ST_LineFromMultiPoint",
    "ST_M",
    "ST_MakePolygon",
    "ST_MMax",
    "ST_MMin",
    "ST_Multi",
    "ST_NDims",
    "ST_NPoints",
    "ST_NRings",
    "ST_NumGeometries",
    "ST_NumInteriorRings",
    "ST_NumPoints",
    "ST_Perimeter",
    "ST_Perimeter2D",
    "ST_Points",
    "ST_Reverse",
    "ST_SRID",
    "ST_StartPoint",
    "ST_X",
    "ST_XMax",
    "ST_XMin",
    "ST_Y",
    "ST_YMax",
    "ST_YMin",
    "ST_Z",
    "ST_ZMax",
    "ST_ZMin",
]
MORE = {
    **dict.fromkeys(("ST_GeomFromText", "ST_GeomFromEWKT", "ST_GeomFromWKB", "ST_GeomFromEWKB"), ("NULL::varchar",)),
    **dict.fromkeys(
        ("ST_GeomFromGeoJSON", "ST_GeomFromGeoHash", "ST_GeogFromText", "ST_GeogFromWKB"), ("NULL::varchar",)
    ),
    "ST_Point": (
        "NULL, 1",
        "1, NULL",
    ),
    "ST_MakePoint": (
        "NULL, 1",
        "1, NULL",
        "1, 2, NULL",
        "1, 2, 3, NULL",
    ),
    "ST_MakeEnvelope": (
        "NULL, 1, 2, 3",
        "0, 1, 2, 3, NULL",
    ),
    "ST_SetSRID": (
        f"{NULL}, 1",
        f"{POINT}, NULL",
    ),
    "ST_Polygon": (
        f"{NULL}, 1",
        f"{LINE}, NULL",
    ),
    **dict.fromkeys(
        ("ST_PointN", "ST_GeometryN", "ST_InteriorRingN", "ST_RemovePoint"),
        (
            f"{NULL}, 1",
            f"{LINE}, NULL",
        ),
    ),
    **dict.fromkeys(
        ("ST_AddPoint", "ST_MakeLine", "ST_Azimuth"),
        (
            f"{NULL}, {POINT}",
            f"{LINE}, {NULL}",
        ),
    ),
    **dict.fromkeys(
        ("ST_Simplify", "ST_Buffer", "ST_LineInterpolatePoint"),
        (
            f"{NULL}, 1",
            f"{LINE}, NULL",
        ),
    ),
    "ST_SetPoint": (
        f"{NULL}, 0, {POINT}",
        f"{LINE}, NULL, {POINT}",
        f"{LINE}, 0, {NULL}",
    ),
    "ST_Angle": (
        f"{NULL}, {POINT}, {POINT}",
        f"{POINT}, {POINT}, {POINT}, {NULL}",
    ),
    **dict.fromkeys(
        (
            "ST_Contains",
            "ST_ContainsProperly",
            "ST_Within",
            "ST_Covers",
            "ST_CoveredBy",
            "ST_Intersects",
            "ST_Disjoint",
        ),
        (
            f"{NULL}, {POINT}",
            f"{SQUARE}, {NULL}",
        ),
    ),
    **dict.fromkeys(
        ("ST_Touches", "ST_Crosses", "ST_Equals", "ST_Distance", "ST_DistanceSphere", "ST_Intersection", "ST_Union"),
        (
            f"{NULL}, {POINT}",
            f"{POINT}, {NULL}",
        ),
    ),
    "ST_DWithin": (
        f"{NULL}, {POINT}, 1",
        f"{POINT}, {NULL}, 1",
        f"{POINT}, {POINT}, NULL",
    ),
    "ST_Collect": (f"{NULL}, {NULL}",),
    "H3_FromLongLat": (
        "NULL, 1, 1",
        "1, NULL, 1",
        "1, 1, NULL",
    ),
    "H3_FromPoint": (
        f"{NULL}, 1",
        f"{POINT}, NULL",
    ),
    "H3_Polyfill": (
        f"{NULL}, 1",
        f"{SQUARE}, NULL",
    ),
    **dict.fromkeys(
        ("H3_Boundary", "H3_Center", "H3_IsValid", "H3_Resolution"),
        (
            "NULL::bigint",
            "NULL::varchar",
        ),
    ),
    **dict.fromkeys(
        ("H3_ToParent", "H3_ToChildren"),
        (
            "NULL::bigint, 1",
            "577129255373111295, NULL",
        ),
    ),
}
NULLS = [f"{name}({NULL})" for name in ONE_GEOMETRY] + [
    f"{name}({given})" for name, all_ in MORE.items() for given in all_
]


@pytest.mark.parametrize("call", NULLS)
def test_null_gives_null(connect: Callable[..., Schema], call: str) -> None:
    """A function of which an argument is null returns null."""
    assert value(connect(), call) is None


@pytest.mark.parametrize(
    ("call", "result"),
    [
        *((f"ST_{name}({EMPTY})", None) for name in ("X", "Y", "Z", "M", "XMin", "YMax", "ZMin", "MMax", "Centroid")),
        *((f"ST_{name}({EMPTY}, {POINT})", None) for name in ("Distance", "DistanceSphere")),
        *(
            (f"ST_{name}({EMPTY}, {SQUARE})", False)
            for name in ("Intersects", "Within", "Equals", "Touches", "CoveredBy")
        ),
        (f"ST_Disjoint({EMPTY}, {SQUARE})", True),
        (f"ST_DWithin({EMPTY}, {SQUARE}, 9)", False),
        (f"ST_IsEmpty({EMPTY})", True),
        (f"ST_IsClosed({EMPTY})", False),
        (f"ST_NPoints({EMPTY})", 0),
        (f"ST_NumGeometries({EMPTY})", 0),
        (f"ST_Area({EMPTY})", 0),
        (f"ST_GeoHash({EMPTY}, 5)", None),
        (f"ST_AsText(ST_Envelope({EMPTY}))", "POINT EMPTY"),
        (f"ST_AsText(ST_ConvexHull({EMPTY}))", "POINT EMPTY"),
        (f"ST_AsText(ST_Collect({NULL}, {POINT}))", "MULTIPOINT((1 2))"),
        (f"ST_AsText(ST_AddPoint({LINE}, {EMPTY}))", "LINESTRING(0 0,1 1,2 3)"),
        (f"ST_AsText(ST_Points({EMPTY}))", "MULTIPOINT EMPTY"),
        ("ST_AsText(ST_LineFromMultiPoint(ST_GeomFromText('MULTIPOINT EMPTY')))", "LINESTRING EMPTY"),
        (f"ST_AsText(ST_MakeLine({EMPTY}, {EMPTY}))", "LINESTRING EMPTY"),
        (f"H3_FromPoint({EMPTY}, 3)", None),
        ("H3_Polyfill(ST_GeomFromText('POLYGON EMPTY'), 3)", None),
        ("ST_Angle(ST_Point(1,1), ST_Point(1,1), ST_Point(2,2))", None),
        (f"ST_Azimuth({POINT}, {POINT})", None),
        (f"ST_ExteriorRing({POINT})", None),
        (f"ST_PointN({LINE}, 9)", None),
        (f"ST_NumPoints({POINT})", None),
    ],
)
def test_empty_shapes(connect: Callable[..., Schema], call: str, result: Any) -> None:
    """Empty shapes, equal points and other kinds give what the page of the function says."""
    assert value(connect(), call) == result


PAIRS = [
    "Contains",
    "ContainsProperly",
    "Within",
    "Covers",
    "CoveredBy",
    "Intersects",
    "Disjoint",
    "Touches",
    "Crosses",
    "Equals",
    "Distance",
]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        *((f"ST_{name}({POINT}, {WITH_SRID})", "different SRIDs") for name in [*PAIRS, "MakeLine", "Union", "Collect"]),
        *((f"ST_{name}({POINT}, {COLLECTION})", "GEOMETRYCOLLECTION") for name in [*PAIRS, "Intersection", "Union"]),
        *((f"ST_{name}({LINE})", "POINT expected") for name in ("X", "Y", "Z", "M", "GeoHash")),
        (f"ST_DistanceSphere({LINE}, {POINT})", "POINT expected"),
        (f"ST_DistanceSphere({POINT}, {POINT}, -1)", "radius is negative"),
        (f"ST_DWithin({POINT}, {POINT}, -1)", "threshold is negative"),
        (f"ST_SetSRID({POINT}, -1)", "SRID is negative"),
        ("ST_GeomFromText('POINT(1 2)', -1)", "SRID -1 is negative"),
        ("ST_Point('nan', 1)", "not a finite number"),
        ("ST_GeomFromText('POINT(1)')", "invalid WKT"),
        ("ST_GeomFromWKB('01')", "invalid WKB"),
        (f"ST_IsRing({POINT})", "LINESTRING expected"),
        (f"ST_Union({LINE}, {POINT})", "union of a LINESTRING"),
        (f"ST_Buffer({COLLECTION}, 1)", "GEOMETRYCOLLECTION"),
        (f"ST_Boundary({COLLECTION})", "GEOMETRYCOLLECTION"),
        (f"H3_Polyfill({POINT}, 1)", "POLYGON expected"),
        (f"H3_FromPoint({POINT}, 16)", "resolution 16"),
        ("H3_ToParent('8025fffffffffff', 1)", "finer"),
        ("ST_Distance(ST_GeogFromText('POINT(1 1)'), ST_GeogFromText('LINESTRING(1 1,2 2)'))", "POINT expected"),
        ("ST_Length(ST_GeogFromText('SRID=3857;LINESTRING(1 1,2 2)'))", "no spheroid of the SRID 3857"),
        (f"ST_Buffer({POINT}::geography, 1)", "does not exist"),
        *((f"{name}({POINT})", f"the function {name.upper()} is not supported") for name in ("ST_MemSize", "DropBBox")),
        (f"ST_Transform({POINT}, 1)", "the function ST_TRANSFORM is not supported"),
        (f"ST_Overlaps({POINT}, {POINT})", "st_overlaps.* does not exist"),
    ],
)
def test_errors(connect: Callable[..., Schema], call: str, message: str) -> None:
    """What the page of a function forbids, and what the lab or AWS doesn't have, is an error that says so."""
    with pytest.raises(psycopg.Error, match=message):
        value(connect(), call)


CHECKS: dict[str, Callable[[Any, Any], Any]] = {
    "ST_Contains": shapely.contains,
    "ST_ContainsProperly": shapely.contains_properly,
    "ST_Within": shapely.within,
    "ST_Covers": shapely.covers,
    "ST_CoveredBy": shapely.covered_by,
    "ST_Intersects": shapely.intersects,
    "ST_Disjoint": shapely.disjoint,
    "ST_Touches": shapely.touches,
    "ST_Crosses": shapely.crosses,
    "ST_Equals": shapely.equals,
    "ST_Distance": shapely.distance,
}


def pairs(seed: int, count: int, *kinds: int) -> list[tuple[shapes.Shape, shapes.Shape]]:
    """Return pairs of shapes by chance."""
    chance = random.Random(seed)
    return [(shape(chance, *kinds), shape(chance, *kinds)) for _ in range(count)]


def stored(connection: Schema, made: list[tuple[shapes.Shape, shapes.Shape]]) -> None:
    """Make the table `pair` of these."""
    connection.execute("CREATE TABLE pair (id integer, a geometry, b geometry)")
    rows = [(at, *(shapes.wkb(side).hex() for side in pair)) for at, pair in enumerate(made)]
    for start in range(0, len(rows), 500):
        values = ", ".join(f"({at}, '{a}', '{b}')" for at, a, b in rows[start : start + 500])
        connection.execute(f"INSERT INTO pair VALUES {values}".encode(), prepare=False)


@pytest.mark.parametrize("kinds", [(1, 3), (1, 2, 3, 4, 5, 6)], ids=["points and polygons", "all kinds"])
def test_pairs_are_compared_as_geos_does(schema: Schema, kinds: tuple[int, ...]) -> None:
    """For 1,500 pairs of shapes by chance, on and off a grid, each predicate and the distance are what GEOS gives."""
    made = pairs(len(kinds), 1500, *kinds)
    stored(schema, made)
    calls = ", ".join(f"{name}(a, b)" for name in CHECKS)
    rows = schema.execute(f"SELECT {calls}, ST_DWithin(a, b, 2.5) FROM pair ORDER BY id".encode()).fetchall()
    wrong = []
    for (a, b), row in zip(made, rows, strict=True):
        left, right = (shapely.from_wkb(shapes.wkb(side)) for side in (a, b))
        expected = [pytest.approx(check(left, right)) for check in CHECKS.values()]
        if list(row) != [*expected, shapely.distance(left, right) <= 2.5]:
            wrong.append((wkt.written(a, 17), wkt.written(b, 17), row))
    assert not wrong


def test_points_in_polygons_in_a_join(schema: Schema) -> None:
    """A join of 2,000 points with 20 polygons has as many pairs as GEOS counts."""
    chance = random.Random(5)
    polygons = [shape(chance, shapes.POLYGON) for _ in range(20)]
    points = [shape(chance, shapes.POINT) for _ in range(2000)]
    stored(schema, [(points[at], polygons[at % 20]) for at in range(2000)])
    join = "SELECT count(*) FROM pair p JOIN pair q ON q.id < 20 AND ST_Covers(q.b, p.a)"
    tree = shapely.STRtree([shapely.from_wkb(shapes.wkb(point)) for point in points])
    found = [len(tree.query(shapely.from_wkb(shapes.wkb(polygon)), "covers")) for polygon in polygons]
    assert schema.execute(join.encode()).fetchall() == [(sum(found),)]
    assert sum(found) > 1000


def test_overlays_are_areas_of_geos(schema: Schema) -> None:
    """Unions, intersections, hulls, centroids and buffers of 300 pairs by chance are GEOS's, in AWS's order of points."""
    made = pairs(7, 300, shapes.POLYGON)
    stored(schema, made)
    calls = "ST_Union(a, b), ST_Intersection(a, b), ST_ConvexHull(a), ST_Centroid(a), ST_Buffer(a, 0.5)"
    for (a, b), row in zip(made, schema.execute(f"SELECT {calls} FROM pair ORDER BY id".encode()), strict=True):
        left, right = (shapely.from_wkb(shapes.wkb(side)) for side in (a, b))
        expected = (left | right, left & right, left.convex_hull, left.centroid, left.buffer(0.5, quad_segs=8))
        for text, wanted in zip(row, expected, strict=True):
            assert shapely.symmetric_difference(shapely.from_wkb(bytes.fromhex(text)), wanted).area < 1e-9


def test_a_column_is_described_as_on_aws(schema: Schema) -> None:
    """The catalog names the type and its encoding, and a driver gets the type's number and hexadecimal EWKB."""
    schema.execute("CREATE TABLE place (id integer, g geometry NOT NULL, h geography)")
    schema.execute("INSERT INTO place VALUES (1, 'POINT(1 2)', 'POINT(3 4)')")
    cursor = schema.execute("SELECT g, h, NULL::geometry FROM place")
    assert cursor.description is not None
    assert [column.type_code for column in cursor.description] == [3000, 3001, 3000]
    geography = "0101000020E610000000000000000008400000000000001040"
    assert cursor.fetchall() == [("0101000000000000000000F03F0000000000000040", geography, None)]
    table = "SELECT \"column\", type, encoding FROM pg_table_def WHERE tablename = 'place' ORDER BY 1"
    assert schema.execute(table).fetchall()[:2] == [("g", "geometry", "none"), ("h", "geography", "none")]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE TABLE x (g geometry SORTKEY)", "cannot be a sort key"),
        ("CREATE TABLE x (g geography) DISTKEY (g)", "cannot be a distribution key"),
        ("CREATE TABLE x (g geometry ENCODE zstd)", "encoding zstd is not supported"),
        ("SELECT g FROM place ORDER BY g", "ordering operator for type geometry"),
        ("SELECT g FROM place GROUP BY g", "equality operator for type geometry"),
        ("SELECT DISTINCT g FROM place", "equality operator for type geometry"),
        ("SELECT g FROM place UNION SELECT g FROM place", "equality operator for type geometry"),
        ("SELECT max(g) FROM place", "does not exist"),
        ("INSERT INTO place VALUES ('{1,2}')", "invalid WKT"),
        ("SELECT '{1,2}'::geometry", "invalid WKT"),
        ("SELECT redshift_lab.spatial_query('spatial', 'x')", "permission denied|does not exist"),
    ],
)
def test_what_aws_forbids(schema: Schema, statement: str, message: str) -> None:
    """GEOMETRY and GEOGRAPHY are no keys, have no order, and take no other text (spatial-limitations)."""
    schema.execute("CREATE TABLE place (g geometry)")
    with pytest.raises(psycopg.Error, match=message):
        schema.execute(statement.encode())


def test_types_in_tables_views_and_procedures(schema: Schema) -> None:
    """Geometries pass through CTAS, views, updates, procedures, CASE and COALESCE, and are cast to geographies."""
    schema.execute("CREATE TABLE a AS SELECT 1 AS id, ST_Point(1, 2) AS g UNION ALL SELECT 2, NULL")
    schema.execute("CREATE VIEW v AS SELECT id, ST_X(g) AS x, g::geography AS h FROM a")
    assert schema.execute("SELECT x, ST_AsEWKT(h) FROM v ORDER BY id").fetchall() == [
        (1, "SRID=4326;POINT(1 2)"),
        (None, None),
    ]
    schema.execute("UPDATE a SET g = 'POINT(5 5)' WHERE id = 2")
    body = "BEGIN INSERT INTO a SELECT id + 2, ST_Buffer(g, 1) FROM a; END"
    schema.execute(f"CREATE PROCEDURE p() AS $$ {body} $$ LANGUAGE plpgsql".encode())
    schema.execute("CALL p()")
    rows = schema.execute("SELECT CASE WHEN id > 2 THEN ST_NPoints(g) END, COALESCE(g, g) IS NULL FROM a ORDER BY id")
    assert rows.fetchall() == [(None, False), (None, False), (33, False), (33, False)]
    cast = "SELECT ST_AsEWKT(ST_SetSRID(g, 4267)::geography), ST_AsEWKT(g::geography::geometry) FROM a WHERE id = 1"
    assert schema.execute(cast).fetchall() == [("SRID=4267;POINT(1 2)", "SRID=4326;POINT(1 2)")]


def test_an_ended_process_is_started_again(connect: Callable[..., Schema]) -> None:
    """A session goes on to ask after the process of the spatial functions was killed; nothing is lost with it."""
    connection = connect()
    assert value(connection, f"ST_NPoints({LINE})") == 3
    mine = [
        one
        for one in psutil.process_iter(["cmdline"])
        if "localcloud.redshift.gateway.spatial" in (one.info["cmdline"] or [])
    ]
    assert mine
    for process in mine:
        process.kill()
    assert value(connection, f"ST_NPoints({SQUARE})") == 5


@pytest.mark.parametrize("form", ["FORMAT CSV", "DELIMITER '|'"])
def test_copy_and_unload_keep_every_shape(schema: Schema, bucket: str, in_lab: Mapping[str, str], form: str) -> None:
    """Shapes by chance come back from UNLOAD as hexadecimal EWKB and from COPY as they were, byte for byte."""
    chance = random.Random(11)
    made = [shape(chance, *range(1, 8), flat=False, empty=0.1) for _ in range(300)]
    lines = [shapes.wkb(one).hex() if at % 2 else wkt.written(one, 17, extended=True) for at, one in enumerate(made)]
    s3 = boto3.client("s3")
    text = "\n".join(f'{at};"{line}"' for at, line in enumerate(lines)).encode()
    s3.put_object(Bucket=bucket, Key="spatial/in", Body=text)
    schema.execute("CREATE TABLE a (id integer, g geometry)")
    role = "IAM_ROLE 'arn:aws:iam::123456789012:role/LabRole'"
    schema.execute(f"COPY a FROM 's3://{bucket}/spatial/in' {role} FORMAT CSV DELIMITER ';'".encode())
    schema.execute(
        f"UNLOAD ('SELECT * FROM a') TO 's3://{bucket}/spatial/out' {role} {form} ALLOWOVERWRITE PARALLEL OFF".encode()
    )
    schema.execute("CREATE TABLE b (LIKE a)")
    schema.execute(f"COPY b FROM 's3://{bucket}/spatial/out' {role} {form}".encode())
    rows = schema.execute("SELECT a.id, a.g, b.g FROM a JOIN b USING (id) ORDER BY 1").fetchall()
    assert [(row[1], row[2]) for row in rows] == [(shapes.wkb(one).hex().upper(),) * 2 for one in made]
    assert s3.get_object(Bucket=bucket, Key="spatial/out000")["Body"].read().decode().count("\n") == 300


def test_copy_rejects_text_that_is_no_shape(schema: Schema, bucket: str, in_lab: Mapping[str, str]) -> None:
    """A field that is neither WKT nor WKB fails the COPY, and is logged with its reason."""
    boto3.client("s3").put_object(Bucket=bucket, Key="spatial/bad", Body=b"1;POINT(1 2)\n2;POINT(1)\n")
    schema.execute("CREATE TABLE a (id integer, g geometry)")
    copy = f"COPY a FROM 's3://{bucket}/spatial/bad' IAM_ROLE 'arn:aws:iam::123456789012:role/LabRole' DELIMITER ';'"
    with pytest.raises(psycopg.Error, match="stl_load_errors"):
        schema.execute(copy.encode())
    logged = "SELECT trim(colname), trim(err_reason) FROM stl_load_errors ORDER BY starttime DESC LIMIT 1"
    assert schema.execute(logged).fetchall() == [("g", "invalid WKT: a point has 1 coordinates, not 2")]


@pytest.mark.parametrize("form", ["FORMAT PARQUET", "FORMAT JSON", "FIXEDWIDTH '0:9'"])
def test_unload_refuses_other_formats(schema: Schema, bucket: str, form: str) -> None:
    """GEOMETRY is unloaded to text and CSV only (r_UNLOAD)."""
    schema.execute("CREATE TABLE a (g geometry)")
    unload = (
        f"UNLOAD ('SELECT g FROM a') TO 's3://{bucket}/spatial/x' IAM_ROLE 'arn:aws:iam::123456789012:role/LabRole' "
    )
    with pytest.raises(psycopg.Error, match="does not support GEOMETRY"):
        schema.execute((unload + form).encode())


def test_h3_of_many_points(schema: Schema) -> None:
    """The cells of points of a table are grouped as the library of H3 groups them (H3_FromPoint)."""
    import h3

    chance = random.Random(13)
    places = [(chance.uniform(13, 13.6), chance.uniform(52.3, 52.6)) for _ in range(500)]
    values = ", ".join(f"({x!r}, {y!r})" for x, y in places)
    schema.execute("CREATE TABLE p (x float8, y float8)")
    schema.execute(f"INSERT INTO p VALUES {values}".encode())
    rows = schema.execute("SELECT H3_FromPoint(ST_Point(x, y), 7), count(*) FROM p GROUP BY 1").fetchall()
    cells = [h3.str_to_int(h3.latlng_to_cell(y, x, 7)) for x, y in places]
    assert dict(rows) == {cell: cells.count(cell) for cell in cells}
