-- Materialized views where catalogs list views: Redshift's are views over a table of their own, the engine's a kind of
-- their own.
-- The text of a late-binding view is shown to those who may read it.
CREATE FUNCTION redshift_lab.shown_view(id oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN NOT redshift_lab.is_late_view(id) OR has_table_privilege(redshift_lab.acting(), id, 'SELECT')
    THEN redshift_lab.view_text(id, false) END
$$;
ALTER VIEW pg_catalog.pg_views RENAME TO plain_views;
CREATE VIEW pg_catalog.pg_views AS
  SELECT n.nspname AS schemaname, c.relname AS viewname, pg_get_userbyid(c.relowner) AS viewowner,
    redshift_lab.shown_view(c.oid) AS definition FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm');
GRANT SELECT ON pg_catalog.pg_views TO PUBLIC;

CREATE VIEW redshift_lab.materialized AS
  SELECT c.oid AS id, c.relowner AS owner, current_database()::information_schema.sql_identifier AS catalog,
    n.nspname::information_schema.sql_identifier AS schema, c.relname::information_schema.sql_identifier AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'm' AND (pg_has_role(c.relowner, 'USAGE') OR has_any_column_privilege(c.oid, 'SELECT'));
GRANT SELECT ON redshift_lab.materialized TO PUBLIC;
ALTER VIEW information_schema.tables RENAME TO plain_tables;
CREATE VIEW information_schema.tables AS
  SELECT * FROM information_schema.plain_tables
  UNION ALL
  SELECT catalog, schema, name, 'VIEW', NULL, NULL, NULL, NULL, NULL, 'NO', 'NO', NULL FROM redshift_lab.materialized;
ALTER VIEW information_schema.views RENAME TO plain_views;
CREATE VIEW information_schema.views AS
  SELECT v.table_catalog, v.table_schema, v.table_name,
    (CASE WHEN v.view_definition IS NOT NULL THEN redshift_lab.shown_view(format('%I.%I', v.table_schema,
    v.table_name)::regclass) END)::information_schema.character_data AS view_definition,
    v.check_option, v.is_updatable, v.is_insertable_into, v.is_trigger_updatable, v.is_trigger_deletable,
      v.is_trigger_insertable_into FROM information_schema.plain_views v
  UNION ALL
  SELECT catalog, schema, name, CASE WHEN pg_has_role(owner, 'USAGE') THEN redshift_lab.view_text(id, false) END,
    'NONE', 'NO', 'NO', 'NO', 'NO', 'NO' FROM redshift_lab.materialized;
ALTER VIEW information_schema.columns RENAME TO plain_columns;
CREATE VIEW information_schema.columns AS
  SELECT table_catalog, table_schema, table_name, column_name, ordinal_position, column_default, is_nullable,
    (CASE WHEN data_type = 'text' THEN 'character varying' ELSE data_type
    END)::information_schema.character_data AS data_type,
    (CASE WHEN data_type IN ('text', 'character varying') THEN coalesce(character_maximum_length, 65535)
    ELSE character_maximum_length END)::information_schema.cardinal_number AS character_maximum_length,
    character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision,
    interval_type, interval_precision,
    character_set_catalog, character_set_schema, character_set_name, collation_catalog, collation_schema,
      collation_name, domain_catalog, domain_schema, domain_name, udt_catalog, udt_schema, udt_name, scope_catalog,
      scope_schema, scope_name,
    maximum_cardinality, dtd_identifier, is_self_referencing, is_identity, identity_generation, identity_start,
      identity_increment, identity_maximum, identity_minimum, identity_cycle, is_generated, generation_expression,
      is_updatable
  FROM information_schema.plain_columns
  UNION ALL
  SELECT m.catalog, m.schema, m.name, c.column_name, c.ordinal_position, NULL, c.is_nullable, c.data_type,
    c.character_maximum_length, NULL, c.numeric_precision, CASE WHEN c.numeric_precision IS NOT NULL THEN 10 END,
    c.numeric_scale,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, m.catalog, 'pg_catalog', NULL, NULL, NULL,
      NULL, NULL, c.ordinal_position::text, 'NO', 'NO', NULL, NULL, NULL, NULL, NULL, 'NO', 'NEVER', NULL, 'NO'
  FROM redshift_lab.materialized m JOIN redshift_lab.all_columns c ON c.table_id = m.id;
GRANT SELECT ON information_schema.tables, information_schema.views, information_schema.columns TO PUBLIC;
-- Redshift has no type `text`: what the engine made one, of an expression in a view, is the longest VARCHAR.
ALTER FUNCTION pg_catalog.format_type(oid, integer) RENAME TO plain_format_type;
CREATE FUNCTION pg_catalog.format_type(type oid, modifier integer) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN type = 'text'::regtype OR (type = 'varchar'::regtype AND modifier < 0)
    THEN CASE WHEN modifier IS NULL THEN 'character varying' ELSE 'character varying(65535)' END
    ELSE plain_format_type(type, modifier) END
$$;
