-- LISTAGG: empty texts are left out as nulls are, and the result has a limit (r_LISTAGG).
CREATE FUNCTION redshift_lab.filled(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT CASE WHEN octet_length($1) > 0 THEN $1 END';
CREATE FUNCTION redshift_lab.list_of(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length($1) > 65535 THEN redshift_lab.raise('22001',
    concat_any('Result size exceeds LISTAGG limit', left($1, 0))) ELSE $1 END
$$;
CREATE FUNCTION redshift_lab.joined(vals anyarray, mark text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT redshift_lab.list_of(string_agg(v::text, mark ORDER BY place)) FROM unnest($1) WITH ORDINALITY AS t (v, place)
    WHERE octet_length(v::text) > 0
$$;
-- Of texts that are equal, blanks at the end aside, the first one stays.
CREATE FUNCTION redshift_lab.joined_once(vals text[], mark text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT redshift_lab.list_of(string_agg(v, mark ORDER BY place))
  FROM (SELECT DISTINCT ON (v) v, place FROM unnest($1) WITH ORDINALITY AS t (v, place) WHERE v IS NOT NULL ORDER BY v,
    place) AS firsts
$$;
