-- Positions count from 1, lengths from 0. Each error depends on a value: a constant one would be raised while planning.
ALTER FUNCTION pg_catalog.split_part(text, text, integer) RENAME TO plain_split_part;
CREATE FUNCTION pg_catalog.split_part(text, text, integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
  SELECT CASE WHEN $3 < 1 THEN redshift_lab.raise('22023', format('field position must be greater than zero, not %s',
    $3)) ELSE plain_split_part($1, $2, $3) END
$$;
DO $$
DECLARE
  f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['left', 'right'] LOOP
    EXECUTE format('ALTER FUNCTION pg_catalog.%1$I(text, integer) RENAME TO plain_%1$s', f);
    EXECUTE format($f$CREATE FUNCTION pg_catalog.%1$I(text, integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT
      PARALLEL SAFE AS $b$
      SELECT CASE WHEN $2 < 0 THEN redshift_lab.raise('22023', format('the length of %2$s must not be negative: %%s',
        $2)) ELSE plain_%1$s($1, $2) END $b$ $f$, f, upper(f));
  END LOOP;
END $$;
-- A backslash is doubled, without an E before the quotes.
ALTER FUNCTION pg_catalog.quote_literal(text) RENAME TO plain_quote_literal;
CREATE FUNCTION pg_catalog.quote_literal(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT ltrim(plain_quote_literal($1), ' E')$$;

-- CHAR holds characters of one byte.
CREATE FUNCTION redshift_lab.plain_as_char(bpchar, integer, boolean) RETURNS bpchar LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'bpchar';
CREATE FUNCTION redshift_lab.as_char(value bpchar, modifier integer, cut boolean) RETURNS bpchar LANGUAGE plpgsql
  IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  kept text := value::text;
BEGIN
  IF modifier >= 4 AND cut AND octet_length(kept) > modifier - 4 THEN
    kept := redshift_lab.first_bytes(kept, modifier - 4);
  END IF;
  IF octet_length(kept) > char_length(kept) THEN
    RAISE EXCEPTION USING ERRCODE = '22021', MESSAGE = 'Multibyte character not supported for CHAR (Hint: try using '
      'VARCHAR)';
  END IF;
  RETURN redshift_lab.plain_as_char(CASE WHEN cut THEN kept::bpchar ELSE value END, modifier, cut);
END $$;
UPDATE pg_catalog.pg_cast SET castfunc = 'redshift_lab.as_char'::regproc WHERE castsource = 'bpchar'::regtype
  AND casttarget = 'bpchar'::regtype;
-- A CHAR column of a system view: names and texts of users, of which each character counts as one, whatever its bytes.
CREATE FUNCTION redshift_lab.logged(value text, length integer) RETURNS bpchar LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.plain_as_char($1::bpchar, $2 + 4, true)';

-- The mean of decimals has their scale; what is left of it is cut off.
CREATE FUNCTION redshift_lab.digits(numeric) RETURNS integer LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'numeric_scale';
CREATE FUNCTION redshift_lab.avg(numeric, integer) RETURNS numeric LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT trunc($1, $2)';
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['smallint', 'integer', 'bigint', 'float4', 'float8', 'interval', 'intervaly2m',
    'intervald2s'] LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.digits(%s) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS '
      '$b$SELECT 0$b$', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['bigint', 'float8', 'interval', 'intervaly2m', 'intervald2s'] LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.avg(%s, integer) RETURNS %1$s LANGUAGE sql IMMUTABLE PARALLEL SAFE '
      'AS $b$SELECT $1$b$', t);
  END LOOP;
END $$;

-- These are of DOUBLE PRECISION also for whole numbers and decimals: without the engine's own forms, the call takes
-- that one.
DO $$
DECLARE
  f text; t text;
BEGIN
  FOREACH f IN ARRAY ARRAY['sqrt', 'exp', 'log'] LOOP
    EXECUTE format('ALTER FUNCTION pg_catalog.%1$s(numeric) RENAME TO plain_%1$s', f);
  END LOOP;
  FOREACH f IN ARRAY ARRAY['power', 'pow'] LOOP
    EXECUTE format('ALTER FUNCTION pg_catalog.%1$s(numeric, numeric) RENAME TO plain_%1$s', f);
  END LOOP;
  FOREACH f IN ARRAY ARRAY['stddev', 'stddev_samp', 'stddev_pop', 'variance', 'var_samp', 'var_pop'] LOOP
    FOREACH t IN ARRAY ARRAY['smallint', 'integer', 'bigint', 'numeric'] LOOP
      EXECUTE format('ALTER AGGREGATE pg_catalog.%1$s(%2$s) RENAME TO plain_%1$s', f, t);
    END LOOP;
  END LOOP;
END $$;
ALTER FUNCTION pg_catalog.log(numeric, numeric) RENAME TO plain_log;
CREATE FUNCTION pg_catalog.log(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT plain_log($1::numeric, $2::numeric)::float8';
ALTER AGGREGATE pg_catalog.sum(real) RENAME TO plain_sum;
UPDATE pg_catalog.pg_operator SET oprname = '^^' WHERE oprname = '^' AND oprleft = 'numeric'::regtype;

-- A whole number stays of its type.
DO $$
DECLARE
  f text; t text;
BEGIN
  FOREACH f IN ARRAY ARRAY['floor', 'ceil', 'ceiling'] LOOP
    FOREACH t IN ARRAY ARRAY['smallint', 'integer', 'bigint'] LOOP
      EXECUTE format('CREATE FUNCTION pg_catalog.%s(%s) RETURNS %2$s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS '
        '$b$SELECT $1$b$', f, t);
    END LOOP;
    EXECUTE format('CREATE FUNCTION pg_catalog.%1$s(real) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS '
      '$b$SELECT %1$s($1::float8)::real$b$', f);
  END LOOP;
END $$;

-- MEDIAN, of moments too.
CREATE FUNCTION redshift_lab.middle(date[]) RETURNS date LANGUAGE sql IMMUTABLE AS $$
  SELECT date '2000-01-01' + floor(percentile_cont(0.5) WITHIN
    GROUP (ORDER BY (v - date '2000-01-01')::float8))::integer FROM unnest($1) v WHERE v IS NOT NULL
$$;
CREATE FUNCTION redshift_lab.middle(timestamp[]) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
  SELECT timestamp '2000-01-01' + percentile_cont(0.5) WITHIN GROUP (ORDER BY v - timestamp '2000-01-01')
    FROM unnest($1) v WHERE v IS NOT NULL
$$;
CREATE FUNCTION redshift_lab.middle(timestamptz[]) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT timestamptz '2000-01-01 00:00:00+00' + percentile_cont(0.5) WITHIN
    GROUP (ORDER BY v - timestamptz '2000-01-01 00:00:00+00') FROM unnest($1) v WHERE v IS NOT NULL
$$;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['smallint', 'integer', 'bigint', 'numeric'] LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.middle(%s[]) RETURNS numeric LANGUAGE sql IMMUTABLE AS ''SELECT '
      'redshift_lab.percentile($1, 0.5)''', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['float4', 'float8'] LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.middle(%s[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS ''SELECT '
      'percentile_cont(0.5) WITHIN GROUP (ORDER BY v::float8) FROM unnest($1) v WHERE v IS NOT NULL''', t);
  END LOOP;
END $$;

-- Numbers and moments become text where a function takes text.
DO $$
DECLARE
  f text; kind text; rest text; given text;
BEGIN
  FOR f, rest IN VALUES ('len', ''), ('length', ''), ('octet_length', ''), ('char_length', ''), ('upper', ''),
    ('lower', ''), ('reverse', ''), ('initcap', ''), ('btrim', ''), ('ltrim', ''), ('rtrim', ''), ('md5', ''),
    ('substring', 'integer'), ('substring', 'integer, integer'), ('substr', 'integer'), ('substr', 'integer, integer'),
      ('left', 'integer'), ('right', 'integer'), ('lpad', 'integer'), ('rpad', 'integer'),
    ('lpad', 'integer, text'), ('rpad', 'integer, text'), ('replace', 'text, text'), ('split_part', 'text, integer'),
      ('strpos', 'text'), ('btrim', 'text'), ('ltrim', 'text'), ('rtrim', 'text'),
    ('regexp_substr', 'text'), ('regexp_replace', 'text'), ('regexp_replace', 'text, text'), ('regexp_count', 'text'),
      ('regexp_instr', 'text'), ('translate', 'text, text'), ('repeat', 'integer') LOOP
    SELECT string_agg(', $' || i, '' ORDER BY i) INTO given
      FROM generate_series(2, cardinality(string_to_array(rest, ',')) + 1) i;
    FOREACH kind IN ARRAY ARRAY['smallint', 'integer', 'bigint', 'numeric', 'float8', 'boolean', 'date', 'timestamp',
      'timestamptz'] LOOP
      EXECUTE format('CREATE FUNCTION pg_catalog.%I(%s) RETURNS %s LANGUAGE sql STABLE STRICT PARALLEL SAFE AS '
        '$b$SELECT pg_catalog.%I($1::text%s)$b$', f, concat_any(kind, CASE WHEN rest <> '' THEN ', ' END, rest),
        CASE WHEN f IN ('len', 'length', 'octet_length', 'char_length', 'strpos', 'regexp_count', 'regexp_instr')
          THEN 'integer' ELSE 'text' END, f, coalesce(given, ''));
    END LOOP;
  END LOOP;
END $$;
DO $$
DECLARE
  kind text; o text; f text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['smallint', 'integer', 'bigint', 'numeric', 'float8', 'boolean', 'date', 'timestamp',
    'timestamptz'] LOOP
    EXECUTE format('CREATE FUNCTION pg_catalog.charindex(text, %s) RETURNS integer LANGUAGE sql STABLE STRICT '
      'PARALLEL SAFE AS $b$SELECT strpos($2::text, $1)$b$', kind);
    EXECUTE format('CREATE FUNCTION pg_catalog.position(%s, text) RETURNS integer LANGUAGE sql STABLE STRICT PARALLEL '
      'SAFE AS $b$SELECT strpos($1::text, $2)$b$', kind);
    FOR o, f IN VALUES ('~~', 'textlike'), ('!~~', 'textnlike'), ('~~*', 'texticlike'), ('!~~*', 'texticnlike'),
      ('~', 'textregexeq'), ('!~', 'textregexne') LOOP
      EXECUTE format('CREATE FUNCTION redshift_lab.%s(%s, text) RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL '
        'SAFE AS $b$SELECT pg_catalog.%1$I($1::text, $2)$b$', f, kind);
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = %s, RIGHTARG = text, FUNCTION = redshift_lab.%s)', o,
        kind, f);
    END LOOP;
  END LOOP;
END $$;
CREATE FUNCTION pg_catalog.concat(numeric, numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1::text || $2::text';

-- A plus joins texts, too.
CREATE OPERATOR pg_catalog.+ (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat);

-- Whether a cast succeeds, for TRY_CAST.
CREATE FUNCTION redshift_lab.can_cast(value anycompatible, type text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  EXECUTE format('SELECT $1::%s', type) USING value;
  RETURN true;
EXCEPTION WHEN data_exception THEN
  RETURN false;
END $$;
