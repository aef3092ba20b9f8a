-- Who may do what, as the views on privileges show it; sessions, locks and running statements.
CREATE FUNCTION redshift_lab.identity_name(oid) RETURNS text LANGUAGE sql
  STABLE AS $$SELECT CASE WHEN $1 = 0 THEN 'public' ELSE pg_get_userbyid($1)::text END$$;
CREATE FUNCTION redshift_lab.identity_type(oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN $1 = 0 THEN 'public' WHEN (SELECT rolcanlogin FROM pg_roles WHERE oid = $1) THEN 'user' ELSE 'role'
    END
$$;
CREATE VIEW pg_catalog.svv_relation_privileges AS
  SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, p.privilege_type,
    p.grantee::integer AS identity_id, redshift_lab.identity_name(p.grantee) AS identity_name,
    redshift_lab.identity_type(p.grantee) AS identity_type, p.is_grantable AS admin_option
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
    aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) p
  WHERE c.relkind IN ('r', 'v', 'm') AND redshift_lab.is_user_schema(n.oid)
    AND p.privilege_type NOT IN ('TRIGGER', 'MAINTAIN');
CREATE VIEW pg_catalog.svv_schema_privileges AS
  SELECT n.nspname::text AS namespace_name, p.privilege_type, p.grantee::integer AS identity_id,
    redshift_lab.identity_name(p.grantee) AS identity_name,
    redshift_lab.identity_type(p.grantee) AS identity_type, p.is_grantable AS admin_option
  FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) p
    WHERE redshift_lab.is_user_schema(n.oid);
CREATE VIEW pg_catalog.svv_database_privileges AS
  SELECT d.datname::text AS database_name, p.privilege_type, p.grantee::integer AS identity_id,
    redshift_lab.identity_name(p.grantee) AS identity_name,
    redshift_lab.identity_type(p.grantee) AS identity_type, p.is_grantable AS admin_option
  FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) p
    WHERE d.datname NOT IN ('template0', 'template1', 'postgres');
CREATE VIEW pg_catalog.svv_function_privileges AS
  SELECT n.nspname::text AS namespace_name, f.proname::text AS function_name,
    pg_get_function_identity_arguments(f.oid) AS argument_types, p.privilege_type, p.grantee::integer AS identity_id,
    redshift_lab.identity_name(p.grantee) AS identity_name, redshift_lab.identity_type(p.grantee) AS identity_type,
      p.is_grantable AS admin_option
  FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace,
    aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) p WHERE redshift_lab.is_user_schema(n.oid);
CREATE VIEW pg_catalog.svv_column_privileges AS
  SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, a.attname::text AS column_name,
    p.privilege_type, p.grantee::integer AS identity_id,
    redshift_lab.identity_name(p.grantee) AS identity_name, redshift_lab.identity_type(p.grantee) AS identity_type,
      p.is_grantable AS admin_option
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
    aclexplode(a.attacl) p WHERE redshift_lab.is_user_schema(n.oid);
CREATE VIEW pg_catalog.svv_default_privileges AS
  SELECT n.nspname::text AS schema_name, CASE d.defaclobjtype WHEN 'r' THEN 'RELATION' WHEN 'f' THEN 'FUNCTION'
    ELSE 'OTHER' END AS object_type, d.defaclrole::integer AS owner_id,
    redshift_lab.identity_name(d.defaclrole) AS owner_name,
    redshift_lab.identity_type(d.defaclrole) AS owner_type, p.privilege_type, p.grantee::integer AS grantee_id,
      redshift_lab.identity_name(p.grantee) AS grantee_name, redshift_lab.identity_type(p.grantee) AS grantee_type,
      p.is_grantable AS admin_option
  FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) p;
-- What the system itself granted is nobody's grant.
CREATE VIEW pg_catalog.svv_user_grants AS
  SELECT u.oid::integer AS user_id, u.rolname::text AS user_name, r.role_id, r.role_name,
    bool_or(m.admin_option) AS admin_option
  FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member AND u.rolcanlogin
    JOIN svv_roles r ON r.role_id = m.roleid::integer
  WHERE u.rolname <> 'rdsdb' AND (r.role_name <> 'sys:monitor' OR pg_get_userbyid(m.grantor) <> 'rdsdb') GROUP BY 1, 2,
    3, 4;
CREATE VIEW pg_catalog.svv_role_grants AS
  SELECT u.oid::integer AS role_id, u.rolname::text AS role_name, r.role_id AS granted_role_id,
    r.role_name AS granted_role_name
  FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member AND NOT u.rolcanlogin AND u.rolname !~ '^pg_'
    JOIN svv_roles r ON r.role_id = m.roleid::integer;
CREATE FUNCTION redshift_lab.engine_role(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$SELECT CASE $1
  WHEN 'sys:monitor' THEN 'pg_monitor' ELSE $1 END$$;
CREATE FUNCTION pg_catalog.role_is_member_of(text, text) RETURNS boolean LANGUAGE sql STABLE
  STRICT AS $$SELECT pg_has_role($1, redshift_lab.engine_role($2), 'member')$$;
CREATE FUNCTION pg_catalog.user_is_member_of(text, text) RETURNS boolean LANGUAGE sql STABLE
  STRICT AS $$SELECT pg_has_role($1, redshift_lab.engine_role($2), 'member')$$;

CREATE VIEW pg_catalog.svv_transactions AS
  SELECT a.usename::text AS txn_owner, a.datname::text AS txn_db, a.backend_xid::text::bigint AS xid, a.pid,
    a.xact_start::timestamp AS txn_start, l.mode AS lock_mode, CASE l.locktype WHEN 'virtualxid' THEN 'transactionid'
    ELSE l.locktype END AS lockable_object_type,
    l.relation::integer AS relation, l.granted FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
      WHERE a.backend_type = 'client backend' AND a.usename <> 'rdsdb';
CREATE VIEW pg_catalog.stv_locks AS
  SELECT l.relation::integer AS table_id, NULL::timestamp AS last_commit, NULL::timestamp AS last_update,
    a.backend_xid::text::bigint AS lock_owner, a.pid::bigint AS lock_owner_pid,
    a.xact_start::timestamp AS lock_owner_start, NULL::timestamp AS lock_owner_end,
    CASE WHEN l.granted THEN 'Holding lock' ELSE 'Waiting for lock' END AS lock_status
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_class c ON c.oid = l.relation
    WHERE l.mode LIKE '%Exclusive%' AND redshift_lab.is_user_schema(c.relnamespace);
CREATE VIEW pg_catalog.stv_slices AS SELECT 0 AS node, 0 AS slice, 0 AS localslice, 'D'::text AS type;
CREATE VIEW pg_catalog.pg_database_info AS SELECT oid AS datid, datname, datdba, encoding, datistemplate, datallowconn,
  'UNLIMITED'::text AS datconnlimit, NULL::text[] AS datconfig, datacl FROM pg_database;
DO $$
DECLARE
  v text;
BEGIN
  FOR v IN SELECT viewname FROM pg_views WHERE schemaname = 'pg_catalog'
    AND (viewname ~ '^(svv|stv|stl|svl|sys)_' OR viewname = 'pg_database_info') LOOP
    EXECUTE format('GRANT SELECT ON pg_catalog.%I TO PUBLIC', v);
  END LOOP;
END $$;
