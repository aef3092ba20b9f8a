-- TO_CHAR: the sign of the currency is the dollar, and a TIMESTAMP is in the session's time zone (r_TO_CHAR,
-- r_Numeric_formating).
CREATE FUNCTION redshift_lab.number_format(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN $1 LIKE '%"%' THEN $1 ELSE plain_regexp_replace($1, '(?<![Pp])[Ll]', '"$"', 'g') END
$$;
DO $do$
DECLARE
  kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['integer', 'bigint', 'numeric', 'float4', 'float8'] LOOP
    EXECUTE format('ALTER FUNCTION pg_catalog.to_char(%s, text) RENAME TO plain_to_char', kind);
    EXECUTE format('CREATE FUNCTION pg_catalog.to_char(%s, text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL '
      'SAFE AS $b$SELECT plain_to_char($1, redshift_lab.number_format($2))$b$', kind);
  END LOOP;
END $do$;
ALTER FUNCTION pg_catalog.to_char(timestamp, text) RENAME TO plain_to_char;
CREATE FUNCTION pg_catalog.to_char(timestamp, text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN $2 ~* 'tz|of' THEN to_char($1::timestamptz, $2) ELSE plain_to_char($1, $2) END
$$;
