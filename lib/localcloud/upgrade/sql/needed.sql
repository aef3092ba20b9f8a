-- Runs on the copy: the engine's own functions, each with whether a view, a default or a trigger of a user calls it,
-- and the routines of users.
SELECT p.oid::bigint, p.proname::text, p.oid::regprocedure::text AS shown, p.prokind::text, p.prosrc, CASE
  WHEN n.nspname NOT IN ('pg_catalog', 'redshift_lab') THEN 'users' WHEN u.refobjid IS NULL THEN 'engine' ELSE
    'called' END
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace LEFT JOIN (
  SELECT DISTINCT d.refobjid FROM pg_depend d LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass
    AND r.oid = d.objid LEFT JOIN pg_class c ON c.oid = r.ev_class
  WHERE d.refclassid = 'pg_proc'::regclass AND d.deptype = 'n' AND (d.classid IN ('pg_attrdef'::regclass,
    'pg_trigger'::regclass) OR c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'redshift_lab'::regnamespace))
) u ON u.refobjid = p.oid
WHERE p.oid >= 16384 ORDER BY p.oid
