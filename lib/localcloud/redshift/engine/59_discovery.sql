-- What the SHOW commands of discovery list, each with the database that it is of.

-- The engine drops lengths and precisions of arguments, which Redshift keeps for procedures.
CREATE TABLE redshift_lab.argument_modifiers (routine_id oid PRIMARY KEY, modifiers integer[] NOT NULL);
GRANT SELECT ON redshift_lab.argument_modifiers TO PUBLIC;
CREATE FUNCTION redshift_lab.store_argument_modifiers(id oid, given integer[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF id IS NULL THEN
    RETURN;
  END IF;
  IF pg_has_role(redshift_lab.acting(), (SELECT proowner FROM pg_proc WHERE oid = id), 'member') IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of procedure %s', id::regprocedure);
  END IF;
  INSERT INTO redshift_lab.argument_modifiers VALUES (id, given) ON CONFLICT (routine_id) DO UPDATE
    SET modifiers = EXCLUDED.modifiers;
END $$;
-- The name and the types are looked up as the caller sees them.
CREATE FUNCTION redshift_lab.note_arguments(name text, given text[], types text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM redshift_lab.store_argument_modifiers(to_regprocedure(name || '(' || array_to_string(given, ', ') || ')'),
    (SELECT coalesce(array_agg(to_regtypemod(t) ORDER BY o), '{}') FROM unnest(types) WITH ORDINALITY u(t, o)));
EXCEPTION WHEN syntax_error THEN
  RETURN; -- a type such as a column's (%TYPE): its modifier stays unknown
END $$;

-- A list of arguments whose types were written in any way; a name that the engine does not know stays.
CREATE FUNCTION redshift_lab.argument_list(names text[]) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(string_agg(coalesce(redshift_lab.bare_type_name(to_regtype(n)), n), ', ' ORDER BY o), '')
    FROM unnest(names) WITH ORDINALITY u(n, o)
$$;
-- The modes of the arguments of the procedures that a CALL with so many arguments may mean: i, o (which it leaves out)
-- or b.
CREATE FUNCTION redshift_lab.argument_modes(name text, given integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT DISTINCT coalesce(array_to_string(p.proargmodes, ''), repeat('i', given)) FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace, parse_ident(name) i
  WHERE p.prokind = 'p' AND p.pronargs = given AND p.proname = i[cardinality(i)]
    AND CASE cardinality(i) WHEN 1 THEN pg_function_is_visible(p.oid) ELSE n.nspname = i[cardinality(i) - 1] END
$$;
CREATE VIEW redshift_lab.routine_arguments AS
  SELECT p.oid AS routine_id, a.position::integer AS position, coalesce(a.name, '') AS name, a.type,
    CASE WHEN p.prokind = 'p' THEN m.modifiers[a.position] END AS modifier,
    CASE coalesce(a.mode, 'i') WHEN 'i' THEN 'IN' WHEN 'b' THEN 'INOUT' WHEN 't' THEN 'TABLE'
      WHEN 'v' THEN 'IN' ELSE 'OUT' END AS mode
  FROM pg_proc p LEFT JOIN redshift_lab.argument_modifiers m ON m.routine_id = p.oid,
    unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargmodes, p.proargnames) WITH ORDINALITY a(type, mode,
    name, position);
CREATE VIEW redshift_lab.show_routines AS
  SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, p.proname::text AS routine_name,
    p.prokind, p.oid AS routine_id, a.number_of_arguments, a.argument_list,
    CASE p.prokind WHEN 'p' THEN a.results ELSE redshift_lab.bare_type_name(p.prorettype) END AS return_type,
      p.prorettype, obj_description(p.oid, 'pg_proc') AS remarks
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace,
  LATERAL (SELECT count(*) FILTER (WHERE mode IN ('IN', 'INOUT'))::integer AS number_of_arguments,
    coalesce(string_agg(redshift_lab.bare_type_name(type), ', '
    ORDER BY position) FILTER (WHERE mode IN ('IN', 'INOUT')), '') AS argument_list,
    string_agg(redshift_lab.bare_type_name(type), ', '
      ORDER BY position) FILTER (WHERE mode IN ('OUT', 'INOUT')) AS results FROM redshift_lab.routine_arguments r
      WHERE r.routine_id = p.oid) a
  WHERE redshift_lab.is_user_schema(n.oid) AND p.prokind IN ('p', 'f') AND has_function_privilege(p.oid, 'execute');
CREATE VIEW redshift_lab.show_parameters AS
  SELECT r.database_name, r.schema_name, r.routine_name, r.prokind, r.argument_list, a.name AS parameter_name,
    a.position AS ordinal_position, a.mode AS parameter_type, redshift_lab.data_type(a.type, a.modifier) AS data_type,
    redshift_lab.text_length(a.type, a.modifier) AS character_maximum_length,
      redshift_lab.number_precision(a.type, a.modifier) AS numeric_precision,
      redshift_lab.number_scale(a.type, a.modifier) AS numeric_scale
  FROM redshift_lab.show_routines r, LATERAL (SELECT name, position, mode, type, modifier
    FROM redshift_lab.routine_arguments a WHERE a.routine_id = r.routine_id
    UNION ALL SELECT '', 0, 'RETURN', r.prorettype, NULL WHERE r.prokind = 'f') a;

CREATE VIEW redshift_lab.show_tables AS
  SELECT t.database_name, t.schema_name, t.table_name, t.table_type, t.table_acl, t.remarks,
    pg_get_userbyid(t.relowner)::text AS owner, NULL::timestamp AS last_altered_time,
    NULL::timestamp AS last_modified_time,
    CASE t.table_type WHEN 'TABLE' THEN replace(redshift_lab.dist_style(t.table_id), 'AUTO(', 'AUTO (')
      END AS dist_style,
    CASE WHEN t.relkind = 'm' THEN 'MATERIALIZED VIEW' WHEN t.table_type = 'TABLE' THEN 'REGULAR TABLE'
      WHEN redshift_lab.is_late_view(t.table_id) THEN 'LATE BINDING VIEW' ELSE 'REGULAR VIEW' END AS table_subtype
  FROM redshift_lab.all_tables t
  UNION ALL SELECT DISTINCT current_database()::text, schema_name, table_name, 'EXTERNAL ' || table_type, NULL, NULL,
    NULL, NULL::timestamp, NULL::timestamp, NULL, NULL FROM redshift_lab.external_columns
    WHERE redshift_lab.sees_external(schema_name);
CREATE VIEW redshift_lab.show_columns AS
  SELECT c.database_name, c.schema_name, c.table_name, c.column_name, c.ordinal_position, c.column_default,
    c.is_nullable, c.data_type, c.character_maximum_length, c.numeric_precision, c.numeric_scale, c.remarks,
    CASE WHEN c.sortkey <> 0 THEN CASE WHEN EXISTS (SELECT FROM redshift_lab.columns k
      WHERE k.table_id = c.table_id AND k.sortkey < 0) THEN 'INTERLEAVED' ELSE 'COMPOUND' END END AS sort_key_type,
    CASE WHEN c.relkind IN ('r', 'p') THEN c.sortkey END AS sort_key, CASE WHEN c.distkey THEN 1 END AS dist_key,
      CASE WHEN c.relkind IN ('r', 'p') THEN replace(c.encoding, 'none', 'raw') END AS encoding,
    CASE WHEN c.data_type LIKE 'character%' THEN 'default' END AS "collation"
  FROM redshift_lab.all_columns c
  UNION ALL SELECT current_database()::text, schema_name, table_name, column_name, column_number, NULL, 'YES',
    data_type, text_length, number_precision, number_scale, NULL, NULL, NULL, NULL, NULL, NULL
  FROM redshift_lab.external_columns WHERE redshift_lab.sees_external(schema_name);

CREATE VIEW redshift_lab.key_columns AS
  SELECT o.oid AS key_id, o.contype, o.conname::text AS key_name, o.conindid AS index_id,
    current_database()::text AS database_name, n.nspname::text AS schema_name, c.relname::text AS table_name,
    a.attname::text AS column_name, k.position::integer AS key_seq, o.confrelid AS referred_id,
    o.confkey[k.position] AS referred_column
  FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
    unnest(o.conkey) WITH ORDINALITY k(number, position), pg_attribute a
  WHERE a.attrelid = o.conrelid AND a.attnum = k.number AND redshift_lab.is_user_schema(n.oid)
    AND has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES');
CREATE VIEW redshift_lab.show_primary_keys AS
  SELECT database_name, schema_name, table_name, key_name AS pk_name, column_name, key_seq FROM redshift_lab.key_columns
    WHERE contype = 'p';
-- Redshift knows no actions of a foreign key.
CREATE VIEW redshift_lab.show_foreign_keys AS
  SELECT f.database_name AS pk_database_name, n.nspname::text AS pk_schema_name, c.relname::text AS pk_table_name,
    a.attname::text AS pk_column_name, f.database_name AS fk_database_name, f.schema_name AS fk_schema_name,
    f.table_name AS fk_table_name,
    f.column_name AS fk_column_name, f.key_seq, f.key_name AS fk_name, p.conname::text AS pk_name,
      NULL::smallint AS update_rule, NULL::smallint AS delete_rule, NULL::smallint AS deferrability
  FROM redshift_lab.key_columns f JOIN pg_class c ON c.oid = f.referred_id JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = f.referred_id AND a.attnum = f.referred_column
  LEFT JOIN pg_constraint p ON p.conrelid = f.referred_id AND p.conindid = f.index_id AND p.contype IN ('p', 'u')
    WHERE f.contype = 'f';

-- The owner's own rights are no grants. MAINTAIN, which Redshift does not have, comes by GRANT ALL alone: it stands for
-- those rights of ALL that the engine does not have.
CREATE FUNCTION redshift_lab.shown_privileges(name text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT unnest(CASE name WHEN 'MAINTAIN' THEN ARRAY['ALTER', 'DROP', 'RULE'] ELSE ARRAY[name] END)
$$;
CREATE FUNCTION redshift_lab.sees_grant(owner oid, grantor oid, grantee oid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT grantee <> owner AND (grantee = 0 OR pg_has_role(owner, 'member') OR pg_has_role(grantor, 'member')
    OR pg_has_role(grantee, 'member'))
$$;
CREATE VIEW redshift_lab.show_table_grants AS
  SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, c.relname::text AS object_name,
    'TABLE'::text AS object_type, s.privilege_type, p.grantee::integer AS identity_id,
    redshift_lab.identity_name(p.grantee) AS identity_name,
    redshift_lab.identity_type(p.grantee) AS identity_type, p.is_grantable AS admin_option,
      'TABLE'::text AS privilege_scope, redshift_lab.identity_name(p.grantor) AS grantor_name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) p,
    redshift_lab.shown_privileges(p.privilege_type) s(privilege_type)
  WHERE c.relkind IN ('r', 'v', 'm', 'p') AND redshift_lab.is_user_schema(n.oid)
    AND redshift_lab.sees_grant(c.relowner, p.grantor, p.grantee);
CREATE VIEW redshift_lab.show_column_grants AS
  SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, c.relname::text AS table_name,
    a.attname::text AS column_name, 'COLUMN'::text AS object_type, p.privilege_type, p.grantee::integer AS identity_id,
    redshift_lab.identity_name(p.grantee) AS identity_name,
    redshift_lab.identity_type(p.grantee) AS identity_type, p.is_grantable AS admin_option,
      'COLUMN'::text AS privilege_scope, redshift_lab.identity_name(p.grantor) AS grantor_name
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
    aclexplode(a.attacl) p WHERE redshift_lab.is_user_schema(n.oid)
    AND redshift_lab.sees_grant(c.relowner, p.grantor, p.grantee);
GRANT SELECT ON redshift_lab.routine_arguments, redshift_lab.show_routines, redshift_lab.show_parameters,
  redshift_lab.show_tables, redshift_lab.show_columns, redshift_lab.key_columns, redshift_lab.show_primary_keys,
  redshift_lab.show_foreign_keys,
  redshift_lab.show_table_grants, redshift_lab.show_column_grants TO PUBLIC;
