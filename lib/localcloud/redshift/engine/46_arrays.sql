-- Functions on SUPER beside the first ones: digits, arrays as sets, names of attributes, parts of objects.
CREATE FUNCTION pg_catalog.decimal_precision(super) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN is_decimal($1) THEN length(ltrim(translate(redshift_lab.scalar($1), '-.', ''), '0')) END
$$;
CREATE FUNCTION pg_catalog.decimal_scale(super) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN is_decimal($1) THEN scale(redshift_lab.scalar($1)::numeric) END
$$;
CREATE FUNCTION redshift_lab.is_equal(a super, b super) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN a IS NULL OR b IS NULL THEN (a IS NULL OR redshift_lab.kind(a) = 'null')
    AND (b IS NULL OR redshift_lab.kind(b) = 'null') ELSE redshift_lab.super_cmp(a, b) = 0 END
$$;
CREATE FUNCTION redshift_lab.place_of(a super, v super) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE redshift_lab.kind(a) WHEN 'array' THEN coalesce((SELECT min(place) FROM redshift_lab.elements(a)
    WHERE redshift_lab.is_equal(value, v)), -1) END
$$;
CREATE FUNCTION redshift_lab.array_contains(a super, v json, null_match boolean DEFAULT true) RETURNS boolean
  LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN NOT null_match AND coalesce(plain_json_typeof(v), 'null') = 'null' THEN NULL
    WHEN redshift_lab.place_of(a, v::super) >= 0 THEN true
    WHEN redshift_lab.kind(a) <> 'array' THEN NULL
      WHEN NOT null_match AND redshift_lab.place_of(a, 'null'::json::super) >= 0 THEN NULL ELSE false END
$$;
CREATE FUNCTION redshift_lab.array_position(a super, v json, null_match boolean DEFAULT true) RETURNS integer
  LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN NOT null_match AND coalesce(plain_json_typeof(v), 'null') = 'null' THEN NULL
    ELSE redshift_lab.place_of(a, v::super)::integer END
$$;
CREATE FUNCTION redshift_lab.distinct_of(VARIADIC super[]) RETURNS super LANGUAGE sql IMMUTABLE AS $$
  SELECT redshift_lab.gathered(VARIADIC array(
    SELECT v FROM unnest($1) WITH ORDINALITY AS t(v, n)
      WHERE NOT EXISTS (SELECT FROM unnest($1) WITH ORDINALITY AS u(w, m) WHERE m < n AND redshift_lab.is_equal(v, w))
      ORDER BY n))
$$;
CREATE FUNCTION pg_catalog.array_distinct(super) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE redshift_lab.kind($1) WHEN 'array'
    THEN redshift_lab.distinct_of(VARIADIC array(SELECT value FROM redshift_lab.elements($1) ORDER BY place)) END
$$;
CREATE FUNCTION redshift_lab.renamed(v super, upper_case boolean) RETURNS super LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN CASE redshift_lab.kind(v)
    WHEN 'object' THEN coalesce((SELECT '{' ||
      string_agg(to_json(CASE WHEN upper_case THEN upper(m.key) ELSE lower(m.key) END) || ':'
      || redshift_lab.renamed(redshift_lab.compact(m.value::text)::json::super, upper_case)::json, ','
      ORDER BY m.ordinality) || '}' FROM json_each(v::json) WITH ORDINALITY m), '{}')::json::super
    WHEN 'array' THEN redshift_lab.gathered(VARIADIC array(SELECT redshift_lab.renamed(value, upper_case)
      FROM redshift_lab.elements(v) ORDER BY place))
    ELSE v END;
END $$;
CREATE FUNCTION pg_catalog.lower_attribute_names(super) RETURNS super LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT redshift_lab.renamed($1, false)';
CREATE FUNCTION pg_catalog.upper_attribute_names(super) RETURNS super LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT redshift_lab.renamed($1, true)';

-- OBJECT_TRANSFORM: the kept paths in the order of the input, then what is set. A path is a text such as "a"."b".
CREATE FUNCTION redshift_lab.path_of(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT array(SELECT replace(p[1], '""', '"') FROM regexp_matches($1, '"((?:[^"]|"")*)"', 'g') p)
$$;
CREATE FUNCTION redshift_lab.kept(v super, paths text[], above text[]) RETURNS super LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN coalesce((SELECT '{' || string_agg(to_json(m.key) || ':'
    || CASE WHEN EXISTS (SELECT FROM unnest(paths) p WHERE redshift_lab.path_of(p) = above || m.key)
    THEN redshift_lab.compact(m.value::text)
      ELSE redshift_lab.kept(m.value::super, paths, above || m.key)::json::text END, ',' ORDER BY m.ordinality) || '}'
    FROM json_each(v::json) WITH ORDINALITY m
      WHERE EXISTS (SELECT FROM unnest(paths) p WHERE (redshift_lab.path_of(p))[:cardinality(above) + 1] = above
      || m.key
      AND (cardinality(redshift_lab.path_of(p)) = cardinality(above) + 1 OR plain_json_typeof(m.value) = 'object'))),
        '{}')::json::super;
END $$;
CREATE FUNCTION redshift_lab.put(v json, path text[], given json) RETURNS json LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  inner_ json := CASE WHEN plain_json_typeof(v) = 'object' THEN v ELSE '{}' END;
  changed json := CASE WHEN cardinality(path) = 1 THEN given ELSE redshift_lab.put(inner_ -> path[1], path[2:], given)
    END;
BEGIN
  RETURN (SELECT '{' || string_agg(to_json(k) || ':' || w::text, ',' ORDER BY n) || '}' FROM (
    SELECT m.key AS k, CASE WHEN m.key = path[1] THEN changed ELSE m.value END AS w, m.ordinality AS n
      FROM json_each(inner_) WITH ORDINALITY m
    UNION ALL SELECT path[1], changed, 1000000 WHERE NOT EXISTS (SELECT FROM json_object_keys(inner_) o
      WHERE o = path[1])) q)::json;
END $$;
CREATE FUNCTION redshift_lab.object_transform(v super, keeping boolean, paths text[], set_paths text[],
  VARIADIC given json[]) RETURNS super LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  result json := CASE WHEN keeping THEN redshift_lab.kept(v, paths, '{}')::json
    ELSE CASE WHEN cardinality(set_paths) = 0 THEN v::json ELSE '{}' END END;
BEGIN
  IF v IS NULL OR redshift_lab.kind(v) <> 'object' THEN
    RETURN v;
  END IF;
  FOR i IN 1..cardinality(set_paths) LOOP
    result := redshift_lab.put(result, redshift_lab.path_of(set_paths[i]), coalesce(given[i + 1], 'null'));
  END LOOP;
  RETURN redshift_lab.compact(result::text)::json::super;
END $$;
