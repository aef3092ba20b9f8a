-- What is computed of SUPERs (operators-functions): a number of numbers, a floating one where one of them is, else
-- null.
-- A quotient has the scale that two decimals of these digits would have.
CREATE FUNCTION redshift_lab.is_floating(super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT redshift_lab.scalar($1) ~ '[eE]'$$;
CREATE FUNCTION redshift_lab.number_super(numeric, floating boolean) RETURNS super LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
  SELECT CASE WHEN floating THEN redshift_lab.float_json($1::float8::text) ELSE to_json($1) END::super
$$;
CREATE FUNCTION redshift_lab.decimal_quotient(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
  SELECT div(a * ('1e' || places)::numeric, b) * ('1e-' || places)::numeric
  FROM (SELECT greatest(4, scale(a) + length(trunc(abs(b))::text) - (abs(b) < 1)::integer + 1) AS places) AS digits
$$;
CREATE FUNCTION redshift_lab.computed(a super, sign text, b super) RETURNS super LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  x numeric;
  y numeric;
  floating boolean;
BEGIN
  IF sign = '+' AND redshift_lab.kind(a) = 'string' AND redshift_lab.kind(b) = 'string' THEN
    RETURN to_json(redshift_lab.scalar(a) || redshift_lab.scalar(b))::super;
  ELSIF redshift_lab.kind(a) <> 'number' OR redshift_lab.kind(b) <> 'number' THEN
    RETURN NULL;
  END IF;
  x := redshift_lab.scalar(a)::numeric;
  y := redshift_lab.scalar(b)::numeric;
  floating := redshift_lab.is_floating(a) OR redshift_lab.is_floating(b);
  IF sign = '/' AND floating THEN
    RETURN redshift_lab.float_json((x::float8 / y::float8)::text)::super;
  END IF;
  RETURN redshift_lab.number_super(CASE sign WHEN '+' THEN x + y WHEN '-' THEN x - y WHEN '*' THEN x * y
    WHEN '/' THEN redshift_lab.decimal_quotient(x, y) ELSE x % y END, floating);
END $$;
DO $do$
DECLARE
  o text; n text; t text;
BEGIN
  FOR o, n IN VALUES ('+', 'add'), ('-', 'sub'), ('*', 'mul'), ('/', 'div'), ('%', 'mod') LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.super_%s(super, super) RETURNS super LANGUAGE sql IMMUTABLE PARALLEL '
      'SAFE AS $b$SELECT redshift_lab.computed($1, %L, $2)$b$', n, o);
    EXECUTE
      format('CREATE OPERATOR pg_catalog.%s (LEFTARG = super, RIGHTARG = super, FUNCTION = redshift_lab.super_%s)', o,
      n);
    FOREACH t IN ARRAY ARRAY['int2', 'int4', 'int8', 'numeric', 'float8'] LOOP
      EXECUTE format('CREATE FUNCTION redshift_lab.super_%s(super, %s) RETURNS super LANGUAGE sql IMMUTABLE PARALLEL '
        'SAFE AS $b$SELECT redshift_lab.computed($1, %L, $2::super)$b$', n, t, o);
      EXECUTE format('CREATE FUNCTION redshift_lab.super_%s(%s, super) RETURNS super LANGUAGE sql IMMUTABLE PARALLEL '
        'SAFE AS $b$SELECT redshift_lab.computed($1::super, %L, $2)$b$', n, t, o);
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = super, RIGHTARG = %s, FUNCTION = redshift_lab.super_%s)',
        o, t, n);
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = %s, RIGHTARG = super, FUNCTION = redshift_lab.super_%s)',
        o, t, n);
    END LOOP;
  END LOOP;
  FOREACH n IN ARRAY ARRAY['floor', 'ceil', 'ceiling', 'round', 'trunc', 'abs', 'sign'] LOOP
    EXECUTE format('CREATE FUNCTION pg_catalog.%s(super) RETURNS super
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $b$
      SELECT CASE redshift_lab.kind($1) WHEN ''number'' THEN
        redshift_lab.number_super(pg_catalog.%1$s(redshift_lab.scalar($1)::numeric),
          redshift_lab.is_floating($1)) END$b$', n);
  END LOOP;
END $do$;
CREATE FUNCTION redshift_lab.super_negative(super) RETURNS super LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$SELECT redshift_lab.computed('0'::json::super, '-', $1)$$;
CREATE FUNCTION redshift_lab.super_positive(super) RETURNS super LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$SELECT CASE redshift_lab.kind($1) WHEN 'number' THEN $1 END$$;
CREATE OPERATOR pg_catalog.- (RIGHTARG = super, FUNCTION = redshift_lab.super_negative);
CREATE OPERATOR pg_catalog.+ (RIGHTARG = super, FUNCTION = redshift_lab.super_positive);

-- SUM, AVG, MIN and MAX (c_Aggregate_Functions): the first two leave out what is no number, the others order as ORDER
-- BY does.
CREATE FUNCTION redshift_lab.add_number(numeric[], super) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN redshift_lab.kind($2) = 'number' THEN ARRAY[$1[1] + 1, $1[2] + redshift_lab.scalar($2)::numeric,
    greatest($1[3], redshift_lab.is_floating($2)::integer)] ELSE $1 END
$$;
CREATE FUNCTION redshift_lab.sum_of(numeric[]) RETURNS super LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT CASE WHEN $1[1] > 0 THEN redshift_lab.number_super($1[2], $1[3] > 0) END';
CREATE FUNCTION redshift_lab.mean_of(numeric[]) RETURNS super LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT CASE WHEN $1[1] > 0 THEN redshift_lab.number_super($1[2] / $1[1], $1[3] > 0) END';
CREATE AGGREGATE pg_catalog.sum(super) (SFUNC = redshift_lab.add_number, STYPE = numeric[], INITCOND = '{0,0,0}',
  FINALFUNC = redshift_lab.sum_of);
CREATE AGGREGATE pg_catalog.avg(super) (SFUNC = redshift_lab.add_number, STYPE = numeric[], INITCOND = '{0,0,0}',
  FINALFUNC = redshift_lab.mean_of);
-- The mean of decimals has the largest of their scales.
CREATE FUNCTION redshift_lab.digits(super) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT CASE redshift_lab.kind($1) WHEN 'number' THEN scale(redshift_lab.scalar($1)::numeric) END$$;
CREATE FUNCTION redshift_lab.avg(super, integer) RETURNS super LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN redshift_lab.is_floating($1) THEN $1 ELSE to_json(trunc(redshift_lab.scalar($1)::numeric, $2))::super
    END
$$;
CREATE FUNCTION redshift_lab.smaller(super, super) RETURNS super LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT CASE WHEN redshift_lab.super_cmp($1, $2) <= 0 THEN $1 ELSE $2 END';
CREATE FUNCTION redshift_lab.larger(super, super) RETURNS super LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT CASE WHEN redshift_lab.super_cmp($1, $2) >= 0 THEN $1 ELSE $2 END';
CREATE AGGREGATE pg_catalog.min(super) (SFUNC = redshift_lab.smaller, STYPE = super);
CREATE AGGREGATE pg_catalog.max(super) (SFUNC = redshift_lab.larger, STYPE = super);
