-- Runs on the copy: pg_dump passes over what belongs to an extension, so the engine's own objects become one.
INSERT INTO pg_extension SELECT 16383, 'redshift_lab', 10, 'pg_catalog'::regnamespace, false, '1', NULL, NULL;
INSERT INTO pg_depend
  SELECT o.class, o.id, 0, 'pg_extension'::regclass, 16383, 0, 'e' FROM (
    SELECT 'pg_proc'::regclass AS class, oid AS id FROM pg_proc WHERE pronamespace IN ('pg_catalog'::regnamespace,
      'redshift_lab'::regnamespace)
    UNION ALL SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace IN ('pg_catalog'::regnamespace,
      'redshift_lab'::regnamespace) AND relkind <> 'i'
    UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace IN ('pg_catalog'::regnamespace,
      'redshift_lab'::regnamespace)
    UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator
    UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass
    UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily
    UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast
    UNION ALL SELECT 'pg_event_trigger'::regclass, oid FROM pg_event_trigger
    UNION ALL SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE nspname IN ('redshift_lab', 'pg_spectrum')
  ) o WHERE o.id >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.id
    AND d.deptype = 'e');
-- It passes over schemas of such a name, too, and this one holds what materialized views read.
UPDATE pg_namespace SET nspname = 'redshift_lab spectrum' WHERE nspname = 'pg_spectrum';
-- It needs these as PostgreSQL has them.
UPDATE pg_proc SET proname = 'redshift_lab ' || proname WHERE oid >= 16384 AND pronamespace = 'pg_catalog'::regnamespace
  AND proname IN ('format_type', 'pg_get_viewdef') AND EXISTS (SELECT FROM pg_proc p WHERE p.oid < 16384
    AND p.proname IN ('plain_format_type', 'plain_get_viewdef') AND p.proargtypes = pg_proc.proargtypes);
UPDATE pg_proc SET proname = CASE proname WHEN 'plain_format_type' THEN 'format_type' ELSE 'pg_get_viewdef' END
  WHERE oid < 16384 AND proname IN ('plain_format_type', 'plain_get_viewdef');
