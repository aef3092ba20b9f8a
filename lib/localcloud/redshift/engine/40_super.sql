-- SUPER: JSON as text, so that the order of keys and the digits of numbers stay; with lax navigation.
CREATE TYPE pg_catalog.super;
CREATE FUNCTION redshift_lab.super_in(cstring) RETURNS super LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'json_in';
CREATE FUNCTION redshift_lab.super_out(super) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'json_out';
CREATE FUNCTION redshift_lab.super_recv(internal) RETURNS super LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'json_recv';
CREATE FUNCTION redshift_lab.super_send(super) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'json_send';
CREATE TYPE pg_catalog.super (INPUT = redshift_lab.super_in, OUTPUT = redshift_lab.super_out,
  RECEIVE = redshift_lab.super_recv, SEND = redshift_lab.super_send, INTERNALLENGTH = VARIABLE, STORAGE = extended);
CREATE CAST (super AS json) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (json AS super) WITHOUT FUNCTION AS ASSIGNMENT;

CREATE FUNCTION redshift_lab.compact(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT plain_regexp_replace($1, E'("(?:[^"\\\\]|\\\\.)*")|[[:space:]]+', E'\\1', 'g')
$$;
-- JSON_TYPEOF takes a SUPER alone, so that it knows what a bare NULL is.
ALTER FUNCTION pg_catalog.json_typeof(json) RENAME TO plain_json_typeof;
CREATE FUNCTION redshift_lab.kind(super) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT plain_json_typeof($1::json)';
-- A member of an object; null of anything else.
CREATE FUNCTION redshift_lab.member(super, text) RETURNS super LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'json_object_field';
CREATE FUNCTION redshift_lab.plain_element(super, integer) RETURNS super LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'json_array_element';
CREATE FUNCTION redshift_lab.element(super, integer) RETURNS super LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT CASE WHEN $2 >= 0 THEN redshift_lab.plain_element($1, $2) END';
CREATE FUNCTION redshift_lab.scalar(super) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT $1::json #>> '{}'$$;
CREATE FUNCTION redshift_lab.elements(super) RETURNS TABLE (value super, place bigint) LANGUAGE plpgsql
  IMMUTABLE ROWS 10 AS $$
BEGIN
  IF $1 IS NULL OR redshift_lab.kind($1) = 'null' THEN
    RETURN;
  ELSIF redshift_lab.kind($1) = 'array' THEN
    RETURN QUERY SELECT redshift_lab.compact(e.value::text)::json::super, e.ordinality - 1
      FROM json_array_elements($1::json) WITH ORDINALITY e;
  ELSE
    RETURN QUERY SELECT $1, NULL::bigint;
  END IF;
END $$;
CREATE FUNCTION redshift_lab.members(super) RETURNS TABLE (value super, name text) LANGUAGE sql IMMUTABLE ROWS 10 AS $$
  SELECT redshift_lab.compact(m.value::text)::json::super, m.key
    FROM json_each(CASE redshift_lab.kind($1) WHEN 'object' THEN $1::json ELSE '{}' END) m
$$;

-- A floating number keeps its kind by an exponent, as in 2.22e+0 (r_is_float).
CREATE FUNCTION redshift_lab.float_json(shown text) RETURNS json LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  digits text;
  power integer;
BEGIN
  IF shown !~ '[0-9]' OR shown LIKE '%e%' THEN
    RETURN CASE WHEN shown ~ '[0-9]' THEN shown::json ELSE to_json(shown) END;
  END IF;
  digits := ltrim(translate(shown, '-.', ''), '0');
  IF digits = '' THEN
    RETURN (shown || 'e+0')::json;
  END IF;
  power := length(split_part(ltrim(shown, '-'), '.', 1)) - 1 - (length(translate(shown, '-.', '')) - length(digits));
  digits := rtrim(digits, '0');
  RETURN (CASE WHEN shown LIKE '-%' THEN '-' ELSE '' END ||
    left(digits, 1) || CASE WHEN length(digits) > 1 THEN '.' || substr(digits, 2) ELSE '' END
    || 'e' || CASE WHEN power < 0 THEN '-' ELSE '+' END || abs(power))::json;
END $$;

-- Casts take the scalar; null of JSON is null, and so is what does not fit, unless cast_super_null_on_error is off.
CREATE FUNCTION redshift_lab.super_text(super) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE redshift_lab.kind($1) WHEN 'string' THEN redshift_lab.scalar($1)
    WHEN 'null' THEN NULL ELSE redshift_lab.compact($1::json::text) END
$$;
-- An object or an array gives null as text (limitations-super), or an error as other casts that fail.
CREATE FUNCTION redshift_lab.scalar_text(super) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN redshift_lab.kind($1) NOT IN ('object', 'array') THEN redshift_lab.super_text($1)
    WHEN redshift_lab.setting('cast_super_null_on_error', 'on') = 'off' THEN redshift_lab.raise('22023',
      format('a SUPER %s cannot be cast to text. Try: JSON_SERIALIZE', redshift_lab.kind($1))) END
$$;
CREATE CAST (super AS text) WITH FUNCTION redshift_lab.scalar_text(super);
CREATE FUNCTION redshift_lab.super_varchar(super, integer, boolean) RETURNS varchar LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.as_varchar(redshift_lab.scalar_text($1)::varchar, $2, $3)';
CREATE CAST (super AS varchar) WITH FUNCTION redshift_lab.super_varchar(super, integer, boolean);
CREATE FUNCTION redshift_lab.super_bpchar(super) RETURNS bpchar LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.scalar_text($1)::bpchar';
CREATE CAST (super AS bpchar) WITH FUNCTION redshift_lab.super_bpchar(super);
CREATE FUNCTION redshift_lab.casts_strictly() RETURNS boolean LANGUAGE sql STABLE
  PARALLEL SAFE AS $$SELECT redshift_lab.setting('cast_super_null_on_error', 'on') = 'off'$$;
-- The text of which a value of that type is made: whole numbers are rounded, other than zero is true.
CREATE FUNCTION redshift_lab.cast_text(super, type text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN redshift_lab.kind($1) <> 'number' THEN redshift_lab.super_text($1)
    WHEN type IN ('int2', 'int4', 'int8') THEN round(redshift_lab.scalar($1)::numeric)::text
    WHEN type = 'bool' THEN CASE WHEN redshift_lab.scalar($1) ~ '[.eE]' THEN 'no boolean'
      ELSE (redshift_lab.scalar($1)::numeric <> 0)::text END
    ELSE redshift_lab.super_text($1) END
$$;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'bool', 'date', 'timestamp',
    'timestamptz', 'time'] LOOP
    EXECUTE format($f$CREATE FUNCTION redshift_lab.super_%1$s(super) RETURNS %1$s LANGUAGE plpgsql STABLE
      PARALLEL SAFE AS $b$
      DECLARE
        v text := redshift_lab.cast_text($1, '%1$s');
      BEGIN
        RETURN CASE WHEN pg_input_is_valid(v, '%1$s') OR redshift_lab.casts_strictly() THEN v::%1$s END;
      END $b$ $f$, t);
    EXECUTE format('CREATE CAST (super AS %1$s) WITH FUNCTION redshift_lab.super_%1$s(super)', t);
    IF t IN ('int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'bool') THEN
      EXECUTE format('CREATE FUNCTION redshift_lab.%1$s_super(%1$s) RETURNS super LANGUAGE sql IMMUTABLE STRICT '
        'PARALLEL SAFE AS ''SELECT %2$s::super''', t,
        CASE WHEN t IN ('float4', 'float8') THEN 'redshift_lab.float_json($1::text)' ELSE 'to_json($1)' END);
      EXECUTE format('CREATE CAST (%1$s AS super) WITH FUNCTION redshift_lab.%1$s_super(%1$s) AS ASSIGNMENT', t);
    END IF;
  END LOOP;
END $$;
CREATE FUNCTION redshift_lab.text_super(text) RETURNS super LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT to_json($1)::super';
CREATE CAST (text AS super) WITH FUNCTION redshift_lab.text_super(text) AS ASSIGNMENT;
CREATE FUNCTION redshift_lab.varchar_super(varchar) RETURNS super LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT to_json($1::text)::super';
CREATE CAST (varchar AS super) WITH FUNCTION redshift_lab.varchar_super(varchar) AS ASSIGNMENT;

-- A SUPER of another kind than the scalar beside it is not equal to it, and neither smaller nor larger: null
-- (query-super, dynamic typing).
DO $$
DECLARE
  t text; k text; o text; n text; unlike text;
BEGIN
  FOR t, k IN VALUES ('text', 'string'), ('numeric', 'number'), ('float8', 'number'), ('int8', 'number'),
    ('int4', 'number'), ('bool', 'boolean') LOOP
    FOR o, n, unlike IN VALUES ('=', 'eq', 'false'), ('<>', 'ne', 'true'), ('<', 'lt', 'NULL'), ('<=', 'le', 'NULL'),
      ('>', 'gt', 'NULL'), ('>=', 'ge', 'NULL') LOOP
      EXECUTE format('CREATE FUNCTION redshift_lab.super_%s_%s(super, %2$s) RETURNS bool LANGUAGE sql STABLE PARALLEL '
        'SAFE AS $f$SELECT CASE WHEN redshift_lab.kind($1) = %3$L THEN $1::%4$s %5$s $2 WHEN redshift_lab.kind($1) <> '
        '''null'' AND $2 IS NOT NULL THEN %6$s END$f$', n, t, k, CASE WHEN k = 'number' THEN 'numeric' ELSE t END, o,
        unlike);
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = super, RIGHTARG = %s, FUNCTION = '
        'redshift_lab.super_%s_%2$s)', o, t, n);
      EXECUTE format('CREATE FUNCTION redshift_lab.%2$s_%1$s_super(%2$s, super) RETURNS bool LANGUAGE sql STABLE '
        'PARALLEL SAFE AS $f$SELECT CASE WHEN redshift_lab.kind($2) = %3$L THEN $1 %5$s $2::%4$s WHEN '
        'redshift_lab.kind($2) <> ''null'' AND $1 IS NOT NULL THEN %6$s END$f$', n, t, k,
        CASE WHEN k = 'number' THEN 'numeric' ELSE t END, o, unlike);
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = %s, RIGHTARG = super, FUNCTION = '
        'redshift_lab.%2$s_%3$s_super)', o, t, n);
    END LOOP;
  END LOOP;
END $$;
CREATE FUNCTION pg_catalog.json_parse(text) RETURNS super LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
  -- The most frequent case first, without a regular expression if possible.
  IF $1 IS JSON WITH UNIQUE KEYS THEN
    RETURN (CASE WHEN $1 ~ '[[:space:]]' THEN redshift_lab.compact($1) ELSE $1 END)::json::super;
  END IF;
  IF $1 IS NOT JSON AND redshift_lab.setting('parse_super_null_on_error', 'off') = 'on' THEN
    RETURN NULL;
  END IF;
  IF $1 IS JSON THEN
    PERFORM redshift_lab.raise('22P02', 'JSON parsing error: an attribute of an object is given twice');
  END IF;
  RETURN $1::json::super; -- which says what is wrong
END $$;
CREATE FUNCTION pg_catalog.json_serialize(super) RETURNS varchar LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$SELECT coalesce(redshift_lab.compact($1::json::text), 'null')::varchar$$;
CREATE FUNCTION pg_catalog.can_json_parse(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 IS JSON';
CREATE FUNCTION pg_catalog.is_valid_json(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 IS JSON OBJECT';
CREATE FUNCTION pg_catalog.is_valid_json_array(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 IS JSON ARRAY';
CREATE FUNCTION pg_catalog.json_size(super) RETURNS integer LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT octet_length("json_serialize"($1))';
CREATE FUNCTION pg_catalog.get_array_length(super) RETURNS bigint LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT CASE redshift_lab.kind($1) WHEN 'array' THEN json_array_length($1::json)::bigint END$$;
CREATE FUNCTION pg_catalog.json_typeof(super) RETURNS varchar LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT redshift_lab.kind($1)::varchar';
-- What a value is; false of null (query-super, types of introspection). A number with an exponent is a floating one.
CREATE FUNCTION redshift_lab.is_number(super, pattern text) RETURNS boolean LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$SELECT redshift_lab.kind($1) = 'number' AND redshift_lab.scalar($1) ~ pattern$$;
CREATE FUNCTION redshift_lab.is_whole(super, low numeric, high numeric) RETURNS boolean LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$
  SELECT CASE WHEN redshift_lab.is_number($1, '^[^.eE]+$') THEN redshift_lab.scalar($1)::numeric BETWEEN low AND high
    ELSE false END
$$;
CREATE FUNCTION pg_catalog.is_array(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS $$SELECT coalesce(redshift_lab.kind($1) = 'array', false)$$;
CREATE FUNCTION pg_catalog.is_object(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS $$SELECT coalesce(redshift_lab.kind($1) = 'object', false)$$;
CREATE FUNCTION pg_catalog.is_scalar(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS $$SELECT coalesce(redshift_lab.kind($1) IN ('string', 'number', 'boolean'), false)$$;
CREATE FUNCTION pg_catalog.is_varchar(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS $$SELECT coalesce(redshift_lab.kind($1) = 'string', false)$$;
CREATE FUNCTION pg_catalog.is_char(super) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(redshift_lab.kind($1) = 'string'
    AND octet_length(redshift_lab.scalar($1)) = length(redshift_lab.scalar($1)), false)
$$;
CREATE FUNCTION pg_catalog.is_boolean(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS $$SELECT coalesce(redshift_lab.kind($1) = 'boolean', false)$$;
CREATE FUNCTION pg_catalog.is_smallint(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS 'SELECT redshift_lab.is_whole($1, -32768, 32767)';
CREATE FUNCTION pg_catalog.is_integer(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS 'SELECT redshift_lab.is_whole($1, -2147483648, 2147483647)';
CREATE FUNCTION pg_catalog.is_bigint(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS 'SELECT redshift_lab.is_whole($1, -9223372036854775808, 9223372036854775807)';
CREATE FUNCTION pg_catalog.is_decimal(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS $$SELECT coalesce(redshift_lab.is_number($1, '^[^eE]+$'), false)$$;
CREATE FUNCTION pg_catalog.is_float(super) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS $$SELECT coalesce(redshift_lab.is_number($1, '[eE]'), false)$$;
CREATE FUNCTION redshift_lab.array_of(VARIADIC "any") RETURNS json LANGUAGE internal IMMUTABLE
  PARALLEL SAFE AS 'json_build_array';
CREATE FUNCTION redshift_lab.array_of() RETURNS json LANGUAGE internal IMMUTABLE
  PARALLEL SAFE AS 'json_build_array_noargs';
CREATE FUNCTION redshift_lab.object_of(VARIADIC "any") RETURNS json LANGUAGE internal IMMUTABLE
  PARALLEL SAFE AS 'json_build_object';
CREATE FUNCTION redshift_lab.object_of() RETURNS json LANGUAGE internal IMMUTABLE
  PARALLEL SAFE AS 'json_build_object_noargs';
CREATE FUNCTION redshift_lab.item(super) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT $1::json';
CREATE FUNCTION redshift_lab.item(text) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT to_json($1)';
CREATE FUNCTION redshift_lab.item(anyelement) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT to_json($1)';
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval'] LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.item(%s) RETURNS json LANGUAGE plpgsql IMMUTABLE AS $b$BEGIN RETURN '
      'CASE WHEN $1 IS NULL THEN NULL ELSE redshift_lab.raise(''0A000'', ''ARRAY or OBJECT could not convert type '
      '%1$s to super'')::json END; END $b$', t);
  END LOOP;
END $$;
CREATE FUNCTION redshift_lab.made(json) RETURNS super LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.compact($1::text)::json::super';
CREATE FUNCTION redshift_lab.gathered(VARIADIC super[]) RETURNS super LANGUAGE sql IMMUTABLE AS $$
  SELECT ('[' || coalesce(string_agg(redshift_lab.compact(v::json::text), ',' ORDER BY n), '') || ']')::json::super
    FROM unnest($1) WITH ORDINALITY AS t(v, n)
$$;
CREATE FUNCTION pg_catalog.array_concat(super, super) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT redshift_lab.gathered(VARIADIC array(SELECT value FROM redshift_lab.elements($1) UNION ALL SELECT value
    FROM redshift_lab.elements($2)))
$$;
CREATE FUNCTION redshift_lab.leaves(super) RETURNS SETOF super LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  v super;
BEGIN
  FOR v IN SELECT value FROM redshift_lab.elements($1) ORDER BY place LOOP
    IF redshift_lab.kind(v) = 'array' THEN
      RETURN QUERY SELECT redshift_lab.leaves(v);
    ELSE
      RETURN NEXT v;
    END IF;
  END LOOP;
END $$;
CREATE FUNCTION pg_catalog.array_flatten(super) RETURNS super LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT redshift_lab.gathered(VARIADIC array(SELECT redshift_lab.leaves($1)))';
-- A place before the first counts backward from the end.
CREATE FUNCTION redshift_lab.from_end(super, integer) RETURNS bigint LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT CASE WHEN $2 < 0 THEN greatest(get_array_length($1) + $2, 0) ELSE $2::bigint END';
CREATE FUNCTION pg_catalog.subarray(super, integer, integer) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT redshift_lab.gathered(VARIADIC array(SELECT value FROM redshift_lab.elements($1)
    WHERE place >= redshift_lab.from_end($1, $2) AND place < redshift_lab.from_end($1, $2) + $3::bigint ORDER BY place))
$$;
CREATE FUNCTION pg_catalog.subarray(super, integer) RETURNS super LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT subarray($1, $2, 2147483647 - $2)';
CREATE FUNCTION pg_catalog.split_to_array(text, text DEFAULT ',') RETURNS super LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT redshift_lab.compact(to_json(string_to_array($1, $2))::text)::json::super';
CREATE FUNCTION pg_catalog.array_to_string(super, text) RETURNS text LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT string_agg(redshift_lab.super_text(value), $2 ORDER BY place) FROM redshift_lab.elements($1)$$;

-- The functions on JSON in text.
ALTER FUNCTION pg_catalog.json_extract_path_text(json, VARIADIC text[]) RENAME TO plain_json_extract_path_text;
ALTER FUNCTION pg_catalog.json_array_length(json) RENAME TO plain_json_array_length;
CREATE FUNCTION pg_catalog.json_array_length(json) RETURNS integer LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'json_array_length';
CREATE FUNCTION redshift_lab.checked(value text, forgive boolean) RETURNS json LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
BEGIN
  IF value IS JSON THEN
    RETURN value::json;
  ELSIF NOT forgive THEN
    PERFORM redshift_lab.raise('22P02', 'JSON parsing error');
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION redshift_lab.json_path(value text, forgive boolean, VARIADIC path text[]) RETURNS text LANGUAGE sql
  IMMUTABLE PARALLEL SAFE AS $$
  SELECT redshift_lab.compact_nested(redshift_lab.checked(value, forgive) #> path)
$$;
CREATE FUNCTION redshift_lab.compact_nested(json) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE plain_json_typeof($1) WHEN 'string' THEN $1 #>> '{}'
    WHEN 'null' THEN NULL ELSE redshift_lab.compact($1::text) END
$$;
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text) RETURNS text LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.json_path($1, false, $2)';
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.json_path($1, false, $2, $3)';
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text, text, text) RETURNS text LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.json_path($1, false, $2, $3, $4)';
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text, text, text, text) RETURNS text LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.json_path($1, false, $2, $3, $4, $5)';
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text, text, text, text, text) RETURNS text LANGUAGE sql
  IMMUTABLE PARALLEL SAFE AS 'SELECT redshift_lab.json_path($1, false, $2, $3, $4, $5, $6)';
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text, boolean) RETURNS text LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.json_path($1, $3, $2)';
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text, text, boolean) RETURNS text LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.json_path($1, $4, $2, $3)';
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text, text, text, boolean) RETURNS text LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.json_path($1, $5, $2, $3, $4)';
CREATE FUNCTION pg_catalog.json_array_length(text, forgive boolean DEFAULT false) RETURNS integer LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$
  SELECT plain_json_array_length(CASE WHEN $2 AND $1 IS NOT JSON ARRAY THEN NULL ELSE redshift_lab.checked($1, $2) END)
$$;
CREATE FUNCTION pg_catalog.json_extract_array_element_text(text, integer, forgive boolean DEFAULT false,
  boolean DEFAULT false) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN $2 < 0 THEN NULL ELSE redshift_lab.compact_nested(redshift_lab.checked($1, $3) -> $2) END
$$;

CREATE DOMAIN pg_catalog.varbyte AS bytea;
