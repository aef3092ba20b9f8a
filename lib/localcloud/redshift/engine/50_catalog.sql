-- What drivers and BI tools ask of Redshift's catalog.

ALTER FUNCTION pg_catalog.version() RENAME TO engine_version;
CREATE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), '
    'Redshift 1.0.117891'
$$;

-- How a type is called in Redshift.
CREATE FUNCTION redshift_lab.type_name(oid, integer) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN $1 = 'text'::regtype THEN 'character varying(' || 65535 || ')'
    WHEN $1 = 'varchar'::regtype AND $2 < 0 THEN 'character varying(65535)'
    WHEN $1 = 'intervaly2m'::regtype THEN 'interval year to month'
      WHEN $1 = 'intervald2s'::regtype THEN 'interval day to second' ELSE format_type($1, $2) END
$$;
CREATE FUNCTION redshift_lab.bare_type_name(oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN $1 = 'text'::regtype THEN 'character varying' ELSE format_type($1, NULL) END
$$;
-- What information schemas say of a type; the modifier is null where it is not known.
CREATE FUNCTION redshift_lab.data_type(type oid, modifier integer) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN type NOT IN ('intervaly2m'::regtype, 'intervald2s'::regtype) THEN redshift_lab.bare_type_name(type)
    WHEN modifier < 0 OR modifier IS NULL THEN redshift_lab.type_name(type, -1)
    ELSE 'interval' || intervaltypmodout(modifier)::text END
$$;
CREATE FUNCTION redshift_lab.text_length(type oid, modifier integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN type = 'text'::regtype THEN 65535
    WHEN type IN ('varchar'::regtype, 'bpchar'::regtype) THEN CASE WHEN modifier > 3 THEN modifier - 4
    WHEN modifier IS NOT NULL THEN 65535 END END
$$;
CREATE FUNCTION redshift_lab.number_precision(type oid, modifier integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT CASE type WHEN 'int2'::regtype THEN 16 WHEN 'int4'::regtype THEN 32 WHEN 'int8'::regtype THEN 64
    WHEN 'float4'::regtype THEN 24 WHEN 'float8'::regtype THEN 53
    WHEN 'numeric'::regtype THEN CASE WHEN modifier > 3 THEN ((modifier - 4) >> 16) & 65535
      WHEN modifier IS NOT NULL THEN 38 END END
$$;
CREATE FUNCTION redshift_lab.number_scale(type oid, modifier integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN type IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 0
    WHEN type = 'numeric'::regtype AND modifier > 3 THEN (modifier - 4) & 2047 END
$$;
CREATE FUNCTION redshift_lab.shown_encoding(encoding text, sortkey integer, type oid) RETURNS text LANGUAGE sql
  STABLE AS $$
  SELECT coalesce(encoding, CASE WHEN coalesce(sortkey, 0) <> 0 OR type IN ('bool'::regtype, 'float4'::regtype,
    'float8'::regtype, 'super'::regtype, to_regtype('geometry'), to_regtype('geography')) THEN 'none'
    WHEN type IN ('varchar'::regtype, 'bpchar'::regtype, 'text'::regtype) THEN 'lzo' ELSE 'az64' END)
$$;
CREATE FUNCTION redshift_lab.dist_style(id oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT CASE WHEN i.diststyle = 'KEY' THEN 'KEY(' || (SELECT name FROM redshift_lab.columns k
    WHERE k.table_id = id AND k.distkey LIMIT 1) || ')' ELSE i.diststyle END
    FROM redshift_lab.tables i WHERE i.table_id = id), 'AUTO(ALL)')
$$;
CREATE FUNCTION redshift_lab.is_user_schema(oid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'redshift_lab', 'pg_spectrum')
    AND n.nspname NOT LIKE 'pg_toast_temp%' FROM pg_namespace n WHERE n.oid = $1
$$;

CREATE VIEW pg_catalog.pg_table_def AS
  SELECT n.nspname AS schemaname, c.relname AS tablename, a.attname AS "column",
    redshift_lab.type_name(a.atttypid, a.atttypmod) AS type,
    redshift_lab.shown_encoding(k.encoding, k.sortkey, a.atttypid) AS encoding,
    coalesce(k.distkey, false) AS distkey, coalesce(k.sortkey, 0) AS sortkey, a.attnotnull AS "notnull"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN redshift_lab.columns k ON k.table_id = c.oid AND k.name = a.attname
  WHERE c.relkind IN ('r', 'p') AND redshift_lab.is_user_schema(n.oid) AND pg_table_is_visible(c.oid);

CREATE VIEW redshift_lab.all_columns AS
  SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, c.relname::text AS table_name,
    c.relkind, c.oid AS table_id, a.attname::text AS column_name, a.attnum::integer AS ordinal_position,
    CASE WHEN k.identity LIKE 'default %' THEN format('"default_identity"(%s, %s, %L::text)', c.oid, a.attnum - 1,
      substr(k.identity, 9)) WHEN k.identity IS NOT NULL THEN format('"identity"(%s, %s, %L::text)', c.oid,
      a.attnum - 1, k.identity)
      ELSE pg_get_expr(d.adbin, d.adrelid) END AS column_default,
    -- The engine makes an identity NOT NULL, Redshift does not.
    CASE WHEN a.attnotnull AND k.identity IS NULL THEN 'NO' ELSE 'YES' END AS is_nullable,
      redshift_lab.data_type(a.atttypid, a.atttypmod) AS data_type,
      redshift_lab.text_length(a.atttypid, a.atttypmod) AS character_maximum_length,
    redshift_lab.number_precision(a.atttypid, a.atttypmod) AS numeric_precision,
      redshift_lab.number_scale(a.atttypid, a.atttypmod) AS numeric_scale,
    col_description(c.oid, a.attnum) AS remarks,
      redshift_lab.shown_encoding(k.encoding, k.sortkey, a.atttypid) AS encoding, coalesce(k.distkey, false) AS distkey,
      coalesce(k.sortkey, 0) AS sortkey
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum LEFT
    JOIN redshift_lab.columns k ON k.table_id = c.oid AND k.name = a.attname
  WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname NOT IN ('redshift_lab', 'pg_spectrum', 'pg_toast')
    AND has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
  UNION ALL
  SELECT current_database()::text, n.nspname::text, c.relname::text, c.relkind, c.oid, a.name::text, a.number, NULL,
    'YES', redshift_lab.data_type(a.type, a.modifier), redshift_lab.text_length(a.type, a.modifier),
    redshift_lab.number_precision(a.type, a.modifier),
    redshift_lab.number_scale(a.type, a.modifier), NULL, 'none', false, 0
  FROM redshift_lab.late_columns() a JOIN pg_class c ON c.oid = a.view_id JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES');
CREATE VIEW pg_catalog.svv_columns AS
  SELECT database_name AS table_catalog, schema_name AS table_schema, table_name, column_name, ordinal_position,
    column_default, is_nullable, data_type, character_maximum_length, numeric_precision,
    CASE WHEN numeric_precision IS NOT NULL THEN 10 END AS numeric_precision_radix, numeric_scale,
      NULL::integer AS datetime_precision, NULL::text AS interval_type, NULL::text AS interval_precision,
    NULL::text AS character_set_catalog, NULL::text AS character_set_schema, NULL::text AS character_set_name,
      NULL::text AS collation_catalog, NULL::text AS collation_schema, NULL::text AS collation_name,
    NULL::text AS domain_name, remarks
  FROM redshift_lab.all_columns;
CREATE VIEW pg_catalog.svv_redshift_columns AS
  SELECT database_name, schema_name, table_name, column_name, ordinal_position, data_type, column_default, is_nullable,
    encoding, distkey, sortkey, NULL::text AS column_acl, remarks FROM redshift_lab.all_columns;
CREATE VIEW pg_catalog.svv_all_columns AS
  SELECT database_name, schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, data_type,
    character_maximum_length, numeric_precision, numeric_scale, remarks FROM redshift_lab.all_columns;

CREATE VIEW redshift_lab.all_tables AS
  SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, c.relname::text AS table_name,
    c.oid AS table_id, c.relkind, c.relowner,
    CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'TABLE' ELSE 'VIEW' END AS table_type,
      obj_description(c.oid, 'pg_class') AS remarks, c.relacl::text AS table_acl
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname NOT IN ('redshift_lab', 'pg_spectrum', 'pg_toast')
    AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    OR has_any_column_privilege(c.oid, 'SELECT'));
CREATE VIEW pg_catalog.svv_tables AS
  SELECT database_name AS table_catalog, schema_name AS table_schema, table_name,
    CASE table_type WHEN 'TABLE' THEN 'BASE TABLE' ELSE table_type END AS table_type, remarks
    FROM redshift_lab.all_tables;
CREATE VIEW pg_catalog.svv_redshift_tables AS SELECT database_name, schema_name, table_name, table_type, table_acl,
  remarks FROM redshift_lab.all_tables;
CREATE VIEW pg_catalog.svv_all_tables AS SELECT database_name, schema_name, table_name, table_type, table_acl, remarks
  FROM redshift_lab.all_tables;
CREATE VIEW pg_catalog.svv_redshift_schemas AS
  SELECT current_database()::text AS database_name, nspname::text AS schema_name, nspowner::integer AS schema_owner,
    'local'::text AS schema_type, nspacl::text AS schema_acl, NULL::text AS schema_option
  FROM pg_namespace WHERE nspname NOT IN ('redshift_lab', 'pg_spectrum', 'pg_toast') AND nspname NOT LIKE 'pg_toast%'
    AND nspname NOT LIKE 'pg_temp%';
CREATE VIEW pg_catalog.svv_redshift_databases AS
  SELECT datname::text AS database_name, datdba::integer AS database_owner, 'local'::text AS database_type,
    datacl::text AS database_acl, NULL::text AS database_options, 'Snapshot Isolation'::text AS database_isolation_level
  FROM pg_database WHERE datname NOT IN ('template0', 'template1', 'postgres');
CREATE VIEW pg_catalog.svv_redshift_functions AS
  SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, p.proname::text AS function_name,
    CASE p.prokind WHEN 'p' THEN 'STORED PROCEDURE' ELSE 'REGULAR FUNCTION' END AS function_type,
    pg_get_function_identity_arguments(p.oid) AS argument_type, format_type(p.prorettype, NULL) AS result_type
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE redshift_lab.is_user_schema(n.oid);
CREATE FUNCTION redshift_lab.routine_source(id oid, plain text) RETURNS text LANGUAGE sql
  STABLE AS $$SELECT coalesce((SELECT s.source FROM redshift_lab.procedure_source(id) s), plain)$$;
CREATE VIEW pg_catalog.pg_proc_info AS
  SELECT oid AS prooid, proname, pronamespace, proowner, prolang, prokind = 'a' AS proisagg, prosecdef, proisstrict,
    proretset, provolatile, pronargs, prorettype, proargtypes, redshift_lab.routine_source(oid, prosrc) AS prosrc,
    probin, proacl, prokind,
    proargmodes, proallargtypes, proargnames FROM pg_proc;
-- The rows of a table as the transaction sees them. A table that another transaction has locked tells what it had at
-- its last ANALYZE.
CREATE FUNCTION redshift_lab.row_count(id oid) RETURNS bigint LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
  SET search_path = pg_catalog SET lock_timeout = '200ms' AS $$
DECLARE
  n bigint;
BEGIN
  IF (has_any_column_privilege(session_user, id, 'SELECT')
    OR has_table_privilege(session_user, id, 'INSERT, UPDATE, DELETE')) IS NOT TRUE
    OR (SELECT relkind IN ('r', 'm') FROM pg_class WHERE oid = id) IS NOT TRUE THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT count(*) FROM ONLY %s', id::regclass) INTO n;
  RETURN n;
EXCEPTION WHEN lock_not_available THEN
  RETURN (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = id);
END $$;
-- Tables without rows are not in it.
CREATE VIEW pg_catalog.svv_table_info AS
  SELECT t.database_name AS database, t.schema_name AS schema, t.table_id, t.table_name AS "table",
    'Y'::text AS encoded,
    redshift_lab.dist_style(t.table_id) AS diststyle,
    coalesce((SELECT name::text FROM redshift_lab.columns k WHERE k.table_id = t.table_id AND abs(k.sortkey) = 1
      LIMIT 1), 'AUTO(SORTKEY)') AS sortkey1, (SELECT max(redshift_lab.text_length(a.atttypid, a.atttypmod))
      FROM pg_attribute a WHERE a.attrelid = t.table_id AND a.attnum > 0 AND NOT a.attisdropped
      AND a.atttypid <> 'bpchar'::regtype) AS max_varchar,
    (SELECT redshift_lab.shown_encoding(k.encoding, k.sortkey, a.atttypid) FROM redshift_lab.columns k
      JOIN pg_attribute a ON a.attrelid = k.table_id AND a.attname = k.name WHERE k.table_id = t.table_id
      AND abs(k.sortkey) = 1 LIMIT 1) AS sortkey1_enc,
    (SELECT count(*)::integer FROM redshift_lab.columns k WHERE k.table_id = t.table_id
      AND k.sortkey <> 0) AS sortkey_num, (pg_table_size(t.table_id) / 1048576)::bigint AS size,
      NULL::numeric AS pct_used,
    0::bigint AS empty, 0::numeric AS unsorted, 0::numeric AS stats_off, r.n::numeric AS tbl_rows,
      NULL::numeric AS skew_sortkey1, NULL::numeric AS skew_rows,
    r.n::numeric AS estimated_visible_rows, NULL::text AS risk_event, 0::numeric AS vacuum_sort_benefit,
      NULL::timestamp AS create_time
  FROM redshift_lab.all_tables t CROSS JOIN LATERAL redshift_lab.row_count(t.table_id) r(n)
  WHERE t.relkind IN ('r', 'm') AND t.schema_name NOT IN ('pg_catalog', 'information_schema') AND r.n > 0;
CREATE VIEW pg_catalog.svv_mv_info AS
  SELECT current_database()::text AS database_name, n.nspname::text AS schema_name,
    pg_get_userbyid(c.relowner)::text AS user_name, c.relname::text AS name,
    redshift_lab.view_is_stale(c.oid) AS is_stale, redshift_lab.view_state(c.oid) AS state,
    coalesce(v.autorefresh, 'f') AS autorefresh, 'f'::text AS autorewrite
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL redshift_lab.view_definition(c.oid) v
    WHERE c.relkind = 'm';
CREATE VIEW pg_catalog.stv_mv_info AS
  SELECT redshift_lab.logged(database_name, 128) AS db_name, redshift_lab.logged(schema_name, 128) AS schema,
    redshift_lab.logged(name, 128) AS name, 0::bigint AS updated_upto_xid, is_stale::char(1) AS is_stale,
    redshift_lab.logged(user_name, 128) AS owner_user_name, state, autorefresh::char(1) AS autorefresh,
    autorewrite::char(1) AS autorewrite
  FROM svv_mv_info;
-- Users as Redshift lists them: the admin, and who was made with CREATEUSER, are superusers.
ALTER VIEW pg_catalog.pg_user RENAME TO plain_pg_user;
CREATE VIEW pg_catalog.pg_user AS
  SELECT u.usename, u.usesysid, u.usecreatedb, r.rolsuper OR r.rolcreaterole AS usesuper, r.rolsuper
    OR r.rolcreaterole AS usecatupd, u.passwd, u.valuntil,
    nullif(array_remove(u.useconfig, 'createrole_self_grant=set'), '{}') AS useconfig
  FROM plain_pg_user u JOIN pg_roles r ON r.oid = u.usesysid;
GRANT SELECT ON pg_catalog.pg_user TO PUBLIC;
ALTER VIEW pg_catalog.pg_group RENAME TO plain_pg_group;
CREATE VIEW pg_catalog.pg_group AS SELECT groname, grosysid, grolist FROM plain_pg_group WHERE groname !~ '^pg_';
GRANT SELECT ON pg_catalog.pg_group TO PUBLIC;
CREATE VIEW pg_catalog.svv_user_info AS
  SELECT usename::text AS user_name, usesysid::integer AS user_id, usecreatedb AS createdb, usesuper AS superuser,
    usesuper AS catalog_update, NULL::text AS connection_limit, false AS syslog_access, NULL::text AS last_ddl_timestamp
    FROM pg_user;
CREATE VIEW pg_catalog.svv_roles AS
  SELECT oid::integer AS role_id, CASE rolname WHEN 'pg_monitor' THEN 'sys:monitor' ELSE rolname::text END AS role_name,
    NULL::text AS role_owner, NULL::text AS external_id
  FROM pg_roles WHERE NOT rolcanlogin AND (rolname !~ '^pg_' OR rolname = 'pg_monitor');

CREATE VIEW pg_catalog.stv_sessions AS
  SELECT backend_start::timestamp AS starttime, pid AS process, usename::text AS user_name, datname::text AS db_name,
    0 AS timeout_sec FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename <> 'rdsdb';
CREATE VIEW pg_catalog.stv_tbl_perm AS SELECT 0 AS slice, oid::integer AS id, redshift_lab.logged(relname, 72) AS name,
  coalesce(redshift_lab.row_count(oid), 0) AS rows, 0::bigint AS sorted_rows, (relpersistence = 't')::integer AS temp,
  (SELECT oid::integer FROM pg_database WHERE datname = current_database()) AS db_id, 0 AS insert_pristine,
  0 AS delete_pristine, 1 AS backup FROM pg_class WHERE relkind = 'r' AND redshift_lab.is_user_schema(relnamespace);
CREATE VIEW pg_catalog.pg_user_info AS
  SELECT usename, usesysid, usecreatedb, usesuper, usesuper AS usecatupd, passwd, valuntil, useconfig,
    'UNLIMITED'::text AS useconnlimit FROM pg_user;
CREATE VIEW pg_catalog.svl_user_info AS SELECT usename::text, usesysid::integer, usecreatedb, usesuper,
  usesuper AS usecatupd, 'UNLIMITED'::text AS useconnlimit, 'RESTRICTED'::text AS syslogaccess,
  NULL::timestamp AS last_ddl_ts, NULL::integer AS sessiontimeout, NULL::text AS external_user_id FROM pg_user;

CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record LANGUAGE sql STABLE AS $$
  SELECT c.schema_name::name, c.table_name::name, c.column_name::name,
    redshift_lab.type_name(a.type, a.modifier)::varchar, c.ordinal_position
  FROM redshift_lab.all_columns c JOIN redshift_lab.late_columns() a ON a.view_id = c.table_id
    AND a.number = c.ordinal_position
$$;
CREATE FUNCTION pg_catalog.pg_get_cols(text) RETURNS SETOF record LANGUAGE sql STABLE AS $$
  SELECT c.schema_name::name, c.table_name::name, c.column_name::name,
    redshift_lab.type_name(a.type, a.modifier)::varchar, c.ordinal_position
  FROM redshift_lab.all_columns c JOIN (SELECT attrelid, attnum, atttypid, atttypmod FROM pg_attribute
    UNION ALL SELECT view_id, number, type, modifier FROM redshift_lab.late_columns()) a(id, number, type, modifier)
    ON a.id = c.table_id AND a.number = c.ordinal_position WHERE c.table_id = $1::regclass
$$;
CREATE FUNCTION pg_catalog.current_namespace() RETURNS text LANGUAGE sql STABLE AS $$SELECT 'smartcity'$$;
CREATE FUNCTION pg_catalog.current_aws_account() RETURNS bigint LANGUAGE sql STABLE AS $$SELECT 123456789012$$;
CREATE FUNCTION pg_catalog.default_iam_role() RETURNS varchar LANGUAGE sql STABLE
  AS $$SELECT 'arn:aws:iam::123456789012:role/LabRole'$$;
CREATE FUNCTION pg_catalog.db_collation() RETURNS varchar LANGUAGE sql STABLE AS $$SELECT 'case_sensitive'$$;
CREATE FUNCTION pg_catalog.slice_num() RETURNS integer LANGUAGE sql STABLE AS $$SELECT 0$$;
DO $$
DECLARE
  v text;
BEGIN
  FOR v IN SELECT viewname FROM pg_views WHERE schemaname = 'pg_catalog'
    AND (viewname LIKE 'sv%' OR viewname LIKE 'st%' OR viewname LIKE 'sys%'
    OR viewname IN ('pg_table_def', 'pg_user_info', 'pg_external_schema', 'pg_proc_info')) LOOP
    EXECUTE format('GRANT SELECT ON pg_catalog.%I TO PUBLIC', v);
  END LOOP;
  GRANT SELECT ON redshift_lab.all_columns, redshift_lab.all_tables TO PUBLIC;
END $$;

-- Parameters that only Redshift has, as functions see them.
ALTER FUNCTION pg_catalog.current_setting(text) RENAME TO plain_current_setting;
CREATE FUNCTION pg_catalog.current_setting(name text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
  RETURN CASE lower(name) WHEN 'query_group' THEN redshift_lab.setting('query_group', 'unset')
    WHEN 'wlm_query_slot_count' THEN redshift_lab.setting('wlm_query_slot_count', '1')
    WHEN 'server_version' THEN '8.0.2' ELSE plain_current_setting(name) END;
END $$;
ALTER FUNCTION pg_catalog.set_config(text, text, boolean) RENAME TO plain_set_config;
CREATE FUNCTION pg_catalog.set_config(name text, value text, is_local boolean) RETURNS text
  LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN plain_set_config(CASE WHEN lower(name) IN ('query_group', 'wlm_query_slot_count') THEN 'redshift.'
    || lower(name) ELSE name END, value, is_local);
END $$;
