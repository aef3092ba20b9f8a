-- Tables: what the gateway takes out of their definitions; keys that are kept but not enforced, as in Redshift.

-- Names are looked up as the caller sees them, then stored with the rights of the owner of this schema.
CREATE FUNCTION redshift_lab.note_table(name text, notes text) RETURNS void LANGUAGE sql AS $$
  SELECT redshift_lab.store_notes(name::regclass,
    notes::jsonb || jsonb_build_object('like', coalesce(to_regclass(notes::jsonb->>'like')::oid::bigint, 0),
    'foreign_keys', (SELECT coalesce(jsonb_agg(k || jsonb_build_object('table', (k->>'table')::regclass::oid::bigint)),
      '[]') FROM jsonb_array_elements(notes::jsonb->'foreign_keys') k)))
$$;

-- A key may name a column by its place.
CREATE FUNCTION redshift_lab.key_name(id oid, key text) RETURNS text LANGUAGE sql STABLE
  SET search_path = pg_catalog AS $$
  SELECT coalesce((SELECT attname::text FROM pg_attribute WHERE key ~ '^[1-9][0-9]{0,3}$' AND attrelid = id
    AND attnum::text = key), key)
$$;
CREATE FUNCTION redshift_lab.store_notes(id oid, n jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  k text;
  i integer := 0;
BEGIN
  n := n || jsonb_build_object('distkey', redshift_lab.key_name(id, n->>'distkey'),
    'sortkeys', (SELECT coalesce(jsonb_agg(redshift_lab.key_name(id, s) ORDER BY o), '[]')
      FROM jsonb_array_elements_text(n->'sortkeys') WITH ORDINALITY t(s, o)));
  IF id IS NULL THEN
    RETURN;
  END IF;
  IF (n->>'keep')::boolean AND EXISTS (SELECT FROM redshift_lab.tables t WHERE t.table_id = id) THEN
    RETURN;
  END IF;
  PERFORM redshift_lab.must_own(id);
  IF (n->>'like')::oid <> 0 THEN
    INSERT INTO redshift_lab.tables SELECT id, t.diststyle FROM redshift_lab.tables t
      WHERE t.table_id = (n->>'like')::oid;
    INSERT INTO redshift_lab.columns SELECT id, c.name, c.distkey, c.sortkey, c.encoding FROM redshift_lab.columns c
      WHERE c.table_id = (n->>'like')::oid;
    RETURN;
  END IF;
  IF n->>'diststyle' <> '' THEN
    INSERT INTO redshift_lab.tables VALUES (id, n->>'diststyle') ON CONFLICT (table_id) DO UPDATE
      SET diststyle = EXCLUDED.diststyle;
    UPDATE redshift_lab.columns c SET distkey = false WHERE c.table_id = id;
  END IF;
  IF n->>'distkey' <> '' THEN
    PERFORM redshift_lab.note_column(id, n->>'distkey');
    UPDATE redshift_lab.columns c SET distkey = true WHERE c.table_id = id AND c.name = n->>'distkey';
  END IF;
  IF jsonb_array_length(n->'sortkeys') > 0 THEN
    UPDATE redshift_lab.columns c SET sortkey = 0 WHERE c.table_id = id;
    FOR k IN SELECT jsonb_array_elements_text(n->'sortkeys') LOOP
      i := i + 1;
      PERFORM redshift_lab.note_column(id, k);
      UPDATE redshift_lab.columns c
      SET sortkey = CASE WHEN (n->>'interleaved')::boolean AND i % 2 = 0 THEN -i ELSE i END
      WHERE c.table_id = id AND c.name = k;
    END LOOP;
  END IF;
  FOR k IN SELECT jsonb_object_keys(n->'encodings') LOOP
    PERFORM redshift_lab.note_column(id, k);
    UPDATE redshift_lab.columns c SET encoding = n->'encodings'->>k WHERE c.table_id = id AND c.name = k;
  END LOOP;
  FOR k IN SELECT jsonb_object_keys(n->'identities') LOOP
    PERFORM redshift_lab.note_column(id, k);
    UPDATE redshift_lab.columns c SET identity = n->'identities'->>k WHERE c.table_id = id AND c.name = k;
  END LOOP;
  FOR k IN SELECT jsonb_array_elements(n->'foreign_keys')::text LOOP
    PERFORM redshift_lab.add_foreign_key(id, k::jsonb);
  END LOOP;
END $$;

CREATE FUNCTION redshift_lab.must_own(id oid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF pg_has_role(redshift_lab.acting(), (SELECT relowner FROM pg_class WHERE oid = id), 'member') IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = concat_any('must be owner of relation ',
      coalesce(id::regclass::text, 'null'));
  END IF;
END $$;

CREATE FUNCTION redshift_lab.note_column(id oid, column_name text) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = id AND attname = column_name AND NOT attisdropped) THEN
    RAISE EXCEPTION USING ERRCODE = '42703', MESSAGE = format('column "%s" named in key does not exist', column_name);
  END IF;
  INSERT INTO redshift_lab.columns (table_id, name) VALUES (id, column_name) ON CONFLICT DO NOTHING;
END $$;

-- The key that is referred to must look unique while PostgreSQL checks the reference.
CREATE FUNCTION redshift_lab.add_foreign_key(id oid, k jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog SET allow_system_table_mods = on AS $$
DECLARE
  other oid := (k->>'table')::oid;
  these text := (SELECT string_agg(quote_ident(c), ', ') FROM jsonb_array_elements_text(k->'columns') c);
  those text := (SELECT ' (' || string_agg(quote_ident(c), ', ') || ')'
    FROM jsonb_array_elements_text(k->'references') c);
  -- Redshift calls a key after its first column, PostgreSQL after all of them.
  plain text := left((SELECT relname FROM pg_class WHERE oid = id) || '_' || (k->'columns'->>0) || '_fkey', 60);
  key_name text := coalesce(nullif(k->>'name', ''),
    (SELECT concat_any(plain, nullif(i, 0)) FROM generate_series(0, 99) i
    WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = id AND conname = concat_any(plain, nullif(i, 0)))
    ORDER BY i LIMIT 1));
BEGIN
  IF has_any_column_privilege(redshift_lab.acting(), other, 'REFERENCES') IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = concat_any('permission denied for relation ',
      coalesce(other::regclass::text, 'null'));
  END IF;
  UPDATE pg_index SET indisunique = true
  WHERE indrelid = other AND indexrelid IN (SELECT conindid FROM pg_constraint WHERE conrelid = other
    AND contype IN ('p', 'u'));
  EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%s) REFERENCES %s%s NOT ENFORCED', id::regclass,
    key_name, these, other::regclass, coalesce(those, ''));
  PERFORM redshift_lab.relax_keys();
END $$;

CREATE FUNCTION redshift_lab.relax_keys() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog SET allow_system_table_mods = on AS $$
  -- A view that was replaced by one that is bound to its tables has columns.
  DELETE FROM redshift_lab.late_views v USING pg_class c WHERE c.oid = v.view_id
    AND (c.relkind <> 'v' OR c.relnatts > 0);
  UPDATE pg_index i SET indisunique = false
  FROM pg_class c
  WHERE i.indisunique AND c.oid = i.indrelid
    AND c.relnamespace <> ALL ('{pg_catalog,redshift_lab,pg_toast,information_schema}'::regnamespace[])
$$;

CREATE FUNCTION redshift_lab.on_ddl() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.relax_keys();
END $$;
CREATE EVENT TRIGGER redshift_relax_keys ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX', 'CREATE VIEW') EXECUTE FUNCTION redshift_lab.on_ddl();

CREATE FUNCTION redshift_lab.on_drop() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  DELETE FROM redshift_lab.tables t USING pg_event_trigger_dropped_objects() d
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND t.table_id = d.objid;
  DELETE FROM redshift_lab.columns c USING pg_event_trigger_dropped_objects() d
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND c.table_id = d.objid;
  DELETE FROM redshift_lab.late_views v USING pg_event_trigger_dropped_objects() d
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND v.view_id = d.objid;
  DELETE FROM redshift_lab.materialized_views v USING pg_event_trigger_dropped_objects() d
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND v.view_id = d.objid;
  DELETE FROM redshift_lab.view_changes v USING pg_event_trigger_dropped_objects() d
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND v.view_id = d.objid;
  DELETE FROM redshift_lab.argument_modifiers a USING pg_event_trigger_dropped_objects() d
  WHERE d.classid = 'pg_proc'::regclass AND a.routine_id = d.objid;
END $$;
CREATE EVENT TRIGGER redshift_forget ON sql_drop EXECUTE FUNCTION redshift_lab.on_drop();

-- ALTER TABLE APPEND: columns are matched by name, and must have the same attributes; the rows move.
CREATE FUNCTION redshift_lab.append_columns(id oid) RETURNS TABLE (name name, shown text, identity text,
  attributes text) LANGUAGE sql STABLE AS $$
  SELECT a.attname, quote_ident(a.attname), k.identity, format('%s, encoding %s, %s, sort key %s, distribution key %s',
    format_type(a.atttypid, a.atttypmod), redshift_lab.shown_encoding(k.encoding, k.sortkey, a.atttypid),
    CASE WHEN a.attnotnull THEN 'NOT NULL' ELSE 'NULL' END, coalesce(k.sortkey, 0), coalesce(k.distkey, false))
  FROM pg_attribute a LEFT JOIN redshift_lab.columns k ON k.table_id = id AND k.name = a.attname WHERE a.attrelid = id
    AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
$$;
CREATE FUNCTION redshift_lab.check_append(target regclass, source regclass, mode text) RETURNS void LANGUAGE plpgsql
  STABLE AS $$
DECLARE
  different text;
BEGIN
  IF EXISTS (SELECT FROM pg_class c WHERE c.oid IN (target, source) AND (c.relkind <> 'r' OR c.relpersistence <> 'p'))
    THEN
    PERFORM redshift_lab.raise('0A000', 'ALTER TABLE APPEND needs two permanent tables');
  END IF;
  IF EXISTS (SELECT FROM redshift_lab.append_columns(target) t WHERE t.identity NOT LIKE 'default %')
    AND EXISTS (SELECT FROM redshift_lab.append_columns(source) s WHERE s.identity NOT LIKE 'default %') THEN
    PERFORM redshift_lab.raise('0A000', 'ALTER TABLE APPEND cannot append an identity column: both tables have one');
  END IF;
  IF redshift_lab.dist_style(target) <> redshift_lab.dist_style(source) THEN
    PERFORM redshift_lab.raise('0A000', format('the tables have different distribution styles: %s and %s',
      redshift_lab.dist_style(target), redshift_lab.dist_style(source)));
  END IF;
  SELECT format('column %s has different attributes in the two tables: %s; %s', t.shown, t.attributes,
    s.attributes) INTO different
  FROM redshift_lab.append_columns(target) t JOIN redshift_lab.append_columns(source) s ON s.name = t.name
    WHERE t.attributes <> s.attributes LIMIT 1;
  IF different IS NOT NULL THEN
    PERFORM redshift_lab.raise('0A000', different);
  END IF;
  SELECT string_agg(s.shown, ', ') INTO different FROM redshift_lab.append_columns(source) s
    WHERE NOT EXISTS (SELECT FROM redshift_lab.append_columns(target) t WHERE t.name = s.name);
  IF different IS NOT NULL AND mode <> 'IGNOREEXTRA' THEN
    PERFORM redshift_lab.raise('42703', format('the target table has no column %s. Try: IGNOREEXTRA', different));
  END IF;
  SELECT string_agg(t.shown, ', ') INTO different FROM redshift_lab.append_columns(target) t
    WHERE NOT EXISTS (SELECT FROM redshift_lab.append_columns(source) s WHERE s.name = t.name);
  IF different IS NOT NULL AND mode <> 'FILLTARGET' THEN
    PERFORM redshift_lab.raise('42703', format('the source table has no column %s. Try: FILLTARGET', different));
  END IF;
END $$;
CREATE FUNCTION redshift_lab.append_table(target text, source text, mode text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  listed text;
  moved bigint;
  n bigint;
BEGIN
  PERFORM redshift_lab.check_append(target::regclass, source::regclass, mode);
  SELECT string_agg(t.shown, ', ') INTO listed FROM redshift_lab.append_columns(target::regclass) t
    JOIN redshift_lab.append_columns(source::regclass) s ON s.name = t.name;
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', source::regclass);
  EXECUTE format('SELECT count(*) FROM %s', source::regclass) INTO n;
  EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM %s', target::regclass, listed,
    source::regclass);
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> n THEN
    PERFORM redshift_lab.raise('XX000', format('ALTER TABLE APPEND moved %s of %s rows', moved, n));
  END IF;
  EXECUTE format('TRUNCATE %s', source::regclass);
END $$;
