-- Materialized views: the statement that made each, whether it is refreshed automatically, and what changed since its
-- last refresh.
CREATE TABLE redshift_lab.materialized_views (view_id oid PRIMARY KEY, autorefresh boolean NOT NULL,
  mutable boolean NOT NULL, incremental boolean NOT NULL, definition text NOT NULL);
-- One row for each view and each transaction that changed what it reads; the rows go when the view is refreshed.
CREATE TABLE redshift_lab.view_changes (view_id oid, changed_by xid8, PRIMARY KEY (view_id, changed_by));

CREATE FUNCTION redshift_lab.views_over(id oid) RETURNS SETOF oid LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT DISTINCT c.oid FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = r.ev_class
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = id
    AND c.relkind = 'm' AND c.oid <> id
$$;
CREATE FUNCTION redshift_lab.sources_of_view(id oid) RETURNS TABLE (source oid, kind "char", schema text) LANGUAGE sql
  STABLE SET search_path = pg_catalog AS $$
  SELECT DISTINCT c.oid, c.relkind, n.nspname::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
    JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND r.ev_class = id AND c.oid <> id
$$;

-- The gateway knows a change by its code; INFO reaches it whatever the session's client_min_messages.
CREATE FUNCTION redshift_lab.wake_refresh() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE INFO USING ERRCODE = 'LV001', MESSAGE = 'a materialized view is to be refreshed';
END $$;
CREATE FUNCTION redshift_lab.note_change(id oid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO redshift_lab.view_changes SELECT v, pg_current_xact_id()
    FROM redshift_lab.views_over(id) v ON CONFLICT DO NOTHING;
  IF EXISTS (SELECT FROM redshift_lab.views_over(id) v JOIN redshift_lab.materialized_views m ON m.view_id = v
    WHERE m.autorefresh) THEN
    PERFORM redshift_lab.wake_refresh();
  END IF;
END $$;
CREATE FUNCTION redshift_lab.on_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.note_change(TG_RELID);
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION redshift_lab.note_change(oid) FROM PUBLIC; -- only the trigger notes a change

CREATE FUNCTION redshift_lab.watch_table(id oid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = id AND tgname = 'redshift_lab_change') THEN
    EXECUTE format('CREATE TRIGGER redshift_lab_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH '
      'STATEMENT EXECUTE FUNCTION redshift_lab.on_change()', id::regclass);
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION redshift_lab.watch_table(oid) FROM PUBLIC; -- it makes a trigger on a table of whomever
CREATE FUNCTION redshift_lab.check_autorefresh(id oid, mutable boolean) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
  other text := (SELECT CASE WHEN s.kind = 'm' THEN 'another materialized view' ELSE 'an external table' END
    FROM redshift_lab.sources_of_view(id) s WHERE s.kind = 'm' OR s.schema = 'pg_spectrum' LIMIT 1);
BEGIN
  IF mutable OR other IS NOT NULL THEN
    PERFORM redshift_lab.raise('0A000', 'AUTO REFRESH YES is not supported for a materialized view that reads '
      || coalesce(other, 'a mutable function'));
  END IF;
END $$;

-- Names are looked up as the caller sees them, then stored with the rights of the owner of this schema.
CREATE FUNCTION redshift_lab.materialized_view(name text) RETURNS oid LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF (SELECT relkind = 'm' FROM pg_class WHERE oid = name::regclass) IS NOT TRUE THEN
    PERFORM redshift_lab.raise('42809', format('%s is not a materialized view', name));
  END IF;
  RETURN name::regclass;
END $$;
CREATE FUNCTION redshift_lab.note_view(name text, autorefresh boolean, mutable boolean, incremental boolean,
  definition text) RETURNS void LANGUAGE sql AS $$
  SELECT redshift_lab.store_view(redshift_lab.materialized_view(name), autorefresh, mutable, incremental, definition)
$$;
CREATE FUNCTION redshift_lab.store_view(id oid, autorefresh boolean, mutable boolean, incremental boolean,
  definition text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(id);
  IF EXISTS (SELECT FROM redshift_lab.materialized_views m WHERE m.view_id = id) THEN
    RETURN; -- CREATE ... IF NOT EXISTS found it
  END IF;
  IF autorefresh THEN
    PERFORM redshift_lab.check_autorefresh(id, mutable);
  END IF;
  INSERT INTO redshift_lab.materialized_views VALUES (id, autorefresh, mutable, incremental, definition);
  PERFORM redshift_lab.watch_table(s.source) FROM redshift_lab.sources_of_view(id) s WHERE s.kind IN ('r', 'p')
    AND s.schema <> 'pg_spectrum';
END $$;
CREATE FUNCTION redshift_lab.set_autorefresh(name text, wanted boolean) RETURNS void LANGUAGE sql AS $$
  SELECT redshift_lab.store_autorefresh(redshift_lab.materialized_view(name), wanted)
$$;
CREATE FUNCTION redshift_lab.store_autorefresh(id oid, wanted boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(id);
  IF wanted THEN
    PERFORM redshift_lab.check_autorefresh(id, (SELECT m.mutable FROM redshift_lab.materialized_views m
      WHERE m.view_id = id));
    PERFORM redshift_lab.wake_refresh();
  END IF;
  UPDATE redshift_lab.materialized_views m SET autorefresh = wanted WHERE m.view_id = id;
END $$;

-- Before a refresh, not after it: a change that commits meanwhile stays noted.
CREATE FUNCTION redshift_lab.begin_refresh(name text) RETURNS void LANGUAGE sql AS $$
  SELECT redshift_lab.forget_changes(to_regclass(name))
$$;
CREATE FUNCTION redshift_lab.forget_changes(id oid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  IF id IS NULL THEN
    RETURN; -- the statement itself says so
  END IF;
  PERFORM redshift_lab.must_own(id);
  DELETE FROM redshift_lab.view_changes c WHERE c.view_id = id;
  PERFORM redshift_lab.note_change(id);
END $$;
-- A view, then the views over it, each after all that it reads.
CREATE FUNCTION redshift_lab.refresh_cascade(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  view oid;
BEGIN
  FOR view IN
    WITH RECURSIVE reached AS (SELECT redshift_lab.materialized_view(name) AS id, 0 AS depth UNION ALL SELECT o,
      r.depth + 1 FROM reached r, redshift_lab.views_over(r.id) o)
    SELECT id FROM reached GROUP BY id ORDER BY max(depth)
  LOOP
    PERFORM redshift_lab.forget_changes(view);
    EXECUTE format('REFRESH MATERIALIZED VIEW %s', view::regclass);
  END LOOP;
END $$;
CREATE FUNCTION redshift_lab.views_to_refresh() RETURNS SETOF oid LANGUAGE sql STABLE AS $$
  SELECT m.view_id FROM redshift_lab.materialized_views m WHERE m.autorefresh
    AND EXISTS (SELECT FROM redshift_lab.view_changes c WHERE c.view_id = m.view_id) ORDER BY 1
$$;
-- It waits for readers only briefly, since whoever comes after it waits as well.
CREATE FUNCTION redshift_lab.refresh_view(id oid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog
  SET lock_timeout = '300ms' AS $$
BEGIN
  PERFORM redshift_lab.forget_changes(id);
  EXECUTE format('REFRESH MATERIALIZED VIEW %s', id::regclass);
END $$;
CREATE FUNCTION redshift_lab.view_is_stale(id oid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog AS $$
  SELECT CASE WHEN EXISTS (SELECT FROM redshift_lab.sources_of_view(id) s WHERE s.schema = 'pg_spectrum') THEN 'u'
    WHEN EXISTS (SELECT FROM redshift_lab.materialized_views m WHERE m.view_id = id AND m.mutable)
      OR EXISTS (SELECT FROM redshift_lab.view_changes c WHERE c.view_id = id) THEN 't' ELSE 'f' END
$$;
-- 1 where AWS refreshes a view, and the views below it, by their changes alone; 0 where it computes one of them again.
CREATE FUNCTION redshift_lab.view_state(id oid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog AS $$
  WITH RECURSIVE below AS (
    SELECT id AS view_id
    UNION SELECT s.source FROM below b, redshift_lab.sources_of_view(b.view_id) s WHERE s.kind = 'm'
  )
  SELECT bool_and(m.incremental)::integer FROM below b JOIN redshift_lab.materialized_views m ON m.view_id = b.view_id
$$;
CREATE FUNCTION redshift_lab.view_definition(id oid, OUT autorefresh text, OUT definition text) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT CASE WHEN m.autorefresh THEN 't' ELSE 'f' END, m.definition FROM redshift_lab.materialized_views m
    WHERE m.view_id = id AND has_table_privilege(redshift_lab.acting(), id, 'SELECT')
$$;
