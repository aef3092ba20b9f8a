-- Spatial functions: https://docs.aws.amazon.com/redshift/latest/dg/geospatial-functions.html
-- Points are computed here, where a million of them take a second; the rest is asked (docs/adr/0018).
-- An error within an expression. What it depends on keeps the planner from raising it before its time.
CREATE FUNCTION redshift_lab.wrong(message text, witness float8) RETURNS text LANGUAGE plpgsql IMMUTABLE
  PARALLEL SAFE AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = message;
END $$;
CREATE FUNCTION redshift_lab.is_point(g geometry) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT $1[1] IN (1, 1001, 2001, 3001)
$$;
CREATE FUNCTION redshift_lab.coordinate(g geometry, place integer) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$
  SELECT CASE WHEN NOT redshift_lab.is_point($1) THEN redshift_lab.wrong('POINT expected', $1[1])::float8
    ELSE nullif($1[$2], 'NaN') END
$$;
CREATE FUNCTION pg_catalog.st_x(point geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT redshift_lab.coordinate($1, 3)
$$;
CREATE FUNCTION pg_catalog.st_y(point geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT redshift_lab.coordinate($1, 4)
$$;
CREATE FUNCTION pg_catalog.st_z(point geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT redshift_lab.coordinate($1, CASE WHEN $1[1] = 2001 THEN 9 ELSE 7 END)
$$;
CREATE FUNCTION pg_catalog.st_m(point geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT redshift_lab.coordinate($1, CASE $1[1] WHEN 2001 THEN 7 WHEN 3001 THEN 8 ELSE 9 END)
$$;
CREATE FUNCTION redshift_lab.point(VARIADIC c float8[]) RETURNS geometry LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF array_position(c, NULL) IS NOT NULL THEN
    RETURN NULL;
  ELSIF 'NaN' = ANY (c) OR 'Infinity' = ANY (c) OR '-Infinity' = ANY (c) THEN
    PERFORM redshift_lab.raise('22023', 'a coordinate is not a finite number');
  END IF;
  RETURN (ARRAY[CASE cardinality(c) WHEN 2 THEN 1 WHEN 3 THEN 1001 ELSE 3001 END, 0, c[1], c[2], c[1], c[2]] || c[3:])
    ::geometry;
END $$;
CREATE FUNCTION pg_catalog.st_makepoint(x float8, y float8) RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN $1 - $1 + $2 - $2 = 0 THEN ARRAY[1, 0, $1, $2, $1, $2]::geometry
    ELSE redshift_lab.point($1, $2) END
$$;
CREATE FUNCTION pg_catalog.st_point(x float8, y float8) RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN $1 - $1 + $2 - $2 = 0 THEN ARRAY[1, 0, $1, $2, $1, $2]::geometry
    ELSE redshift_lab.point($1, $2) END
$$;
CREATE FUNCTION pg_catalog.st_makepoint(x float8, y float8, z float8) RETURNS geometry LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.point($1, $2, $3)';
CREATE FUNCTION pg_catalog.st_makepoint(x float8, y float8, z float8, m float8) RETURNS geometry LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.point($1, $2, $3, $4)';
CREATE FUNCTION pg_catalog.st_srid(geom geometry) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT $1[2]::integer
$$;
CREATE FUNCTION pg_catalog.st_setsrid(geom geometry, srid integer) RETURNS geometry LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
  SELECT CASE WHEN $2 < 0 THEN redshift_lab.shape(redshift_lab.wrong('the SRID is negative', $2))
    ELSE (ARRAY[$1[1], $2] || ($1::float8[])[3:])::geometry END
$$;
CREATE FUNCTION pg_catalog.st_xmin(geom geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif($1[3], 'NaN')
$$;
CREATE FUNCTION pg_catalog.st_ymin(geom geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif($1[4], 'NaN')
$$;
CREATE FUNCTION pg_catalog.st_xmax(geom geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif($1[5], 'NaN')
$$;
CREATE FUNCTION pg_catalog.st_ymax(geom geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif($1[6], 'NaN')
$$;
CREATE FUNCTION pg_catalog.st_isempty(geom geometry) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT $1[3] = 'NaN'
$$;
CREATE FUNCTION redshift_lab.shape_kind(geom geometry) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT $1[1]::integer % 1000
$$;
CREATE FUNCTION pg_catalog.st_geometrytype(geom geometry) RETURNS varchar LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ('{ST_Point,ST_LineString,ST_Polygon,ST_MultiPoint,ST_MultiLineString,ST_MultiPolygon,ST_GeometryCollection}'
    ::varchar[])[redshift_lab.shape_kind($1)]
$$;
CREATE FUNCTION pg_catalog.st_ndims(geom geometry) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE $1[1]::integer / 1000 WHEN 0 THEN 2 WHEN 3 THEN 4 WHEN 1 THEN 3 WHEN 2 THEN 3 END
$$;
CREATE FUNCTION pg_catalog.st_iscollection(geom geometry) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT redshift_lab.shape_kind($1) > 3
$$;
CREATE FUNCTION pg_catalog.st_numpoints(geom geometry) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE redshift_lab.shape_kind($1) WHEN 2 THEN $1[7]::integer END
$$;
CREATE FUNCTION pg_catalog.st_numinteriorrings(geom geometry) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE redshift_lab.shape_kind($1) WHEN 3 THEN greatest($1[7]::integer - 1, 0) END
$$;
-- Both calls give the same geometry: the lab keeps a bounding box with all.
CREATE FUNCTION pg_catalog.addbbox(geom geometry) RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT $1';
CREATE FUNCTION pg_catalog.supportsbbox(geom geometry) RETURNS boolean LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT $1 IS NOT NULL OR NULL';

-- Whether two boxes have no point in common, which decides most pairs; null if an argument is.
CREATE FUNCTION redshift_lab.comparable(a geometry, b geometry) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$
  SELECT CASE WHEN $1[2] <> $2[2] THEN redshift_lab.wrong('the geometries have different SRIDs', $1[2] - $2[2])::boolean
    WHEN $1[1] IN (7, 1007, 2007, 3007) OR $2[1] IN (7, 1007, 2007, 3007)
      THEN redshift_lab.wrong('a GEOMETRYCOLLECTION is not supported by this function', $1[1] + $2[1])::boolean
    ELSE $1[2] = $2[2] END
$$;
CREATE FUNCTION redshift_lab.is_apart(a geometry, b geometry, threshold float8) RETURNS boolean LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$
  SELECT CASE WHEN redshift_lab.comparable($1, $2) THEN $1[3] > $2[5] + $3 OR $1[5] + $3 < $2[3] OR $1[4] > $2[6] + $3
    OR $1[6] + $3 < $2[4] OR $1[3] = 'NaN' OR $2[3] = 'NaN' END
$$;
-- The place of a point to a polygon: 1 inside, 0 on its boundary, -1 outside; null where rounding could matter, and for
-- other shapes.
CREATE FUNCTION redshift_lab.side(polygon geometry, point geometry) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  g float8[] := polygon::float8[];
  x float8 := point[3];
  y float8 := point[4];
  i integer := 8;
  last integer;
  x1 float8;
  y1 float8;
  x2 float8;
  y2 float8;
  l float8;
  r float8;
  inside boolean := false;
BEGIN
  IF g[1] <> 3 OR cardinality(g) > 400 OR NOT redshift_lab.is_point(point) OR x = 'NaN' THEN
    RETURN NULL;
  END IF;
  FOR ring IN 1 .. g[7]::integer LOOP
    last := i + 2 * g[i]::integer - 2;
    x1 := g[i + 1];
    y1 := g[i + 2];
    i := i + 1;
    WHILE i < last LOOP
      i := i + 2;
      x2 := g[i];
      y2 := g[i + 1];
      IF (y1 <= y) <> (y2 <= y) THEN
        l := (x1 - x) * (y2 - y);
        r := (x2 - x) * (y1 - y);
        IF abs(l - r) <= 1e-14 * (abs(l) + abs(r)) THEN
          RETURN NULL;
        END IF;
        inside := inside <> ((l > r) = (y2 > y1));
      ELSIF y1 = y AND (y2 = y OR x1 = x) THEN
        RETURN NULL;
      END IF;
      x1 := x2;
      y1 := y2;
    END LOOP;
    i := i + 2;
  END LOOP;
  RETURN CASE WHEN inside THEN 1 ELSE -1 END;
END $$;
