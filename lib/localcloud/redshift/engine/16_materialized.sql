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
    FROM redshift_lab.sources_of_view(id) s WHERE (s.kind = 'm' OR s.schema = 'pg_spectrum')
      AND s.source IS DISTINCT FROM redshift_lab.stage_of(id) LIMIT 1);
BEGIN
  IF mutable OR other IS NOT NULL THEN
    PERFORM redshift_lab.raise('0A000', 'AUTO REFRESH YES is not supported for a materialized view that reads '
      || coalesce(other, 'a mutable function'));
  END IF;
END $$;

CREATE FUNCTION redshift_lab.check_functions(id oid) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
  own text := (SELECT p.oid::regproc::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
    JOIN pg_proc p ON p.oid = d.refobjid
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_proc'::regclass AND r.ev_class = id
      AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'redshift_lab'::regnamespace) LIMIT 1);
BEGIN
  IF own IS NOT NULL THEN
    PERFORM redshift_lab.raise('0A000', format('Materialized views do not support user-defined functions: %s', own));
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
  PERFORM redshift_lab.check_functions(id);
  IF autorefresh THEN
    PERFORM redshift_lab.check_autorefresh(id, mutable);
  END IF;
  INSERT INTO redshift_lab.materialized_views VALUES (id, autorefresh, mutable, incremental, definition);
  IF autorefresh AND redshift_lab.stage_of(id) IS NOT NULL THEN
    PERFORM redshift_lab.wake_refresh();
  END IF;
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
CREATE FUNCTION redshift_lab.forget_changes(id oid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(id);
  DELETE FROM redshift_lab.view_changes c WHERE c.view_id = id;
  PERFORM redshift_lab.note_change(id);
END $$;
-- What a REFRESH refreshes: the view, and with CASCADE the views that it reads, each after all that it reads.
CREATE FUNCTION redshift_lab.views_below(id oid) RETURNS TABLE (view_id oid) LANGUAGE sql STABLE
  SET search_path = pg_catalog AS $$
  WITH RECURSIVE reached AS (SELECT id AS view_id, 0 AS depth
    UNION ALL SELECT s.source, r.depth + 1 FROM reached r, redshift_lab.sources_of_view(r.view_id) s WHERE s.kind = 'm')
  SELECT r.view_id FROM reached r GROUP BY 1 ORDER BY max(depth) DESC
$$;
CREATE FUNCTION redshift_lab.refresh_order(name text, below boolean) RETURNS TABLE (view_id oid, shown text,
  is_stream boolean, waits_for_another boolean) LANGUAGE plpgsql AS $$
DECLARE
  id oid := redshift_lab.materialized_view(name);
BEGIN
  PERFORM redshift_lab.must_own(v.view_id) FROM redshift_lab.views_below(id) v WHERE below OR v.view_id = id;
  RETURN QUERY SELECT v.view_id, v.view_id::regclass::text, redshift_lab.stage_of(v.view_id) IS NOT NULL,
    NOT below AND EXISTS (SELECT FROM redshift_lab.views_below(id) o
      WHERE o.view_id <> id AND redshift_lab.view_is_stale(o.view_id) = 't')
    FROM redshift_lab.views_below(id) WITH ORDINALITY v(view_id, place) WHERE below OR v.view_id = id ORDER BY v.place;
END $$;
-- The views that are to be refreshed automatically now, and those over topics, which are asked again and again.
CREATE FUNCTION redshift_lab.views_to_refresh(streams boolean) RETURNS TABLE (view_id oid, shown text, owner name)
  LANGUAGE sql STABLE AS $$
  SELECT m.view_id, m.view_id::regclass::text, pg_get_userbyid(c.relowner)
  FROM redshift_lab.materialized_views m JOIN pg_class c ON c.oid = m.view_id
  WHERE m.autorefresh AND (redshift_lab.stage_of(m.view_id) IS NOT NULL) = streams
    AND (streams OR EXISTS (SELECT FROM redshift_lab.view_changes c WHERE c.view_id = m.view_id)) ORDER BY 1
$$;
-- The log of refreshes. One that failed is noted outside of its transaction, by the gateway.
CREATE TABLE redshift_lab.view_refreshes (user_name name NOT NULL, session_id integer NOT NULL,
  transaction_id bigint NOT NULL, schema_name text NOT NULL, view_id oid NOT NULL, view_name text NOT NULL,
  refresh_type text NOT NULL, status text NOT NULL, start_time timestamp NOT NULL, end_time timestamp NOT NULL);
CREATE INDEX ON redshift_lab.view_refreshes (end_time);
CREATE FUNCTION redshift_lab.note_refresh(id oid, refresh_type text, status text, began text, transaction bigint,
  session integer, user_name name) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  seen timestamp := clock_timestamp() AT TIME ZONE 'UTC';
BEGIN
  PERFORM redshift_lab.must_own(id);
  DELETE FROM redshift_lab.view_refreshes r WHERE r.end_time < seen - interval '7 days';
  INSERT INTO redshift_lab.view_refreshes
    SELECT CASE WHEN pg_has_role(session_user, 'pg_signal_backend', 'usage') THEN user_name ELSE redshift_lab.acting()
      END, session, transaction, n.nspname, c.oid, c.relname, refresh_type, status, began::timestamp, seen
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = id;
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
