-- What the gateway notes of each COPY, outside of the client's transaction.
CREATE TABLE redshift_lab.loads (
  query_id bigint PRIMARY KEY,
  user_name name NOT NULL,
  database_name text NOT NULL,
  session_id integer NOT NULL,
  transaction_id bigint NOT NULL,
  table_id oid NOT NULL,
  table_name text NOT NULL,
  start_time timestamp NOT NULL DEFAULT (pg_catalog.clock_timestamp() AT TIME ZONE 'UTC'),
  end_time timestamp,
  status text NOT NULL DEFAULT 'running',
  data_source text NOT NULL,
  file_format text NOT NULL,
  loaded_rows bigint NOT NULL DEFAULT 0,
  error_count bigint NOT NULL DEFAULT 0
);
CREATE INDEX ON redshift_lab.loads (session_id, query_id);
CREATE TABLE redshift_lab.load_files (
  query_id bigint NOT NULL,
  file_name text NOT NULL,
  bytes bigint NOT NULL,
  scanned bigint NOT NULL,
  lines bigint NOT NULL,
  errors bigint NOT NULL,
  record_time timestamp NOT NULL DEFAULT (pg_catalog.clock_timestamp() AT TIME ZONE 'UTC')
);
CREATE INDEX ON redshift_lab.load_files (query_id);
CREATE TABLE redshift_lab.load_errors (
  query_id bigint NOT NULL,
  file_name text NOT NULL,
  line_number bigint NOT NULL,
  column_name text NOT NULL,
  column_type text NOT NULL,
  column_length text NOT NULL,
  position integer NOT NULL,
  raw_line text NOT NULL,
  raw_field_value text NOT NULL,
  error_code integer NOT NULL,
  error_message text NOT NULL
);
CREATE INDEX ON redshift_lab.load_errors (query_id);
-- The fields of a record up to the one that could not be loaded.
CREATE TABLE redshift_lab.load_error_values (
  query_id bigint NOT NULL,
  file_name text NOT NULL,
  line_number bigint NOT NULL,
  field integer NOT NULL,
  column_name text NOT NULL,
  value text,
  type text NOT NULL,
  length text NOT NULL
);
CREATE INDEX ON redshift_lab.load_error_values (query_id);
CREATE TABLE redshift_lab.load_replacements (
  query_id bigint NOT NULL,
  file text NOT NULL,
  line bigint NOT NULL,
  "column" text NOT NULL,
  raw_line text NOT NULL
);
CREATE INDEX ON redshift_lab.load_replacements (query_id);

CREATE FUNCTION redshift_lab.note_load(query bigint, entry json) RETURNS void LANGUAGE sql
  SET search_path = pg_catalog AS $$
  INSERT INTO redshift_lab.loads (query_id, user_name, database_name, session_id, transaction_id, table_id, table_name,
    data_source, file_format)
    SELECT query, l.user_name, l.database_name, l.session_id, l.transaction_id, l.table_id, l.table_name, l.data_source,
      l.file_format
    FROM json_populate_record(NULL::redshift_lab.loads, entry->'load') l WHERE entry->'load' IS NOT NULL;
  INSERT INTO redshift_lab.load_errors
    SELECT query, e.file_name, e.line_number, e.column_name, e.column_type, e.column_length, e.position, e.raw_line,
      e.raw_field_value, e.error_code, e.error_message
    FROM json_populate_recordset(NULL::redshift_lab.load_errors, entry->'errors') e;
  INSERT INTO redshift_lab.load_files (query_id, file_name, bytes, scanned, lines, errors)
    SELECT query, f.file_name, f.bytes, f.scanned, f.lines, f.errors
      FROM json_populate_recordset(NULL::redshift_lab.load_files, entry->'files') f;
  INSERT INTO redshift_lab.load_error_values
    SELECT query, v.file_name, v.line_number, v.field, v.column_name, v.value, v.type, v.length
      FROM json_populate_recordset(NULL::redshift_lab.load_error_values, entry->'values') v;
  INSERT INTO redshift_lab.load_replacements
    SELECT query, r.file, r.line, r."column", r.raw_line
      FROM json_populate_recordset(NULL::redshift_lab.load_replacements, entry->'replacements') r;
  UPDATE redshift_lab.loads SET status = entry->'end'->>'status', end_time = clock_timestamp() AT TIME ZONE 'UTC',
    loaded_rows = (entry->'end'->>'loaded_rows')::bigint, error_count = (entry->'end'->>'error_count')::bigint
    WHERE query_id = query AND entry->'end' IS NOT NULL;
$$;
REVOKE EXECUTE ON FUNCTION redshift_lab.note_load(bigint, json) FROM PUBLIC;

-- Each user sees its own loads, the admin all. One that runs and has no session any more was aborted.
CREATE VIEW redshift_lab.seen_loads AS
  SELECT r.oid::integer AS user_id, l.query_id, l.user_name, l.database_name, l.session_id, l.transaction_id,
    l.table_id, l.table_name, l.start_time, l.end_time,
    CASE WHEN l.status = 'running' AND NOT EXISTS (SELECT FROM pg_stat_get_activity(l.session_id) a
      WHERE a.backend_start AT TIME ZONE 'UTC' <= l.start_time) THEN 'aborted' ELSE l.status END AS status,
    l.data_source, l.file_format, l.loaded_rows, l.error_count
  FROM redshift_lab.loads l LEFT JOIN pg_roles r ON r.rolname = l.user_name
  WHERE l.user_name = current_user OR pg_has_role(current_user, 'pg_monitor', 'usage');
CREATE VIEW pg_catalog.stl_load_errors AS
  SELECT l.user_id AS userid, 0 AS slice, l.table_id::integer AS tbl, l.start_time AS starttime,
    l.session_id AS session, l.query_id::integer AS query, redshift_lab.logged(e.file_name, 256) AS filename,
    e.line_number, redshift_lab.logged(e.column_name, 127) AS colname,
    e.column_type::char(10) AS type, e.column_length::char(10) AS col_length, e.position,
      redshift_lab.logged(e.raw_line, 1024) AS raw_line,
      redshift_lab.logged(e.raw_field_value, 1024) AS raw_field_value, e.error_code AS err_code,
      redshift_lab.logged(e.error_message, 100) AS err_reason,
    0 AS is_partial, 0::bigint AS start_offset, NULL::bigint AS copy_job_id
  FROM redshift_lab.seen_loads l JOIN redshift_lab.load_errors e USING (query_id);
CREATE VIEW pg_catalog.sys_load_error_detail AS
  SELECT l.user_id, l.query_id, l.transaction_id, l.session_id, l.database_name, l.table_id::integer AS table_id,
    l.start_time, e.file_name, e.line_number, e.column_name, e.column_type, e.column_length, e.position, e.error_code,
    e.error_message
  FROM redshift_lab.seen_loads l JOIN redshift_lab.load_errors e USING (query_id);
CREATE VIEW pg_catalog.stl_loaderror_detail AS
  SELECT l.user_id AS userid, 0 AS slice, l.session_id AS session, l.query_id::integer AS query,
    redshift_lab.logged(v.file_name, 256) AS filename, v.line_number, v.field,
    redshift_lab.logged(v.column_name, 1024) AS colname, redshift_lab.logged(coalesce(v.value, ''), 1024) AS value,
    (v.value IS NULL)::integer AS is_null, v.type::char(10) AS type, v.length::char(10) AS col_length
  FROM redshift_lab.seen_loads l JOIN redshift_lab.load_error_values v USING (query_id);
CREATE VIEW pg_catalog.stl_load_commits AS
  SELECT l.user_id AS userid, l.query_id::integer AS query, 0 AS slice, ''::char(256) AS name,
    redshift_lab.logged(f.file_name, 256) AS filename, 0 AS byte_offset, f.lines::integer AS lines_scanned,
    f.errors::integer AS errors, f.record_time AS curtime, 1 AS status,
    (CASE l.file_format WHEN 'json' THEN 'JSON' WHEN 'orc' THEN 'ORC' WHEN 'csv' THEN 'Text'
      WHEN 'txt' THEN 'Text' ELSE initcap(l.file_format) END)::char(16) AS file_format, 0 AS is_partial,
      0::bigint AS start_offset, NULL::bigint AS copy_job_id
  FROM redshift_lab.seen_loads l JOIN redshift_lab.load_files f USING (query_id);
CREATE VIEW pg_catalog.sys_load_detail AS
  SELECT l.user_id, l.query_id, f.file_name, f.scanned AS bytes_scanned, f.lines AS lines_scanned, 1 AS splits_scanned,
    f.record_time, l.start_time, l.end_time
  FROM redshift_lab.seen_loads l JOIN redshift_lab.load_files f USING (query_id);
CREATE VIEW pg_catalog.sys_load_history AS
  SELECT l.user_id, l.query_id, l.transaction_id, l.session_id, l.database_name, l.status, l.table_name, l.start_time,
    l.end_time,
    (extract(epoch FROM coalesce(l.end_time, clock_timestamp() AT TIME ZONE 'UTC') - l.start_time) * 1000000)::bigint AS
      duration, l.data_source, l.file_format, l.loaded_rows, coalesce(f.scanned, 0) AS loaded_bytes,
    coalesce(f.files, 0)::integer AS source_file_count, coalesce(f.bytes, 0) AS source_file_bytes,
      coalesce(f.files, 0)::integer AS file_count_scanned, coalesce(f.scanned, 0) AS file_bytes_scanned, l.error_count,
      NULL::bigint AS copy_job_id
  FROM redshift_lab.seen_loads l
    LEFT JOIN (SELECT query_id, count(*) AS files, sum(bytes)::bigint AS bytes, sum(scanned)::bigint AS scanned
      FROM redshift_lab.load_files GROUP BY query_id) f USING (query_id);
CREATE VIEW pg_catalog.stl_replacements AS
  SELECT l.user_id AS userid, l.query_id::integer AS query, 0 AS slice, l.table_id::integer AS tbl,
    l.start_time AS starttime, l.session_id AS session, redshift_lab.logged(r.file, 256) AS filename,
    r.line AS line_number, redshift_lab.logged(r."column", 127) AS colname,
    redshift_lab.logged(r.raw_line, 1024) AS raw_line
  FROM redshift_lab.seen_loads l JOIN redshift_lab.load_replacements r USING (query_id);

-- This session's last COPY that began to load, whether or not it failed.
CREATE FUNCTION redshift_lab.last_load(OUT query_id bigint, OUT loaded_rows bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog AS $$
  SELECT l.query_id, l.loaded_rows FROM redshift_lab.loads l
    JOIN pg_stat_get_activity(pg_backend_pid()) a ON a.pid = l.session_id
  WHERE l.start_time >= a.backend_start AT TIME ZONE 'UTC' ORDER BY l.query_id DESC LIMIT 1
$$;
CREATE FUNCTION pg_catalog.pg_last_copy_id() RETURNS integer LANGUAGE sql
  STABLE AS 'SELECT coalesce((redshift_lab.last_load()).query_id, -1)::integer';
CREATE FUNCTION pg_catalog.pg_last_copy_count() RETURNS bigint LANGUAGE sql
  STABLE AS 'SELECT coalesce((redshift_lab.last_load()).loaded_rows, 0)';
GRANT SELECT ON pg_catalog.stl_load_errors, pg_catalog.stl_loaderror_detail, pg_catalog.stl_load_commits,
  pg_catalog.stl_replacements,
  pg_catalog.sys_load_error_detail, pg_catalog.sys_load_detail, pg_catalog.sys_load_history TO PUBLIC;
