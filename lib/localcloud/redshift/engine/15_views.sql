-- Late-binding views: their text is kept here. An empty view without columns stands in the catalog for grants, renames
-- and DROP.
CREATE TABLE redshift_lab.late_views (view_id oid PRIMARY KEY, definition text NOT NULL, listed text NOT NULL,
  names name[] NOT NULL, types oid[] NOT NULL, modifiers integer[] NOT NULL);

-- A query that still reads the empty view was not translated: an error, and no rows.
CREATE FUNCTION redshift_lab.late_rows() RETURNS SETOF integer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'a late-binding view cannot be read here',
    HINT = 'Try: read it in a statement of its own, or in a procedure without SECURITY DEFINER';
END $$;

-- Who the session acts as: SET SESSION AUTHORIZATION changes the role, and a function with its owner's rights does not.
CREATE FUNCTION redshift_lab.acting() RETURNS name LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END
$$;

CREATE FUNCTION redshift_lab.keep_late_view(id oid, text_of text, listed text, names name[], types oid[],
  modifiers integer[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(id);
  IF (SELECT c.relkind = 'v' AND c.relnatts = 0 FROM pg_class c WHERE c.oid = id) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('%s is not a late-binding view', id::regclass);
  END IF;
  INSERT INTO redshift_lab.late_views VALUES (id, text_of, listed, names, types, modifiers)
  ON CONFLICT (view_id) DO UPDATE SET definition = EXCLUDED.definition, listed = EXCLUDED.listed,
    names = EXCLUDED.names, types = EXCLUDED.types, modifiers = EXCLUDED.modifiers;
END $$;
CREATE FUNCTION redshift_lab.is_late_view(id oid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM redshift_lab.late_views v WHERE v.view_id = id)
$$;

-- What the columns of its query are now, of which there may be none: what it reads need not exist yet, but its schemas
-- must.
CREATE FUNCTION redshift_lab.make_late_view(view_name text, listed text, definition text, translated text,
  schemas text[], replacing boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  names name[] := '{}';
  types oid[] := '{}';
  modifiers integer[] := '{}';
  id oid := to_regclass(view_name);
  s text;
BEGIN
  FOREACH s IN ARRAY schemas LOOP
    PERFORM s::regnamespace; -- an error where there is none
  END LOOP;
  BEGIN
    EXECUTE format('CREATE TEMPORARY VIEW redshift_lab_shape %s AS %s', listed, translated);
    SELECT coalesce(array_agg(attname ORDER BY attnum), '{}'), coalesce(array_agg(atttypid ORDER BY attnum), '{}'),
      coalesce(array_agg(atttypmod ORDER BY attnum), '{}') INTO names, types, modifiers
    FROM pg_attribute WHERE attrelid = 'pg_temp.redshift_lab_shape'::regclass AND attnum > 0;
    EXECUTE 'DROP VIEW pg_temp.redshift_lab_shape';
  EXCEPTION WHEN undefined_table OR undefined_column OR undefined_function THEN
    NULL; -- what it reads may come later
  END;
  IF id IS NOT NULL AND replacing AND NOT redshift_lab.is_late_view(id) THEN
    EXECUTE 'DROP VIEW ' || view_name;
    id := NULL;
  END IF;
  IF id IS NULL OR NOT replacing THEN
    EXECUTE format('CREATE VIEW %s AS SELECT FROM redshift_lab.late_rows()', view_name);
  END IF;
  PERFORM redshift_lab.keep_late_view(to_regclass(view_name), definition, listed, names, types, modifiers);
END $$;

-- The text of a late-binding view, for who may read it; null where it is none.
CREATE FUNCTION redshift_lab.late_view_text(id oid, OUT definition text, OUT listed text) RETURNS SETOF record
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  SELECT v.definition, v.listed INTO definition, listed FROM redshift_lab.late_views v WHERE v.view_id = id;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF has_table_privilege(redshift_lab.acting(), id, 'SELECT') IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('permission denied for relation %s',
      (SELECT relname FROM pg_class WHERE oid = id));
  END IF;
  RETURN NEXT;
END $$;
-- Of names as the caller sees them, those of late-binding views.
CREATE FUNCTION redshift_lab.find_late_views(names text[]) RETURNS TABLE (name text, definition text) LANGUAGE sql
  STABLE AS $$
  SELECT n.name, 'SELECT * FROM (' || v.definition || E'\n) AS late ' || v.listed FROM unnest(names) n(name),
    redshift_lab.late_view_text(to_regclass(n.name)) v
$$;
CREATE FUNCTION redshift_lab.late_columns() RETURNS TABLE (view_id oid, name name, number integer, type oid,
  modifier integer) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT v.view_id, u.name, u.number::integer, u.type, u.modifier FROM redshift_lab.late_views v,
    unnest(v.names, v.types, v.modifiers) WITH ORDINALITY u(name, type, modifier, number)
$$;
-- The statement that makes a view again: the whole for materialized and late-binding ones, the query for others.
CREATE FUNCTION redshift_lab.view_text(id oid, pretty boolean) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF redshift_lab.is_late_view(id) THEN
    RETURN (SELECT format('CREATE VIEW %s%s AS %s WITH NO SCHEMA BINDING;', id::regclass,
      CASE WHEN v.listed <> '' THEN ' ' || v.listed ELSE '' END, rtrim(v.definition, E' ;\n'))
      FROM redshift_lab.late_view_text(id) v);
  END IF;
  RETURN coalesce((SELECT v.definition || ';' FROM redshift_lab.view_definition(id) v),
    ltrim(plain_get_viewdef(id, pretty)));
END $$;
ALTER FUNCTION pg_catalog.pg_get_viewdef(oid, boolean) RENAME TO plain_get_viewdef;
ALTER FUNCTION pg_catalog.pg_get_viewdef(oid) RENAME TO plain_get_viewdef;
ALTER FUNCTION pg_catalog.pg_get_viewdef(text) RENAME TO plain_get_viewdef;
ALTER FUNCTION pg_catalog.pg_get_viewdef(text, boolean) RENAME TO plain_get_viewdef;
CREATE FUNCTION pg_catalog.pg_get_viewdef(oid, boolean) RETURNS text LANGUAGE sql STABLE
  STRICT AS 'SELECT redshift_lab.view_text($1, $2)';
CREATE FUNCTION pg_catalog.pg_get_viewdef(oid) RETURNS text LANGUAGE sql STABLE
  STRICT AS 'SELECT redshift_lab.view_text($1, false)';
CREATE FUNCTION pg_catalog.pg_get_viewdef(text) RETURNS text LANGUAGE sql STABLE
  STRICT AS 'SELECT redshift_lab.view_text($1::regclass, false)';
CREATE FUNCTION pg_catalog.pg_get_viewdef(text, boolean) RETURNS text LANGUAGE sql STABLE
  STRICT AS 'SELECT redshift_lab.view_text($1::regclass, $2)';
