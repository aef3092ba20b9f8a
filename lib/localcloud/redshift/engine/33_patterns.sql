-- ILIKE ignores the case of ASCII letters alone (r_patternmatching_condition_like): in the collation C, LOWER folds no
-- others.
CREATE FUNCTION redshift_lab.ilike(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT lower($1 COLLATE "C") LIKE lower($2 COLLATE "C")$$;
CREATE FUNCTION redshift_lab.not_ilike(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT lower($1 COLLATE "C") NOT LIKE lower($2 COLLATE "C")$$;
-- The blanks at the end of a CHAR count here; a cast would drop them.
CREATE FUNCTION redshift_lab.padded(bpchar) RETURNS text LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS $$SELECT convert_from(bpcharsend($1), 'UTF8')$$;
CREATE FUNCTION redshift_lab.ilike(bpchar, text) RETURNS boolean LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.ilike(redshift_lab.padded($1), $2)';
CREATE FUNCTION redshift_lab.not_ilike(bpchar, text) RETURNS boolean LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.not_ilike(redshift_lab.padded($1), $2)';
UPDATE pg_catalog.pg_operator o SET oprcode = to_regprocedure(format('redshift_lab.%s(%s,text)', f.name,
  o.oprleft::regtype))
FROM (VALUES ('~~*', 'ilike'), ('!~~*', 'not_ilike')) AS f (sign, name)
WHERE o.oprname = f.sign AND o.oprleft IN ('text'::regtype, 'bpchar'::regtype) AND o.oprright = 'text'::regtype;
