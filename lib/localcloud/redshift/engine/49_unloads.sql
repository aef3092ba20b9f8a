-- The books of UNLOAD: each statement that began, and each file of those that ended well. Times are UTC.
CREATE TABLE redshift_lab.unloads (
  query_id bigint PRIMARY KEY, user_name name NOT NULL, database_name text NOT NULL, pid integer NOT NULL,
    transaction_id bigint NOT NULL,
  started timestamp NOT NULL, ended timestamp NOT NULL, file_format text NOT NULL, compression text NOT NULL,
    location text NOT NULL,
  status text NOT NULL, rows bigint NOT NULL, files bigint NOT NULL, bytes bigint NOT NULL, error text
);
CREATE TABLE redshift_lab.unload_files (
  query_id bigint NOT NULL, slice integer NOT NULL, path text NOT NULL, started timestamp NOT NULL,
    ended timestamp NOT NULL, rows bigint NOT NULL, bytes bigint NOT NULL
);
CREATE INDEX ON redshift_lab.unload_files (query_id);
CREATE VIEW redshift_lab.seen_unloads AS
  SELECT r.oid::integer AS user_id, u.* FROM redshift_lab.unloads u LEFT JOIN pg_roles r ON r.rolname = u.user_name
  WHERE u.user_name = current_user OR pg_has_role(current_user, 'pg_monitor', 'usage');

-- A decimal without a declared precision (a sum), which has at most 38 digits in Redshift (r_numeric_computations201).
CREATE FUNCTION redshift_lab.within_38_digits(value numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
BEGIN
  IF length(replace(ltrim(abs(value)::text, '0.'), '.', '')) > 38 THEN
    PERFORM redshift_lab.raise('22003', 'Numeric data overflow (result precision)');
  END IF;
  RETURN value;
END $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_UNLOAD_HISTORY.html, SYS_UNLOAD_DETAIL.html, r_STL_UNLOAD_LOG.html
CREATE VIEW pg_catalog.sys_unload_history AS
  SELECT user_id, query_id, transaction_id, pid AS session_id, database_name, status, started AS start_time,
    ended AS end_time,
    (extract(epoch FROM ended - started) * 1000000)::bigint AS duration, file_format, compression AS compression_type,
      location AS unloaded_location,
    rows AS unloaded_rows, files AS unloaded_files_count, bytes AS unloaded_files_size, error AS error_message
  FROM redshift_lab.seen_unloads;
CREATE VIEW pg_catalog.sys_unload_detail AS
  SELECT u.user_id, u.query_id, u.pid AS session_id, u.transaction_id, f.path AS file_name, f.started AS start_time,
    f.ended AS end_time,
    f.rows AS line_count, f.bytes AS transfer_size, u.file_format
  FROM redshift_lab.seen_unloads u JOIN redshift_lab.unload_files f USING (query_id);
CREATE VIEW pg_catalog.stl_unload_log AS
  SELECT u.user_id AS userid, u.query_id::integer AS query, f.slice, u.pid, f.path, f.started AS start_time,
    f.ended AS end_time,
    f.rows AS line_count, f.bytes AS transfer_size, u.file_format
  FROM redshift_lab.seen_unloads u JOIN redshift_lab.unload_files f USING (query_id);
CREATE VIEW pg_catalog.svcs_unload_log AS SELECT * FROM pg_catalog.stl_unload_log;
GRANT SELECT ON pg_catalog.sys_unload_history, pg_catalog.sys_unload_detail, pg_catalog.stl_unload_log,
  pg_catalog.svcs_unload_log TO PUBLIC;

-- This session's last UNLOAD (PG_LAST_UNLOAD_ID, PG_LAST_UNLOAD_COUNT): its number or -1, and its rows, 0 where it
-- failed or there was none.
CREATE FUNCTION redshift_lab.last_unload() RETURNS redshift_lab.unloads LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog AS $$
  SELECT u FROM redshift_lab.unloads u JOIN pg_stat_get_activity(pg_backend_pid()) a ON a.pid = u.pid
  WHERE u.started >= a.backend_start AT TIME ZONE 'UTC' ORDER BY u.query_id DESC LIMIT 1
$$;
CREATE FUNCTION pg_catalog.pg_last_unload_id() RETURNS integer LANGUAGE sql
  STABLE AS $$SELECT coalesce((redshift_lab.last_unload()).query_id, -1)::integer$$;
CREATE FUNCTION pg_catalog.pg_last_unload_count() RETURNS bigint LANGUAGE sql
  STABLE AS $$SELECT coalesce((redshift_lab.last_unload()).rows, 0)$$;
