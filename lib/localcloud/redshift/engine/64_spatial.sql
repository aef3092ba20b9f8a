-- GEOMETRY and GEOGRAPHY: lists of numbers (redshift/spatial/shapes.py), without equality or order, as on AWS.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['geometry', 'geography'] LOOP
    EXECUTE format('CREATE TYPE pg_catalog.%s', t);
    EXECUTE format('CREATE FUNCTION redshift_lab.%1$s_in(cstring, oid, integer) RETURNS %1$s LANGUAGE internal '
      'IMMUTABLE STRICT PARALLEL SAFE AS ''array_in''', t);
    EXECUTE format('CREATE FUNCTION redshift_lab.%1$s_out(%1$s) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT '
      'PARALLEL SAFE AS ''array_out''', t);
    EXECUTE format('CREATE FUNCTION redshift_lab.%1$s_recv(internal, oid, integer) RETURNS %1$s LANGUAGE internal '
      'IMMUTABLE STRICT PARALLEL SAFE AS ''array_recv''', t);
    EXECUTE format('CREATE FUNCTION redshift_lab.%1$s_send(%1$s) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT '
      'PARALLEL SAFE AS ''array_send''', t);
    EXECUTE format('CREATE TYPE pg_catalog.%1$s (INPUT = redshift_lab.%1$s_in, OUTPUT = redshift_lab.%1$s_out, RECEIVE '
      '= redshift_lab.%1$s_recv, SEND = redshift_lab.%1$s_send, INTERNALLENGTH = VARIABLE, ELEMENT = float8, SUBSCRIPT '
      '= raw_array_subscript_handler, ALIGNMENT = double, STORAGE = extended, CATEGORY = ''G'', PREFERRED = %2$s)', t,
      CASE t WHEN 'geometry' THEN 'true' ELSE 'false' END);
    -- Its second argument says what the elements are: a user who called it could make a shape of other bytes.
    EXECUTE format('REVOKE ALL ON FUNCTION redshift_lab.%s_in(cstring, oid, integer) FROM PUBLIC', t);
    -- CREATE CAST does not make one between an array and another type.
    INSERT INTO pg_catalog.pg_cast SELECT pg_nextoid('pg_cast', 'oid', 'pg_cast_oid_index'), f::regtype, g::regtype, 0,
      'e', 'b' FROM (VALUES (t, 'float8[]'), ('float8[]', t)) v(f, g);
  END LOOP;
END $$;
CREATE CAST (geography AS geometry) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE FUNCTION redshift_lab.as_geography(geometry) RETURNS geography LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (ARRAY[$1[1], CASE $1[2] WHEN 0 THEN 4326 ELSE $1[2] END] || ($1::float8[])[3:])::geography
$$;
CREATE CAST (geometry AS geography) WITH FUNCTION redshift_lab.as_geography(geometry) AS ASSIGNMENT;

-- What SQL does not compute is asked of a process next to the engine (redshift/spatial/server.py).
CREATE FUNCTION redshift_lab.spatial_connect(text, text) RETURNS text LANGUAGE c STRICT AS '$libdir/dblink',
  'dblink_connect';
CREATE FUNCTION redshift_lab.spatial_disconnect(text) RETURNS text LANGUAGE c STRICT AS '$libdir/dblink',
  'dblink_disconnect';
CREATE FUNCTION redshift_lab.spatial_connections() RETURNS text[] LANGUAGE c AS '$libdir/dblink',
  'dblink_get_connections';
CREATE FUNCTION redshift_lab.spatial_query(text, text) RETURNS SETOF record LANGUAGE c STRICT AS '$libdir/dblink',
  'dblink_record';
REVOKE ALL ON FUNCTION redshift_lab.spatial_connect, redshift_lab.spatial_disconnect,
  redshift_lab.spatial_connections, redshift_lab.spatial_query FROM PUBLIC;
-- A path to a socket may have 103 bytes, the path to a lab may be longer. In it a backslash escapes, as libpq has it.
CREATE FUNCTION redshift_lab.spatial_folder() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN octet_length(f) < 85 THEN plain_regexp_replace(f, E'([\\\\''])', E'\\\\\\1', 'g')
    ELSE '/proc/self/cwd' END FROM current_setting('data_directory') f
$$;
CREATE FUNCTION redshift_lab.ask(name text, VARIADIC given text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE
  SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog AS $$
DECLARE
  query text := name || E'\x1f' || array_to_string(given, E'\x1f');
BEGIN
  IF array_position(given, NULL) IS NOT NULL THEN
    RETURN NULL;
  END IF;
  FOR attempt IN 1 .. 2 LOOP
    IF redshift_lab.spatial_connections() IS NULL THEN
      PERFORM redshift_lab.spatial_connect('spatial', format('host=''%s'' port=5433 sslmode=disable gssencmode=disable '
        'user=engine dbname=spatial connect_timeout=60', redshift_lab.spatial_folder()));
    END IF;
    BEGIN
      RETURN (SELECT result FROM redshift_lab.spatial_query('spatial', query) AS q(result text));
    EXCEPTION WHEN connection_failure THEN
      PERFORM redshift_lab.spatial_disconnect('spatial');
    END;
  END LOOP;
  RAISE EXCEPTION USING ERRCODE = 'connection_failure', MESSAGE = 'the process of the spatial functions does not '
    'answer';
END $$;
-- The list as text, and the value of such a text: not what a cast to text or from it gives.
CREATE FUNCTION redshift_lab.listed(geometry) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ($1::float8[])::text
$$;
CREATE FUNCTION redshift_lab.shape(text) RETURNS geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ($1::float8[])::geometry
$$;
