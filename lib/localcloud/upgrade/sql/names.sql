-- Names of functions and operators that PostgreSQL itself has, as this database has them: a version of the lab may give
-- the plain name to a function of its own.
SELECT 'function', oid::bigint, proname::text, proargtypes::text FROM pg_catalog.pg_proc WHERE oid < 16384
UNION ALL
SELECT 'operator', oid::bigint, oprname::text, oprleft || ' ' || oprright FROM pg_catalog.pg_operator WHERE oid < 16384
