-- Regular expressions. 'p' asks for Perl's, of which the engine's have the common part; 'e' for the first
-- subexpression.
CREATE FUNCTION redshift_lab.flags(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF $1 ~ '[^ciep]' THEN
    PERFORM redshift_lab.raise('22023', format('invalid regular expression parameters: "%s"', $1));
  END IF;
  RETURN translate($1, 'ep', '');
END $$;
CREATE FUNCTION redshift_lab.group_of(pattern text, flags text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
  SELECT CASE WHEN flags LIKE '%e%' AND plain_regexp_replace(pattern, E'\\\\.|\\(\\?', '', 'g') LIKE '%(%' THEN 1 ELSE 0
    END
$$;

-- Every match is replaced.
ALTER FUNCTION pg_catalog.regexp_replace(text, text, text) RENAME TO plain_regexp_replace;
ALTER FUNCTION pg_catalog.regexp_replace(text, text, text, text) RENAME TO plain_regexp_replace;
ALTER FUNCTION pg_catalog.regexp_replace(text, text, text, integer) RENAME TO plain_regexp_replace;
CREATE FUNCTION pg_catalog.regexp_replace(text, text, text, integer, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
  SELECT left($1, greatest($4, 1) - 1) || plain_regexp_replace(substr($1, greatest($4, 1)), $2,
    plain_regexp_replace($3, '[$]([0-9])', E'\\\\\\1', 'g'), redshift_lab.flags($5) || 'g')
$$;
CREATE FUNCTION pg_catalog.regexp_replace(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT plain_regexp_replace($1, $2, '', 'g')$$;
CREATE FUNCTION pg_catalog.regexp_replace(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT regexp_replace($1, $2, $3, 1, 'c')$$;
CREATE FUNCTION pg_catalog.regexp_replace(text, text, text, integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT regexp_replace($1, $2, $3, $4, 'c')$$;

-- What is not found is an empty text.
ALTER FUNCTION pg_catalog.regexp_substr(text, text) RENAME TO plain_regexp_substr;
ALTER FUNCTION pg_catalog.regexp_substr(text, text, integer) RENAME TO plain_regexp_substr;
ALTER FUNCTION pg_catalog.regexp_substr(text, text, integer, integer) RENAME TO plain_regexp_substr;
ALTER FUNCTION pg_catalog.regexp_substr(text, text, integer, integer, text) RENAME TO plain_regexp_substr;
ALTER FUNCTION pg_catalog.regexp_substr(text, text, integer, integer, text, integer) RENAME TO plain_regexp_substr;
CREATE FUNCTION pg_catalog.regexp_substr(text, text, integer DEFAULT 1, integer DEFAULT 1, flags text DEFAULT 'c')
  RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN $4 >= 1 AND $4 <= greatest(length($1), 1)
    THEN coalesce(plain_regexp_substr($1, $2, greatest($3, 1), $4, redshift_lab.flags($5),
    redshift_lab.group_of($2, $5)), '') END
$$;

-- Positions: 0 where there is none.
ALTER FUNCTION pg_catalog.regexp_instr(text, text) RENAME TO plain_regexp_instr;
ALTER FUNCTION pg_catalog.regexp_instr(text, text, integer) RENAME TO plain_regexp_instr;
ALTER FUNCTION pg_catalog.regexp_instr(text, text, integer, integer) RENAME TO plain_regexp_instr;
ALTER FUNCTION pg_catalog.regexp_instr(text, text, integer, integer, integer) RENAME TO plain_regexp_instr;
ALTER FUNCTION pg_catalog.regexp_instr(text, text, integer, integer, integer, text) RENAME TO plain_regexp_instr;
ALTER FUNCTION pg_catalog.regexp_instr(text, text, integer, integer, integer, text,
  integer) RENAME TO plain_regexp_instr;
CREATE FUNCTION pg_catalog.regexp_instr(text, text, integer DEFAULT 1, integer DEFAULT 1, option integer DEFAULT 0,
  flags text DEFAULT 'c') RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN $4 < 1 THEN 0 ELSE plain_regexp_instr($1, $2, greatest($3, 1), $4, sign(abs($5))::integer,
    redshift_lab.flags($6), redshift_lab.group_of($2, $6)) END
$$;
ALTER FUNCTION pg_catalog.regexp_count(text, text) RENAME TO plain_regexp_count;
ALTER FUNCTION pg_catalog.regexp_count(text, text, integer) RENAME TO plain_regexp_count;
ALTER FUNCTION pg_catalog.regexp_count(text, text, integer, text) RENAME TO plain_regexp_count;
CREATE FUNCTION pg_catalog.regexp_count(text, text, integer DEFAULT 1, flags text DEFAULT 'c') RETURNS integer
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT plain_regexp_count($1, $2, greatest($3, 1), redshift_lab.flags($4))
$$;
