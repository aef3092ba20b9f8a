-- Spatial functions that the process next to the engine computes (redshift/spatial/operations.py), under these names.
-- Signature, result, operation, arguments: g1 is the first argument as a list of numbers, t1 as text, else a constant.
DO $$
DECLARE
  f record;
  given text;
BEGIN
  FOR f IN SELECT * FROM (VALUES
  ('st_geomfromtext(wkt varchar)', 'geometry', 'st_geomfromtext', '0 t1'),
  ('st_geomfromtext(wkt varchar, srid integer)', 'geometry', 'st_geomfromtext', 't2 t1'),
  ('st_geomfromewkt(ewkt varchar)', 'geometry', 'st_geomfromewkt', 't1'),
  ('st_geomfromwkb(wkb varchar)', 'geometry', 'st_geomfromwkb', '0 t1'),
  ('st_geomfromwkb(wkb varchar, srid integer)', 'geometry', 'st_geomfromwkb', 't2 t1'),
  ('st_geomfromewkb(ewkb varchar)', 'geometry', 'st_geomfromewkb', 't1'),
  ('st_geomfromgeojson(geojson varchar)', 'geometry', 'st_geomfromgeojson', 't1'),
  ('st_geomfromgeohash(geohash varchar)', 'geometry', 'st_geomfromgeohash', '-1 t1'),
  ('st_geomfromgeohash(geohash varchar, precision_ integer)', 'geometry', 'st_geomfromgeohash', 't2 t1'),
  ('st_geogfromtext(wkt varchar)', 'geography', 'st_geogfromtext', 't1'),
  ('st_geogfromwkb(wkb varchar)', 'geography', 'st_geogfromwkb', 't1'),
  ('st_astext(geo geometry, digits integer)', 'varchar', 'st_astext', 'g1 t2'),
  ('st_astext(geo geography)', 'varchar', 'st_astext', 'g1 15'),
  ('st_astext(geo geography, digits integer)', 'varchar', 'st_astext', 'g1 t2'),
  ('st_asewkt(geo geometry, digits integer)', 'varchar', 'st_asewkt', 'g1 t2'),
  ('st_asewkt(geo geography)', 'varchar', 'st_asewkt', 'g1 15'),
  ('st_asewkt(geo geography, digits integer)', 'varchar', 'st_asewkt', 'g1 t2'),
  ('st_asgeojson(geo geometry)', 'varchar', 'st_asgeojson', 'g1 15'),
  ('st_asgeojson(geo geometry, digits integer)', 'varchar', 'st_asgeojson', 'g1 t2'),
  ('st_asgeojson(geo geography)', 'varchar', 'st_asgeojson', 'g1 15'),
  ('st_asgeojson(geo geography, digits integer)', 'varchar', 'st_asgeojson', 'g1 t2'),
  ('st_asbinary(geom geometry)', 'varbyte', 'wkb', 'g1'),
  ('st_asewkb(geom geometry)', 'varbyte', 'ewkb', 'g1'),
  ('st_ashexwkb(geo geometry)', 'varchar', 'wkb', 'g1'),
  ('st_ashexwkb(geo geography)', 'varchar', 'wkb', 'g1'),
  ('st_ashexewkb(geo geometry)', 'varchar', 'hex', 'g1'),
  ('st_ashexewkb(geo geography)', 'varchar', 'hex', 'g1'),
  ('st_geohash(geom geometry)', 'varchar', 'st_geohash', 'g1 20'),
  ('st_geohash(geom geometry, letters integer)', 'varchar', 'st_geohash', 'g1 t2'),
  ('geometrytype(geom geometry)', 'varchar', 'geometrytype', 'g1'),
  ('st_npoints(geo geometry)', 'integer', 'st_npoints', 'g1'),
  ('st_npoints(geo geography)', 'integer', 'st_npoints', 'g1'),
  ('st_isclosed(geom geometry)', 'boolean', 'st_isclosed', 'g1'),
  ('st_ispolygonccw(geom geometry)', 'boolean', 'st_ispolygonccw', 'g1'),
  ('st_ispolygoncw(geom geometry)', 'boolean', 'st_ispolygoncw', 'g1'),
  ('st_isring(geom geometry)', 'boolean', 'st_isring', 'g1'),
  ('st_issimple(geom geometry)', 'boolean', 'st_issimple', 'g1'),
  ('st_isvalid(geom geometry)', 'boolean', 'st_isvalid', 'g1'),
  ('st_dimension(geom geometry)', 'integer', 'st_dimension', 'g1'),
  ('st_nrings(geom geometry)', 'integer', 'st_nrings', 'g1'),
  ('st_numgeometries(geom geometry)', 'integer', 'st_numgeometries', 'g1'),
  ('st_geometryn(geom geometry, index integer)', 'geometry', 'st_geometryn', 'g1 t2'),
  ('st_pointn(geom geometry, index integer)', 'geometry', 'st_pointn', 'g1 t2'),
  ('st_startpoint(geom geometry)', 'geometry', 'st_pointn', 'g1 1'),
  ('st_endpoint(geom geometry)', 'geometry', 'st_pointn', 'g1 -1'),
  ('st_exteriorring(geom geometry)', 'geometry', 'st_exteriorring', 'g1'),
  ('st_interiorringn(geom geometry, index integer)', 'geometry', 'st_interiorringn', 'g1 t2'),
  ('st_zmax(geom geometry)', 'float8', 'st_zmax', 'g1'),
  ('st_zmin(geom geometry)', 'float8', 'st_zmin', 'g1'),
  ('st_mmax(geom geometry)', 'float8', 'st_mmax', 'g1'),
  ('st_mmin(geom geometry)', 'float8', 'st_mmin', 'g1'),
  ('st_force2d(geom geometry)', 'geometry', 'st_force2d', 'g1'),
  ('st_force3d(geom geometry)', 'geometry', 'st_force3dz', 'g1'),
  ('st_force3dz(geom geometry)', 'geometry', 'st_force3dz', 'g1'),
  ('st_force3dm(geom geometry)', 'geometry', 'st_force3dm', 'g1'),
  ('st_force4d(geom geometry)', 'geometry', 'st_force4d', 'g1'),
  ('st_reverse(geom geometry)', 'geometry', 'st_reverse', 'g1'),
  ('st_points(geom geometry)', 'geometry', 'st_points', 'g1'),
  ('st_multi(geom geometry)', 'geometry', 'st_multi', 'g1'),
  ('st_envelope(geom geometry)', 'geometry', 'st_envelope', 'g1'),
  ('st_makeenvelope(xmin float8, ymin float8, xmax float8, ymax float8)', 'geometry', 'st_makeenvelope',
    't1 t2 t3 t4 0'),
  ('st_makeenvelope(xmin float8, ymin float8, xmax float8, ymax float8, srid integer)', 'geometry', 'st_makeenvelope',
    't1 t2 t3 t4 t5'),
  ('st_addpoint(line geometry, point geometry)', 'geometry', 'st_addpoint', 'g1 g2 -1'),
  ('st_addpoint(line geometry, point geometry, index integer)', 'geometry', 'st_addpoint', 'g1 g2 t3'),
  ('st_removepoint(line geometry, index integer)', 'geometry', 'st_removepoint', 'g1 t2'),
  ('st_setpoint(line geometry, index integer, point geometry)', 'geometry', 'st_setpoint', 'g1 t2 g3'),
  ('st_makeline(geom1 geometry, geom2 geometry)', 'geometry', 'st_makeline', 'g1 g2'),
  ('st_linefrommultipoint(geom geometry)', 'geometry', 'st_linefrommultipoint', 'g1'),
  ('st_makepolygon(shell geometry)', 'geometry', 'st_makepolygon', 'g1'),
  ('st_makepolygon(shell geometry, holes geometry)', 'geometry', 'st_makepolygon2', 'g1 g2'),
  ('st_azimuth(point1 geometry, point2 geometry)', 'float8', 'st_azimuth', 'g1 g2'),
  ('st_angle(geom1 geometry, geom2 geometry, geom3 geometry)', 'float8', 'st_angle3', 'g1 g2 g3'),
  ('st_angle(geom1 geometry, geom2 geometry, geom3 geometry, geom4 geometry)', 'float8', 'st_angle4', 'g1 g2 g3 g4'),
  ('st_lineinterpolatepoint(geom geometry, fraction float8)', 'geometry', 'st_lineinterpolatepoint', 'g1 t2'),
  ('st_area(geo geometry)', 'float8', 'st_area', 'g1'),
  ('st_area(geo geography)', 'float8', 'geography_area', 'g1'),
  ('st_length(geo geometry)', 'float8', 'st_length', 'g1'),
  ('st_length(geo geography)', 'float8', 'geography_length', 'g1'),
  ('st_length2d(geo geometry)', 'float8', 'st_length', 'g1'),
  ('st_length2d(geo geography)', 'float8', 'geography_length', 'g1'),
  ('st_lengthsphere(geom geometry)', 'float8', 'st_lengthsphere', 'g1'),
  ('st_perimeter(geo geometry)', 'float8', 'st_perimeter', 'g1'),
  ('st_perimeter(geo geography)', 'float8', 'geography_perimeter', 'g1'),
  ('st_perimeter2d(geo geometry)', 'float8', 'st_perimeter', 'g1'),
  ('st_perimeter2d(geo geography)', 'float8', 'geography_perimeter', 'g1'),
  ('st_intersection(geom1 geometry, geom2 geometry)', 'geometry', 'st_intersection', 'g1 g2'),
  ('st_buffer(geom geometry, distance float8)', 'geometry', 'st_buffer', 'g1 t2 8'),
  ('st_buffer(geom geometry, distance float8, segments integer)', 'geometry', 'st_buffer', 'g1 t2 t3'),
  ('st_convexhull(geom geometry)', 'geometry', 'st_convexhull', 'g1'),
  ('st_centroid(geom geometry)', 'geometry', 'st_centroid', 'g1'),
  ('st_boundary(geom geometry)', 'geometry', 'st_boundary', 'g1'),
  ('st_simplify(geom geometry, tolerance float8)', 'geometry', 'st_simplify', 'g1 t2'),
  ('h3_fromlonglat(longitude float8, latitude float8, resolution integer)', 'bigint', 'h3_fromlonglat', 't1 t2 t3'),
  ('h3_frompoint(geom geometry, resolution integer)', 'bigint', 'h3_frompoint', 'g1 t2'),
  ('h3_polyfill(geom geometry, resolution integer)', 'super', 'h3_polyfill', 'g1 t2'),
  ('h3_boundary(index bigint)', 'geometry', 'h3_boundary', 't1'),
  ('h3_boundary(index varchar)', 'geometry', 'h3_boundary', 't1'),
  ('h3_center(index bigint)', 'geometry', 'h3_center', 't1'),
  ('h3_center(index varchar)', 'geometry', 'h3_center', 't1'),
  ('h3_isvalid(index bigint)', 'boolean', 'h3_isvalid', 't1'),
  ('h3_isvalid(index varchar)', 'boolean', 'h3_isvalid', 't1'),
  ('h3_resolution(index bigint)', 'integer', 'h3_resolution', 't1'),
  ('h3_resolution(index varchar)', 'integer', 'h3_resolution', 't1'),
  ('h3_toparent(index bigint, resolution integer)', 'bigint', 'h3_toparent', 't2 t1'),
  ('h3_toparent(index varchar, resolution integer)', 'bigint', 'h3_toparent', 't2 t1'),
  ('h3_tochildren(index bigint, resolution integer)', 'super', 'h3_tochildren', 't2 t1'),
  ('h3_tochildren(index varchar, resolution integer)', 'super', 'h3_tochildren', 't2 t1')
  ) v(signature, result, operation, arguments) LOOP
    SELECT string_agg(CASE left(a, 1) WHEN 'g' THEN format('redshift_lab.listed($%s%s)', substr(a, 2),
      CASE WHEN f.signature LIKE '%geography%' THEN '::geometry' END) WHEN 't' THEN format('$%s::text', substr(a, 2))
      ELSE quote_literal(a) END, ', ' ORDER BY n) INTO given
      FROM string_to_table(f.arguments, ' ') WITH ORDINALITY t(a, n);
    given := format('redshift_lab.ask(%L, %s)', f.operation, given);
    EXECUTE format('CREATE FUNCTION pg_catalog.%s RETURNS %s LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS %L',
      f.signature, f.result, 'SELECT ' || CASE f.result WHEN 'geometry' THEN format('redshift_lab.shape(%s)', given)
        WHEN 'geography' THEN format('redshift_lab.shape(%s)::float8[]::geography', given)
        WHEN 'varbyte' THEN format('decode(%s, ''hex'')', given)
        WHEN 'super' THEN format('%s::json::super', given) ELSE format('%s::%s', given, f.result) END);
  END LOOP;
END $$;

-- Predicates: the boxes decide first, then the place of a point in a polygon.
CREATE FUNCTION redshift_lab.compared(name text, a geometry, b geometry) RETURNS boolean LANGUAGE sql IMMUTABLE
  PARALLEL RESTRICTED AS $$
  SELECT redshift_lab.ask($1, redshift_lab.listed($2), redshift_lab.listed($3))::boolean
$$;
CREATE FUNCTION redshift_lab.holds(name text, polygon geometry, point geometry) RETURNS boolean LANGUAGE sql IMMUTABLE
  PARALLEL RESTRICTED AS $$
  SELECT CASE redshift_lab.side($2, $3) WHEN 1 THEN true WHEN -1 THEN false ELSE redshift_lab.compared($1, $2, $3) END
$$;
CREATE FUNCTION redshift_lab.meets(a geometry, b geometry) RETURNS boolean LANGUAGE sql IMMUTABLE
  PARALLEL RESTRICTED AS $$
  SELECT CASE WHEN redshift_lab.is_apart($1, $2, 0) THEN false
    WHEN redshift_lab.is_point($2) THEN redshift_lab.holds('st_intersects', $1, $2)
    WHEN redshift_lab.is_point($1) THEN redshift_lab.holds('st_intersects', $2, $1)
    ELSE redshift_lab.compared('st_intersects', $1, $2) END
$$;
DO $$
DECLARE
  f record;
BEGIN
  FOR f IN SELECT * FROM (VALUES
  ('st_contains', 'CASE WHEN redshift_lab.is_apart($1, $2, 0) THEN false ELSE redshift_lab.holds(%L, $1, $2) END'),
  ('st_containsproperly', 'CASE WHEN redshift_lab.is_apart($1, $2, 0) THEN false ELSE redshift_lab.holds(%L, $1, $2) '
    'END'),
  ('st_covers', 'CASE WHEN redshift_lab.is_apart($1, $2, 0) THEN false ELSE redshift_lab.holds(%L, $1, $2) END'),
  ('st_within', 'st_contains($2, $1)'),
  ('st_coveredby', 'st_covers($2, $1)'),
  ('st_intersects', 'redshift_lab.meets($1, $2)'),
  ('st_disjoint', 'NOT redshift_lab.meets($1, $2)'),
  ('st_touches', 'CASE WHEN redshift_lab.is_apart($1, $2, 0) THEN false ELSE redshift_lab.compared(%L, $1, $2) END'),
  ('st_crosses', 'CASE WHEN redshift_lab.is_apart($1, $2, 0) THEN false ELSE redshift_lab.compared(%L, $1, $2) END'),
  ('st_equals', 'CASE WHEN redshift_lab.is_apart($1, $2, 0) THEN false ELSE redshift_lab.compared(%L, $1, $2) END')
  ) v(name, body) LOOP
    EXECUTE format('CREATE FUNCTION pg_catalog.%s(geom1 geometry, geom2 geometry) RETURNS boolean LANGUAGE sql '
      'IMMUTABLE PARALLEL RESTRICTED AS %L', f.name, 'SELECT ' || format(f.body, f.name));
  END LOOP;
END $$;

-- Distances: of points here.
CREATE FUNCTION redshift_lab.straight(a geometry, b geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT sqrt(($1[3] - $2[3]) * ($1[3] - $2[3]) + ($1[4] - $2[4]) * ($1[4] - $2[4]))
$$;
CREATE FUNCTION pg_catalog.st_distance(geo1 geometry, geo2 geometry) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL RESTRICTED AS $$
  SELECT CASE WHEN NOT redshift_lab.comparable($1, $2) OR $1[3] = 'NaN' OR $2[3] = 'NaN' THEN NULL
    WHEN redshift_lab.is_point($1) AND redshift_lab.is_point($2) THEN redshift_lab.straight($1, $2)
    ELSE redshift_lab.ask('st_distance', redshift_lab.listed($1), redshift_lab.listed($2))::float8 END
$$;
CREATE FUNCTION pg_catalog.st_dwithin(geom1 geometry, geom2 geometry, threshold float8) RETURNS boolean LANGUAGE sql
  IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT CASE WHEN $3 < 0 THEN redshift_lab.wrong('the threshold is negative', $3)::boolean
    WHEN redshift_lab.is_apart($1, $2, $3) THEN false
    WHEN redshift_lab.is_point($1) AND redshift_lab.is_point($2) THEN redshift_lab.straight($1, $2) <= $3
    ELSE redshift_lab.ask('st_dwithin', redshift_lab.listed($1), redshift_lab.listed($2), $3::text)::boolean END
$$;
CREATE FUNCTION pg_catalog.st_distancesphere(geom1 geometry, geom2 geometry, radius float8) RETURNS float8 LANGUAGE sql
  IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN $3 < 0 THEN redshift_lab.wrong('the radius is negative', $3)::float8
    WHEN NOT redshift_lab.is_point($1) OR NOT redshift_lab.is_point($2)
      THEN redshift_lab.wrong('POINT expected', $1[1] + $2[1])::float8
    WHEN $1[3] <> 'NaN' AND $2[3] <> 'NaN' AND redshift_lab.comparable($1, $2)
      THEN 2 * $3 * asin(least(1, sqrt(sind(($2[4] - $1[4]) / 2) ^ 2
        + cosd($1[4]) * cosd($2[4]) * sind(($2[3] - $1[3]) / 2) ^ 2))) END
$$;
CREATE FUNCTION pg_catalog.st_distancesphere(geom1 geometry, geom2 geometry) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT st_distancesphere($1, $2, 6371008.771415059)';

-- Andoyer's formula, as in redshift/spatial/geodesy.py; the spheroid of another SRID is looked up there.
CREATE FUNCTION redshift_lab.geodesic(a geometry, b geometry) RETURNS float8 LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL RESTRICTED AS $$
DECLARE
  north float8 := sind(a[4]);
  south float8 := sind(b[4]);
  cosine float8;
  arc float8;
BEGIN
  IF a[2] <> 4326 OR b[2] <> 4326 OR a[1] <> 1 OR b[1] <> 1 OR a[3] = 'NaN' OR b[3] = 'NaN' THEN
    RETURN redshift_lab.ask('geography_distance', redshift_lab.listed(a), redshift_lab.listed(b))::float8;
  ELSIF a[3] = b[3] AND a[4] = b[4] THEN
    RETURN 0;
  END IF;
  cosine := greatest(-1, least(1, north * south + cosd(a[4]) * cosd(b[4]) * cosd(b[3] - a[3])));
  arc := acos(cosine);
  RETURN 6378137 * (arc - (CASE cosine WHEN 1 THEN 0 ELSE (arc + 3 * sin(arc)) / (1 - cosine) END * (north - south) ^ 2
    + CASE cosine WHEN -1 THEN 0 ELSE (arc - 3 * sin(arc)) / (1 + cosine) END * (north + south) ^ 2)
    / (4 * 298.257223563));
END $$;
CREATE FUNCTION pg_catalog.st_distance(geo1 geography, geo2 geography) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL RESTRICTED AS 'SELECT redshift_lab.geodesic($1::geometry, $2::geometry)';

-- The text of a point, with 15 digits as the guide prints; null for other shapes.
CREATE FUNCTION redshift_lab.wkt(name text, geom geometry) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE SET extra_float_digits = 0 AS $$
BEGIN
  IF geom[1] = 1 AND geom[3] <> 'NaN' THEN
    RETURN CASE WHEN name = 'st_asewkt' AND geom[2] <> 0 THEN 'SRID=' || geom[2]::integer || ';' ELSE '' END
      || 'POINT(' || geom[3] + 0 || ' ' || geom[4] + 0 || ')';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION pg_catalog.st_astext(geo geometry) RETURNS varchar LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT coalesce(redshift_lab.wkt('st_astext', $1), redshift_lab.ask('st_astext', redshift_lab.listed($1), '15'))
$$;
CREATE FUNCTION pg_catalog.st_asewkt(geo geometry) RETURNS varchar LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT coalesce(redshift_lab.wkt('st_asewkt', $1), redshift_lab.ask('st_asewkt', redshift_lab.listed($1), '15'))
$$;

-- Whole sets. The first null or empty argument decides as the guide says for each.
CREATE FUNCTION redshift_lab.gathered(name text, shapes geometry[]) RETURNS geometry LANGUAGE sql IMMUTABLE
  PARALLEL RESTRICTED AS $$
  SELECT redshift_lab.shape(redshift_lab.ask($1, nullif(array_to_string($2, E'\x1e'), '')))
$$;
CREATE FUNCTION pg_catalog.st_collect(geom1 geometry, geom2 geometry) RETURNS geometry LANGUAGE sql IMMUTABLE
  PARALLEL RESTRICTED AS $$SELECT redshift_lab.gathered('st_collect', ARRAY[$1, $2])$$;
CREATE FUNCTION pg_catalog.st_union(geom1 geometry, geom2 geometry) RETURNS geometry LANGUAGE sql IMMUTABLE
  PARALLEL RESTRICTED AS $$
  SELECT CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN redshift_lab.gathered('st_union', ARRAY[$1, $2]) END
$$;
CREATE FUNCTION pg_catalog.st_polygon(line geometry, srid integer) RETURNS geometry LANGUAGE sql IMMUTABLE
  PARALLEL RESTRICTED AS 'SELECT CASE WHEN $2 IS NOT NULL THEN st_setsrid(st_makepolygon($1), $2) END';

-- Forms of other types: a text is read in any form that COPY reads.
CREATE FUNCTION redshift_lab.of_text(text) RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT redshift_lab.shape(redshift_lab.ask('value', $1))
$$;
CREATE FUNCTION redshift_lab.geography_of_text(text) RETURNS geography LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT redshift_lab.shape(redshift_lab.ask('geography', $1))::float8[]::geography
$$;
CREATE FUNCTION redshift_lab.hexadecimal(geometry) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT redshift_lab.ask('hex', redshift_lab.listed($1))
$$;
CREATE FUNCTION redshift_lab.hexadecimal(geography) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT redshift_lab.ask('hex', redshift_lab.listed($1::geometry))
$$;
CREATE CAST (geometry AS text) WITH FUNCTION redshift_lab.hexadecimal(geometry);
CREATE CAST (geometry AS varchar) WITH FUNCTION redshift_lab.hexadecimal(geometry);
CREATE CAST (geography AS text) WITH FUNCTION redshift_lab.hexadecimal(geography);
CREATE CAST (geography AS varchar) WITH FUNCTION redshift_lab.hexadecimal(geography);
CREATE CAST (text AS geometry) WITH FUNCTION redshift_lab.of_text(text) AS ASSIGNMENT;
CREATE CAST (varchar AS geometry) WITH FUNCTION redshift_lab.of_text(text) AS ASSIGNMENT;
CREATE CAST (text AS geography) WITH FUNCTION redshift_lab.geography_of_text(text) AS ASSIGNMENT;
CREATE CAST (varchar AS geography) WITH FUNCTION redshift_lab.geography_of_text(text) AS ASSIGNMENT;
