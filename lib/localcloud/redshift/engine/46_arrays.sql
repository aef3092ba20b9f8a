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
CREATE FUNCTION redshift_lab.nulls_match() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT redshift_lab.setting('default_array_search_null_handling', 'on') = 'on'
$$;
-- Where a search finds nothing for certain: it looks for a null, or the array has one that may be what it looks for.
CREATE FUNCTION redshift_lab.is_unknown(a super, v json, null_match boolean) RETURNS boolean LANGUAGE sql
  IMMUTABLE AS $$
  SELECT redshift_lab.kind(a) <> 'array' OR (NOT null_match AND (coalesce(plain_json_typeof(v), 'null') = 'null'
    OR (redshift_lab.place_of(a, v::super) < 0 AND redshift_lab.place_of(a, 'null'::json::super) >= 0)))
$$;
CREATE FUNCTION redshift_lab.array_contains(a super, v json, null_match boolean DEFAULT redshift_lab.nulls_match())
  RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN NOT redshift_lab.is_unknown(a, v, null_match) THEN redshift_lab.place_of(a, v::super) >= 0 END
$$;
CREATE FUNCTION redshift_lab.array_position(a super, v json, null_match boolean DEFAULT redshift_lab.nulls_match())
  RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN NOT redshift_lab.is_unknown(a, v, null_match) THEN redshift_lab.place_of(a, v::super)::integer END
$$;
CREATE FUNCTION redshift_lab.array_positions(a super, v json, null_match boolean DEFAULT redshift_lab.nulls_match())
  RETURNS super LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN NOT redshift_lab.is_unknown(a, v, null_match)
    THEN redshift_lab.made((SELECT coalesce(json_agg(place ORDER BY place), '[]') FROM redshift_lab.elements(a)
      WHERE redshift_lab.is_equal(value, v::super))) END
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
CREATE FUNCTION pg_catalog.array_union(super, super) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN redshift_lab.kind($1) = 'array' AND redshift_lab.kind($2) = 'array'
    THEN array_distinct(array_concat($1, $2)) END
$$;
-- The elements of one array that another has as well, or has not; one that occurs twice has two partners there.
CREATE FUNCTION redshift_lab.matched(a super, b super, present boolean) RETURNS super LANGUAGE sql IMMUTABLE AS $$
  SELECT redshift_lab.gathered(VARIADIC array(
    SELECT e.value FROM redshift_lab.elements(a) e WHERE present = (
      (SELECT count(*) FROM redshift_lab.elements(a) f
        WHERE f.place <= e.place AND redshift_lab.is_equal(f.value, e.value))
      <= (SELECT count(*) FROM redshift_lab.elements(b) f WHERE redshift_lab.is_equal(f.value, e.value)))
    ORDER BY e.place))
$$;
CREATE FUNCTION redshift_lab.matched(a super, b super, present boolean, alone boolean) RETURNS super LANGUAGE sql
  IMMUTABLE STRICT AS $$
  SELECT CASE WHEN redshift_lab.kind(a) = 'array' AND redshift_lab.kind(b) = 'array'
    THEN CASE WHEN alone THEN redshift_lab.matched(array_distinct(a), array_distinct(b), present)
      ELSE redshift_lab.matched(a, b, present) END END
$$;
CREATE FUNCTION pg_catalog.array_except(super, super, "distinct" boolean DEFAULT false) RETURNS super LANGUAGE sql
  IMMUTABLE STRICT AS 'SELECT redshift_lab.matched($1, $2, false, $3)';
CREATE FUNCTION pg_catalog.array_intersection(super, super, "distinct" boolean DEFAULT false) RETURNS super LANGUAGE sql
  IMMUTABLE STRICT AS 'SELECT redshift_lab.matched($1, $2, true, $3)';
CREATE FUNCTION redshift_lab.sorted(a super, ascending boolean, nulls_first boolean) RETURNS super LANGUAGE sql
  IMMUTABLE STRICT AS $$
  SELECT CASE redshift_lab.kind(a) WHEN 'array' THEN redshift_lab.gathered(VARIADIC array(
    SELECT value FROM redshift_lab.elements(a) ORDER BY redshift_lab.is_equal(value, NULL) <> nulls_first,
      CASE WHEN ascending THEN value END, CASE WHEN NOT ascending THEN value END DESC, place)) END
$$;
CREATE FUNCTION pg_catalog.array_sort(super) RETURNS super LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT redshift_lab.sorted($1, true, false)';
CREATE FUNCTION pg_catalog.array_sort(super, sort_ascending boolean) RETURNS super LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT redshift_lab.sorted($1, $2, NOT $2)';
CREATE FUNCTION pg_catalog.array_sort(super, sort_ascending boolean, nulls_first boolean) RETURNS super LANGUAGE sql
  IMMUTABLE STRICT AS 'SELECT redshift_lab.sorted($1, $2, $3)';
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
