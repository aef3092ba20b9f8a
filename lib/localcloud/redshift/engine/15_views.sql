-- Late-binding views: the text is kept here, an empty view of the same name and columns stands in the catalog.
CREATE TABLE redshift_lab.late_views (view_id oid PRIMARY KEY, name text NOT NULL, definition text NOT NULL);
GRANT SELECT ON redshift_lab.late_views TO PUBLIC;

CREATE FUNCTION redshift_lab.keep_late_view(id oid, view_name text, text_of text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(id);
  INSERT INTO redshift_lab.late_views VALUES (id, view_name, text_of)
  ON CONFLICT (view_id) DO UPDATE SET definition = EXCLUDED.definition;
END $$;

CREATE FUNCTION redshift_lab.make_late_view(view_name text, listed text, definition text, translated text, replacing boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  shape text := '';
BEGIN
  IF replacing AND to_regclass(view_name) IS NOT NULL THEN
    EXECUTE 'DROP VIEW ' || view_name;
  END IF;
  BEGIN
    EXECUTE format('CREATE VIEW %s %s AS %s', view_name, listed, translated);
    SELECT string_agg(format('NULL::%s AS %I', format_type(atttypid, atttypmod), attname), ', ' ORDER BY attnum) INTO shape
    FROM pg_attribute WHERE attrelid = view_name::regclass AND attnum > 0;
    EXECUTE 'DROP VIEW ' || view_name;
  EXCEPTION WHEN undefined_table OR undefined_column OR invalid_schema_name OR undefined_function OR invalid_table_definition THEN
    shape := '';
  END;
  EXECUTE format('CREATE VIEW %s AS SELECT %s', view_name, shape);
  PERFORM redshift_lab.keep_late_view(view_name::regclass, (SELECT relname FROM pg_class WHERE oid = view_name::regclass), 'SELECT * FROM (' || definition || ') AS late ' || listed);
END $$;

CREATE FUNCTION redshift_lab.find_late_views(names text[]) RETURNS TABLE (name text, definition text) LANGUAGE sql STABLE AS $$
  SELECT n.nspname || '.' || v.name, v.definition FROM redshift_lab.late_views v JOIN pg_class c ON c.oid = v.view_id JOIN pg_namespace n ON n.oid = c.relnamespace WHERE v.name = ANY (names)
  UNION ALL
  SELECT v.name, v.definition FROM redshift_lab.late_views v WHERE v.name = ANY (names) AND pg_table_is_visible(v.view_id)
$$;
