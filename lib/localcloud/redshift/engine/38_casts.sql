-- An explicit cast of a decimal to fewer digits, or to a whole number, cuts what is left over; enable_numeric_rounding
-- on rounds
-- it. What is assigned to a column is rounded (r_enable_numeric_rounding, r_Numeric_types201).
CREATE FUNCTION redshift_lab.plain_numeric(numeric, integer) RETURNS numeric LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'numeric';
CREATE FUNCTION redshift_lab.rounds() RETURNS boolean LANGUAGE sql STABLE
  PARALLEL SAFE AS $$SELECT redshift_lab.setting('enable_numeric_rounding', 'off') = 'on'$$;
CREATE FUNCTION redshift_lab.as_numeric(value numeric, modifier integer, is_explicit boolean) RETURNS numeric
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF NOT is_explicit OR modifier < 4 OR redshift_lab.digits(value) <= (modifier - 4) & 2047 THEN
    RETURN redshift_lab.plain_numeric(value, modifier);
  ELSIF redshift_lab.rounds() THEN
    RETURN redshift_lab.plain_numeric(value, modifier);
  END IF;
  RETURN redshift_lab.plain_numeric(trunc(value, (modifier - 4) & 2047), modifier);
END $$;
UPDATE pg_catalog.pg_cast SET castfunc = 'redshift_lab.as_numeric(numeric,integer,boolean)'::regprocedure
  WHERE castsource = 'numeric'::regtype AND casttarget = 'numeric'::regtype;
DO $do$
DECLARE
  kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['int2', 'int4', 'int8'] LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.plain_%1$s(numeric) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT '
      'PARALLEL SAFE AS %2$L', kind, 'numeric_' || kind);
    EXECUTE format('CREATE FUNCTION redshift_lab.as_%1$s(numeric, integer, boolean) RETURNS %1$s
      LANGUAGE sql STABLE PARALLEL SAFE AS $b$
      SELECT CASE WHEN $3 AND redshift_lab.digits($1) > 0 AND NOT redshift_lab.rounds()
        THEN redshift_lab.plain_%1$s(trunc($1)) ELSE redshift_lab.plain_%1$s($1) END$b$', kind);
    EXECUTE format('UPDATE pg_catalog.pg_cast SET castfunc = %L::regproc WHERE castsource = %L::regtype AND '
      'casttarget = %L::regtype', 'redshift_lab.as_' || kind, 'numeric', kind);
  END LOOP;
END $do$;
-- A text or a floating number becomes a decimal with its digits rounded.
CREATE FUNCTION redshift_lab.read_numeric(cstring, oid, integer) RETURNS numeric LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'numeric_in';
DO $do$
DECLARE
  kind text;
BEGIN
  -- With an argument that is not used these are not put in place of their calls, which tell precision and scale.
  FOREACH kind IN ARRAY ARRAY['text', 'varchar', 'bpchar'] LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.text_numeric(%s, integer, boolean) RETURNS numeric LANGUAGE sql '
      'IMMUTABLE STRICT PARALLEL SAFE AS $b$SELECT redshift_lab.read_numeric(textout($1::text), 0::oid, $2)$b$', kind);
  END LOOP;
END $do$;
CREATE CAST (text AS numeric) WITH FUNCTION redshift_lab.text_numeric(text, integer, boolean);
CREATE CAST (varchar AS numeric) WITH FUNCTION redshift_lab.text_numeric(varchar, integer, boolean);
CREATE CAST (bpchar AS numeric) WITH FUNCTION redshift_lab.text_numeric(bpchar, integer, boolean);
CREATE FUNCTION redshift_lab.plain_numeric(float8) RETURNS numeric LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'float8_numeric';
CREATE FUNCTION redshift_lab.plain_numeric(float4) RETURNS numeric LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'float4_numeric';
CREATE FUNCTION redshift_lab.as_numeric(float8, integer, boolean) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.plain_numeric(redshift_lab.plain_numeric($1), $2)';
CREATE FUNCTION redshift_lab.as_numeric(float4, integer, boolean) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.plain_numeric(redshift_lab.plain_numeric($1), $2)';
UPDATE pg_catalog.pg_cast SET castfunc = to_regprocedure(format('redshift_lab.as_numeric(%s,integer,boolean)',
  castsource::regtype)) WHERE castsource IN ('float4'::regtype, 'float8'::regtype) AND casttarget = 'numeric'::regtype;
