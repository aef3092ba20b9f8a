-- External schemas: an empty schema of the name, and which database of the Glue catalog (kind 1) or which brokers of
-- Kafka (kind 10) it stands for.
CREATE TABLE redshift_lab.external_schemas (schema_id oid PRIMARY KEY, name text NOT NULL, database_name text NOT NULL,
  role text NOT NULL, kind smallint NOT NULL DEFAULT 1, options text NOT NULL DEFAULT '{}');
CREATE FUNCTION redshift_lab.shown_options(role text, options text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN options = '{}' THEN json_build_object('IAM_ROLE', role)::text ELSE options END
$$;
GRANT SELECT ON redshift_lab.external_schemas TO PUBLIC;
CREATE FUNCTION redshift_lab.note_external_schema(schema_name text, database_name text, role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  id oid := to_regnamespace(quote_ident(schema_name));
BEGIN
  IF NOT pg_has_role(session_user, (SELECT nspowner FROM pg_namespace WHERE oid = id), 'usage') THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of schema %s', schema_name);
  END IF;
  INSERT INTO redshift_lab.external_schemas VALUES (id, schema_name, database_name, role)
    ON CONFLICT (schema_id) DO UPDATE SET database_name = EXCLUDED.database_name, role = EXCLUDED.role;
END $$;
CREATE FUNCTION redshift_lab.on_drop_schema() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  DELETE FROM redshift_lab.external_schemas e USING pg_event_trigger_dropped_objects() d
    WHERE d.classid = 'pg_namespace'::regclass AND e.schema_id = d.objid;
END $$;
CREATE EVENT TRIGGER redshift_forget_schema ON sql_drop
  WHEN TAG IN ('DROP SCHEMA') EXECUTE FUNCTION redshift_lab.on_drop_schema();

-- What the catalog held when it was last asked, which is before each query that reads these views.
CREATE TABLE redshift_lab.external_columns (
  schema_name text NOT NULL, table_name text NOT NULL, location text NOT NULL, input_format text NOT NULL,
    output_format text NOT NULL, serde text NOT NULL, serde_parameters text NOT NULL,
  table_parameters text NOT NULL, table_type text NOT NULL, column_name text NOT NULL, column_type text NOT NULL,
    column_number integer NOT NULL, partition_key integer NOT NULL,
  data_type text NOT NULL, text_length integer, number_precision integer, number_scale integer
);
GRANT SELECT ON redshift_lab.external_columns TO PUBLIC;
CREATE FUNCTION redshift_lab.sees_external(schema_name text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM redshift_lab.external_schemas e WHERE e.name = schema_name
    AND has_schema_privilege(e.schema_id, 'usage'))
$$;
CREATE VIEW pg_catalog.svv_external_schemas AS
  SELECT e.schema_id::integer AS esoid, e.kind AS eskind, e.name AS schemaname, n.nspowner::integer AS esowner,
    e.database_name AS databasename, redshift_lab.shown_options(e.role, e.options) AS esoptions
  FROM redshift_lab.external_schemas e JOIN pg_namespace n ON n.oid = e.schema_id;
CREATE VIEW pg_catalog.svv_external_databases AS SELECT DISTINCT 1 AS eskind,
  json_build_object('REGION', 'us-east-1')::text AS esoptions, database_name AS databasename
  FROM redshift_lab.external_schemas WHERE kind = 1;
CREATE VIEW pg_catalog.svv_external_tables AS
  SELECT DISTINCT current_database()::text AS redshift_database_name, schema_name AS schemaname,
    table_name AS tablename, table_type AS tabletype, location, input_format, output_format, serde AS serialization_lib,
    serde_parameters, 0 AS compressed, table_parameters AS parameters FROM redshift_lab.external_columns
      WHERE redshift_lab.sees_external(schema_name);
CREATE VIEW pg_catalog.svv_external_columns AS
  SELECT current_database()::text AS redshift_database_name, schema_name AS schemaname, table_name AS tablename,
    column_name AS columnname, column_type AS external_type, column_number AS columnnum, partition_key AS part_key,
    'true'::text AS is_nullable FROM redshift_lab.external_columns WHERE redshift_lab.sees_external(schema_name);
CREATE VIEW pg_catalog.pg_external_schema AS
  SELECT e.schema_id AS esoid, e.kind AS eskind, e.database_name AS esdbname,
    redshift_lab.shown_options(e.role, e.options) AS esoptions, NULL::text[] AS esacl
    FROM redshift_lab.external_schemas e;
CREATE VIEW pg_catalog.svv_all_schemas AS
  SELECT s.database_name, s.schema_name, s.schema_owner, CASE WHEN e.name IS NULL THEN s.schema_type ELSE 'external'
    END AS schema_type, s.schema_acl, e.database_name AS source_database,
    CASE WHEN e.name IS NULL THEN s.schema_option ELSE
      redshift_lab.shown_options(e.role, e.options) END AS schema_option
  FROM svv_redshift_schemas s LEFT JOIN redshift_lab.external_schemas e ON e.name = s.schema_name;
GRANT SELECT ON pg_catalog.svv_all_schemas, pg_catalog.svv_external_schemas, pg_catalog.svv_external_databases,
  pg_catalog.svv_external_tables, pg_catalog.svv_external_columns, pg_catalog.pg_external_schema TO PUBLIC;

-- What materialized views read of external tables: copies that stay, each its view's owner's, filled at CREATE and at
-- REFRESH.
CREATE SCHEMA pg_spectrum;
GRANT USAGE, CREATE ON SCHEMA pg_spectrum TO PUBLIC;
CREATE TABLE redshift_lab.external_copies (relation oid PRIMARY KEY, spec text NOT NULL);
CREATE FUNCTION redshift_lab.note_external_copy(relation text, spec text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(relation::regclass);
  INSERT INTO redshift_lab.external_copies VALUES (relation::regclass, spec);
END $$;
CREATE FUNCTION redshift_lab.external_copies_of(view_name text) RETURNS TABLE (relation text, spec text) LANGUAGE sql
  STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT DISTINCT format('%I.%I', n.nspname, t.relname), c.spec FROM redshift_lab.external_copies c
    JOIN pg_depend d ON d.refobjid = c.relation AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class t ON t.oid = c.relation
      JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE r.ev_class = view_name::oid
$$;
CREATE FUNCTION redshift_lab.drop_unread_copies() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
DECLARE
  copy oid;
BEGIN
  FOR copy IN SELECT c.relation FROM redshift_lab.external_copies c
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.refobjid = c.relation AND d.classid = 'pg_rewrite'::regclass) LOOP
    DELETE FROM redshift_lab.external_copies c WHERE c.relation = copy;
    IF EXISTS (SELECT FROM pg_class c WHERE c.oid = copy) THEN
      EXECUTE format('DROP TABLE %s', copy::regclass);
    END IF;
  END LOOP;
END $$;
CREATE EVENT TRIGGER redshift_drop_copies ON sql_drop
  WHEN TAG IN ('DROP MATERIALIZED VIEW', 'DROP SCHEMA') EXECUTE FUNCTION redshift_lab.drop_unread_copies();

CREATE TABLE redshift_lab.external_partitions (schema_name text NOT NULL, table_name text NOT NULL,
  "values" text NOT NULL, location text NOT NULL, input_format text NOT NULL, output_format text NOT NULL,
  serde text NOT NULL, serde_parameters text NOT NULL, parameters text NOT NULL);
GRANT SELECT ON redshift_lab.external_partitions TO PUBLIC;
CREATE VIEW pg_catalog.svv_external_partitions AS
  SELECT schema_name AS schemaname, table_name AS tablename, "values", location, input_format, output_format,
    serde AS serialization_lib, serde_parameters, 0 AS compressed, parameters
  FROM redshift_lab.external_partitions WHERE redshift_lab.sees_external(schema_name);
GRANT SELECT ON pg_catalog.svv_external_partitions TO PUBLIC;
