-- Comparisons of numbers, dates and booleans with text (c_Supported_data_types, type compatibility). A decimal takes
-- the
-- text as a decimal; all others become text, so that 1 does not equal '01'.
DO $do$
DECLARE
  kind text; o text; n text; mine text; other text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['smallint', 'integer', 'bigint', 'numeric', 'float4', 'float8', 'boolean', 'date', 'time',
    'timetz', 'timestamp', 'timestamptz'] LOOP
    mine := CASE kind WHEN 'numeric' THEN '$%s' ELSE '$%s::text' END;
    other := CASE kind WHEN 'numeric' THEN '$%s::numeric' ELSE '$%s' END;
    FOR o, n IN VALUES ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('<=', 'le'), ('>', 'gt'), ('>=', 'ge') LOOP
      EXECUTE format('CREATE FUNCTION redshift_lab.text_%s(%s, text) RETURNS boolean LANGUAGE sql STABLE STRICT '
        'PARALLEL SAFE AS $b$SELECT %s %s %s$b$', n, kind, format(mine, 1), o, format(other, 2));
      EXECUTE format('CREATE FUNCTION redshift_lab.text_%s(text, %s) RETURNS boolean LANGUAGE sql STABLE STRICT '
        'PARALLEL SAFE AS $b$SELECT %s %s %s$b$', n, kind, format(other, 1), o, format(mine, 2));
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = %s, RIGHTARG = text, FUNCTION = redshift_lab.text_%s)',
        o, kind, n);
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = text, RIGHTARG = %s, FUNCTION = redshift_lab.text_%s)',
        o, kind, n);
    END LOOP;
  END LOOP;
END $do$;
-- A whole number is a boolean where one is needed: other than zero is true.
CREATE FUNCTION redshift_lab.is_true(smallint) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 <> 0';
CREATE FUNCTION redshift_lab.is_true(bigint) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 <> 0';
CREATE CAST (smallint AS boolean) WITH FUNCTION redshift_lab.is_true(smallint) AS ASSIGNMENT;
CREATE CAST (bigint AS boolean) WITH FUNCTION redshift_lab.is_true(bigint) AS ASSIGNMENT;
UPDATE pg_catalog.pg_cast SET castcontext = 'a' WHERE castsource = 'integer'::regtype
  AND casttarget = 'boolean'::regtype;
DO $do$
DECLARE
  kind text; o text; n text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['smallint', 'integer', 'bigint'] LOOP
    FOR o, n IN VALUES ('=', 'eq'), ('<>', 'ne') LOOP
      EXECUTE format('CREATE FUNCTION redshift_lab.boolean_%s(%s, boolean) RETURNS boolean LANGUAGE sql IMMUTABLE '
        'STRICT PARALLEL SAFE AS $b$SELECT ($1 <> 0) %s $2$b$', n, kind, o);
      EXECUTE format('CREATE FUNCTION redshift_lab.boolean_%s(boolean, %s) RETURNS boolean LANGUAGE sql IMMUTABLE '
        'STRICT PARALLEL SAFE AS $b$SELECT $1 %s ($2 <> 0)$b$', n, kind, o);
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = %s, RIGHTARG = boolean, FUNCTION = '
        'redshift_lab.boolean_%s)', o, kind, n);
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = boolean, RIGHTARG = %s, FUNCTION = '
        'redshift_lab.boolean_%s)', o, kind, n);
    END LOOP;
  END LOOP;
END $do$;
