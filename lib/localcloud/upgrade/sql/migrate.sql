-- Runs on the copy of a database whose stamp has no number: brings the engine's own tables to format 2. A table that it
-- replaces stays under the name "old NAME": views of the engine, and views of users over those, still read it.

-- Late-binding views of 1.0.0 have the columns that they once had, and a text around their query.
DO $$
DECLARE
  v record;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'redshift_lab.late_views'::regclass AND attname =
    'listed') THEN
    CREATE FUNCTION redshift_lab.late_rows() RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1';
    ALTER TABLE redshift_lab.late_views ADD listed text, ADD names name[], ADD types oid[], ADD modifiers integer[];
    UPDATE redshift_lab.late_views l SET
      listed = substring(l.definition FROM '.*\) AS late (.*)$'),
      definition = substring(l.definition FROM '^SELECT \* FROM \((.*)\) AS late .*$'),
      (names, types, modifiers) = (SELECT coalesce(array_agg(attname ORDER BY attnum), '{}'),
        coalesce(array_agg(atttypid ORDER BY attnum), '{}'), coalesce(array_agg(atttypmod ORDER BY attnum), '{}')
        FROM pg_attribute WHERE attrelid = l.view_id AND attnum > 0 AND NOT attisdropped);
    FOR v IN SELECT c.oid, c.oid::regclass::text AS shown, c.relacl, c.relowner, obj_description(c.oid, 'pg_class')
      AS told
      FROM redshift_lab.late_views l JOIN pg_class c ON c.oid = l.view_id LOOP
      EXECUTE 'DROP VIEW ' || v.shown;
      EXECUTE format('CREATE VIEW %s AS SELECT FROM redshift_lab.late_rows()', v.shown);
      UPDATE pg_class SET relacl = v.relacl, relowner = v.relowner WHERE oid = v.shown::regclass;
      UPDATE redshift_lab.late_views SET view_id = v.shown::regclass WHERE view_id = v.oid;
      IF v.told IS NOT NULL THEN
        EXECUTE format('COMMENT ON VIEW %s IS %L', v.shown, v.told);
      END IF;
    END LOOP;
    ALTER TABLE redshift_lab.late_views DROP name;
  END IF;
END $$;

-- 1.0.0 let PostgreSQL run all procedures. Now the gateway runs them, except those with SECURITY DEFINER. 1.0.0 gave
-- arguments with OUT a default, and no others.
DO $$
BEGIN
  IF to_regclass('redshift_lab.procedures') IS NULL THEN
    CREATE TABLE redshift_lab.procedures (routine_id oid, source text, told json);
    INSERT INTO redshift_lab.procedures
    SELECT p.oid, p.prosrc, json_build_object('nonatomic', false, 'settings', '{}'::json, 'arguments',
      (SELECT coalesce(json_agg(json_build_object('name', coalesce(a.name, ''), 'type', a.type::regtype::text,
        'mode', CASE WHEN coalesce(a.mode, 'i') = 'i' THEN 'IN' WHEN a.place > p.pronargs - p.pronargdefaults THEN 'OUT'
          ELSE 'INOUT' END) ORDER BY a.place), '[]')
      FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargmodes, p.proargnames)
        WITH ORDINALITY a(type, mode, name, place)))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE p.prokind = 'p' AND l.lanname = 'plpgsql' AND n.nspname NOT IN ('pg_catalog', 'redshift_lab');
    UPDATE pg_proc p SET prosrc = 'BEGIN PERFORM redshift_lab.not_here(); END' FROM redshift_lab.procedures s
      WHERE s.routine_id = p.oid AND NOT p.prosecdef;
    UPDATE pg_proc p SET pronargs = p.pronargs - p.pronargdefaults, pronargdefaults = 0, proargdefaults = NULL,
      proargtypes = array_to_string((p.proargtypes::oid[])[0:p.pronargs - p.pronargdefaults - 1], ' ')::oidvector,
      proargmodes = (SELECT array_agg(CASE WHEN a.place > p.pronargs - p.pronargdefaults THEN 'o' ELSE a.mode END
        ORDER BY a.place) FROM unnest(p.proargmodes) WITH ORDINALITY a(mode, place))
      FROM redshift_lab.procedures s WHERE s.routine_id = p.oid AND p.pronargdefaults > 0;
  END IF;
END $$;

-- 1.0.0 kept rejected records without the COPY that they came with. The numbers of those are below 0, so that none is
-- the number of a statement.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'redshift_lab.load_errors'::regclass AND attname =
    'query_id') THEN
    CREATE TABLE redshift_lab.loads AS
      SELECT DISTINCT -dense_rank() OVER (ORDER BY e.start_time, e.user_name, e.table_id) AS query_id, e.user_name,
        current_database()::text AS database_name, 0 AS session_id, 0::bigint AS transaction_id, e.table_id,
          e.table_name,
        e.start_time, e.start_time AS end_time, 'unknown'::text AS status, ''::text AS data_source, ''::text AS
          file_format,
        0::bigint AS loaded_rows, count(*) OVER (PARTITION BY e.start_time, e.user_name, e.table_id) AS error_count
      FROM redshift_lab.load_errors e;
    ALTER TABLE redshift_lab.load_errors RENAME TO "old load_errors";
    CREATE TABLE redshift_lab.load_errors AS
      SELECT l.query_id, e.file_name, e.line_number, e.column_name, e.column_type, e.column_length, 0 AS position,
        e.raw_line,
        e.raw_field_value, e.error_code, e.error_message
      FROM redshift_lab."old load_errors" e JOIN redshift_lab.loads l ON (l.start_time, l.user_name, l.table_id)
        = (e.start_time, e.user_name, e.table_id);
  END IF;
END $$;
