-- TIMETZ: its parts as its own zone shows them, its distances in UTC.
ALTER FUNCTION pg_catalog.date_part(text, timetz) RENAME TO plain_date_part;
CREATE FUNCTION pg_catalog.date_part(text, timetz) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN lower($1) IN ('timezone', 'timezone_hour', 'timezone_minute') THEN plain_date_part(lower($1), $2)
    WHEN lower($1) = 'epoch' THEN trunc(plain_date_part('epoch', $2))
      ELSE redshift_lab.part($1, date '1970-01-01' + $2::time) END
$$;
CREATE FUNCTION redshift_lab.extract(text, timetz) RETURNS integer LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT trunc(date_part($1, $2))::integer';
CREATE FUNCTION pg_catalog.dateadd(text, bigint, timetz) RETURNS timetz LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT ($3 + redshift_lab.step($1, $2)) AT TIME ZONE interval '0'$$;
CREATE FUNCTION pg_catalog.datediff(text, timetz, timetz) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
  SELECT datediff($1, ($2 AT TIME ZONE interval '0')::time, ($3 AT TIME ZONE interval '0')::time)
$$;
CREATE FUNCTION pg_catalog.to_timestamp(timestamp, text) RETURNS timestamptz LANGUAGE sql STABLE
  STRICT AS 'SELECT to_timestamp($1::text, $2)';
CREATE FUNCTION pg_catalog.pg_timezone_abbrevs() RETURNS SETOF record LANGUAGE sql
  STABLE AS 'SELECT abbrev, utc_offset, is_dst FROM pg_catalog.pg_timezone_abbrevs';
