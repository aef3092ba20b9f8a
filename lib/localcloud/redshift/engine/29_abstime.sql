-- ABSTIME, which PostgreSQL no longer has: seconds since 1970 in four bytes, kept as the engine's moment of whole
-- seconds.
CREATE TYPE pg_catalog.abstime;
CREATE FUNCTION redshift_lab.abstime_in(cstring, oid, integer) RETURNS abstime LANGUAGE internal STABLE STRICT
  PARALLEL SAFE AS 'timestamptz_in';
CREATE FUNCTION redshift_lab.abstime_out(abstime) RETURNS cstring LANGUAGE internal STABLE STRICT
  PARALLEL SAFE AS 'timestamptz_out';
CREATE FUNCTION redshift_lab.abstime_typmodin(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'timestamptztypmodin';
CREATE FUNCTION redshift_lab.abstime_typmodout(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'timestamptztypmodout';
CREATE TYPE pg_catalog.abstime (INPUT = redshift_lab.abstime_in, OUTPUT = redshift_lab.abstime_out,
  TYPMOD_IN = redshift_lab.abstime_typmodin, TYPMOD_OUT = redshift_lab.abstime_typmodout, LIKE = timestamptz,
  CATEGORY = 'D');
CREATE CAST (abstime AS timestamptz) WITHOUT FUNCTION AS IMPLICIT;
CREATE FUNCTION redshift_lab.plain_abstime(timestamptz, integer) RETURNS abstime LANGUAGE internal STABLE STRICT
  PARALLEL SAFE AS 'timestamptz_scale';
CREATE FUNCTION redshift_lab.as_abstime(value timestamptz) RETURNS abstime LANGUAGE plpgsql STABLE STRICT
  PARALLEL SAFE AS $$
BEGIN
  IF isfinite(value) AND floor(pg_catalog.extract('epoch', value)) NOT BETWEEN -2147483647 AND 2147483643 THEN
    RAISE EXCEPTION USING ERRCODE = '22008', MESSAGE = 'abstime out of range';
  END IF;
  RETURN redshift_lab.plain_abstime(CASE WHEN isfinite(value)
    THEN to_timestamp(floor(pg_catalog.extract('epoch', value))::float8) ELSE value END, 0);
END $$;
CREATE CAST (timestamptz AS abstime) WITH FUNCTION redshift_lab.as_abstime(timestamptz);
CREATE FUNCTION redshift_lab.fit_abstime(abstime, integer, boolean) RETURNS abstime LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.as_abstime($1::timestamptz)';
CREATE CAST (abstime AS abstime) WITH FUNCTION redshift_lab.fit_abstime(abstime, integer, boolean) AS IMPLICIT;
-- The first and the last of the numbers stand for infinity.
CREATE FUNCTION redshift_lab.binary_of(abstime) RETURNS bytea LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT int4send(CASE $1::timestamptz WHEN 'infinity' THEN 2147483644 WHEN '-infinity' THEN -2147483648
    ELSE pg_catalog.extract('epoch', $1::timestamptz)::integer END)
$$;
ALTER TYPE pg_catalog.abstime SET (SEND = redshift_lab.binary_of);
