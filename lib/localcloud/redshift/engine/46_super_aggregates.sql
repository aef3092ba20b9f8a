-- SUM, MIN and MAX of SUPER (c_Aggregate_Functions): a SUM leaves out what is no number, the others order as ORDER BY does.
CREATE FUNCTION redshift_lab.add_number(numeric, super) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN redshift_lab.kind($2) = 'number' THEN coalesce($1, 0) + redshift_lab.scalar($2)::numeric ELSE $1 END
$$;
CREATE FUNCTION redshift_lab.number_super(numeric) RETURNS super LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT to_json($1)::super';
CREATE AGGREGATE pg_catalog.sum(super) (SFUNC = redshift_lab.add_number, STYPE = numeric, FINALFUNC = redshift_lab.number_super);
CREATE FUNCTION redshift_lab.smaller(super, super) RETURNS super LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT CASE WHEN redshift_lab.super_cmp($1, $2) <= 0 THEN $1 ELSE $2 END';
CREATE FUNCTION redshift_lab.larger(super, super) RETURNS super LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT CASE WHEN redshift_lab.super_cmp($1, $2) >= 0 THEN $1 ELSE $2 END';
CREATE AGGREGATE pg_catalog.min(super) (SFUNC = redshift_lab.smaller, STYPE = super);
CREATE AGGREGATE pg_catalog.max(super) (SFUNC = redshift_lab.larger, STYPE = super);
