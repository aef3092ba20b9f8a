-- GROUP BY, DISTINCT and ORDER BY. The operators are in the lab's schema: a literal beside a SUPER must stay a text.
CREATE FUNCTION redshift_lab.rank_of(super) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT array_position('{"null",boolean,number,string,array,object}'::text[],
  redshift_lab.kind($1))$$;
-- Arrays and objects are compared deeply (query-super): element by element, attribute by attribute in the order of
-- names.
CREATE FUNCTION redshift_lab.deep_cmp(a json[], b json[]) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  r integer;
BEGIN
  FOR i IN 1..least(cardinality(a), cardinality(b)) LOOP
    r := redshift_lab.super_cmp(a[i]::super, b[i]::super);
    IF r <> 0 THEN
      RETURN r;
    END IF;
  END LOOP;
  RETURN sign(cardinality(a) - cardinality(b));
END $$;
CREATE FUNCTION redshift_lab.parts_of(v super) RETURNS json[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE redshift_lab.kind(v) WHEN 'array' THEN array(SELECT e.value
    FROM json_array_elements(v::json) WITH ORDINALITY e ORDER BY e.ordinality)
    ELSE array(SELECT p.part FROM json_each(v::json) m, LATERAL (VALUES (1, to_json(m.key)), (2, m.value)) AS p (place,
      part) ORDER BY m.key, p.place) END
$$;
CREATE FUNCTION redshift_lab.super_cmp(a super, b super) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  r integer := redshift_lab.rank_of(a);
  x text;
  y text;
BEGIN
  IF r <> redshift_lab.rank_of(b) THEN
    RETURN sign(r - redshift_lab.rank_of(b));
  ELSIF r > 4 THEN
    RETURN redshift_lab.deep_cmp(redshift_lab.parts_of(a), redshift_lab.parts_of(b));
  END IF;
  x := redshift_lab.super_text(a);
  y := redshift_lab.super_text(b);
  IF r = 3 THEN
    RETURN sign(x::numeric - y::numeric);
  END IF;
  RETURN CASE WHEN x < y THEN -1 WHEN x > y THEN 1 ELSE 0 END;
END $$;
DO $$
DECLARE
  o text; n text;
BEGIN
  FOR o, n IN VALUES ('<', 'lt'), ('<=', 'le'), ('=', 'eq'), ('>=', 'ge'), ('>', 'gt') LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.both_%s(super, super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT '
      'PARALLEL SAFE AS ''SELECT redshift_lab.super_cmp($1, $2) %s 0''', n, o);
    EXECUTE format('CREATE OPERATOR redshift_lab.%s (LEFTARG = super, RIGHTARG = super, FUNCTION = '
      'redshift_lab.both_%s)', o, n);
  END LOOP;
END $$;
CREATE OPERATOR CLASS redshift_lab.super_ops DEFAULT FOR TYPE super USING btree AS
  OPERATOR 1 redshift_lab.<, OPERATOR 2 redshift_lab.<=, OPERATOR 3 redshift_lab.=, OPERATOR 4 redshift_lab.>=,
    OPERATOR 5 redshift_lab.>, FUNCTION 1 redshift_lab.super_cmp(super, super);

-- What a literal or a parameter becomes in a SUPER column: text stays text, only JSON_PARSE reads JSON.
CREATE FUNCTION redshift_lab.as_super(text) RETURNS super LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT to_json($1)::super';

-- Navigation where navigate_super_null_on_error is off.
CREATE FUNCTION redshift_lab.strict_member(super, text) RETURNS super LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
BEGIN
  IF redshift_lab.kind($1) <> 'object' OR redshift_lab.member($1, $2) IS NULL THEN
    PERFORM redshift_lab.raise('22023', format('the SUPER value has no attribute "%s"', $2));
  END IF;
  RETURN redshift_lab.member($1, $2);
END $$;
CREATE FUNCTION redshift_lab.strict_element(super, integer) RETURNS super LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
BEGIN
  IF redshift_lab.kind($1) <> 'array' OR redshift_lab.element($1, $2) IS NULL THEN
    PERFORM redshift_lab.raise('22023', format('the SUPER value has no element %s', $2));
  END IF;
  RETURN redshift_lab.element($1, $2);
END $$;

CREATE FUNCTION redshift_lab.string_of(super) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT CASE redshift_lab.kind($1) WHEN 'string' THEN redshift_lab.scalar($1) END$$;
DO $$
DECLARE
  o text; f text;
BEGIN
  FOR o, f IN VALUES ('~~', 'textlike'), ('!~~', 'textnlike'), ('~~*', 'texticlike'), ('!~~*', 'texticnlike') LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.%s(super, text) RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL '
      'SAFE AS $b$SELECT pg_catalog.%1$I(redshift_lab.string_of($1), $2)$b$', f);
    EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = super, RIGHTARG = text, FUNCTION = redshift_lab.%s)', o,
      f);
  END LOOP;
END $$;

-- Two SUPERs compared: values of two kinds are not equal, and neither smaller nor larger.
DO $$
DECLARE
  o text; n text; unlike text;
BEGIN
  FOR o, n, unlike IN VALUES ('<', 'lt', 'NULL'), ('<=', 'le', 'NULL'), ('=', 'eq', 'false'), ('<>', 'ne', 'true'),
    ('>=', 'ge', 'NULL'), ('>', 'gt', 'NULL') LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.maybe_%s(super, super) RETURNS boolean
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $b$
      SELECT CASE WHEN redshift_lab.rank_of($1) = 1 OR redshift_lab.rank_of($2) = 1 THEN NULL
        WHEN redshift_lab.rank_of($1) = redshift_lab.rank_of($2) THEN redshift_lab.super_cmp($1, $2) %s 0
        ELSE %s END$b$', n, o, unlike);
    EXECUTE format('CREATE OPERATOR redshift_lab.%s (LEFTARG = super, RIGHTARG = super, FUNCTION = '
      'redshift_lab.maybe_%s)', '%' || o, n);
  END LOOP;
END $$;
