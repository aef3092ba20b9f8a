-- The lines of a journal of the gateway, the oldest first. One may be cut off by a kill, or read while it is written.
CREATE FUNCTION redshift_lab.journal(name text, OUT line json, OUT place bigint) RETURNS SETOF record LANGUAGE sql
  STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT l.line::json, f.part * 1000000000 + l.place
  FROM unnest(ARRAY[$1 || '.1.json', $1 || '.json']) WITH ORDINALITY AS f(name, part),
    string_to_table(pg_read_file(f.name, true), chr(10)) WITH ORDINALITY AS l(line, place)
  WHERE l.line IS JSON OBJECT
$$;
REVOKE EXECUTE ON FUNCTION redshift_lab.journal(text) FROM PUBLIC;

-- The statements that were run, from the file that the gateway writes; each user sees its own, the admin all.
CREATE FUNCTION redshift_lab.statements() RETURNS TABLE (
  query bigint, user_id integer, user_name text, database text, pid integer, transaction bigint, label text, type text,
  started timestamp, ended timestamp, status text, error text, rows bigint, text text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT DISTINCT ON (s.query) s.query, r.oid::integer, s.user, s.database, s.pid, s.transaction, s.label, s.type,
    s.started::timestamp, nullif(s.ended, '')::timestamp, s.status, nullif(s.error, ''), s.rows, s.text
  FROM redshift_lab.journal('query_history') j, json_to_record(j.line) AS s(
      query bigint, "user" text, database text, pid integer, transaction bigint, label text, type text, started text,
      ended text, status text, error text, rows bigint, text text)
    LEFT JOIN pg_roles r ON r.rolname = s.user
  WHERE s.user = session_user OR pg_has_role(session_user, 'pg_monitor', 'usage')
  ORDER BY s.query, j.place DESC
$$;

-- Running is what its session still runs: a kill leaves the line of the beginning.
CREATE VIEW redshift_lab.running AS
  SELECT s.* FROM redshift_lab.statements() s JOIN pg_stat_get_activity(NULL) a ON a.pid = s.pid
  WHERE s.status = 'running' AND a.backend_start AT TIME ZONE 'UTC' <= s.started;
CREATE VIEW redshift_lab.done AS SELECT * FROM redshift_lab.statements() s WHERE s.status <> 'running';
GRANT SELECT ON redshift_lab.running, redshift_lab.done TO PUBLIC;

-- A text in pieces, as Redshift keeps long ones.
CREATE FUNCTION redshift_lab.pieces(text text, size integer, OUT sequence integer, OUT piece text) RETURNS SETOF record
  LANGUAGE sql IMMUTABLE AS $$
  SELECT n, substr($1, n * $2 + 1, $2) FROM generate_series(0, greatest(0, (length($1) - 1) / $2)) n
$$;

CREATE VIEW pg_catalog.stl_query AS
  SELECT user_id AS userid, query::integer, label, transaction AS xid, pid, database, left(text, 4000) AS querytxt,
    started AS starttime, ended AS endtime, (status <> 'success')::integer AS aborted, 0 AS insert_pristine,
    0 AS concurrency_scaling_status
  FROM redshift_lab.done WHERE type NOT IN ('DDL', 'UTILITY');
CREATE VIEW pg_catalog.svl_qlog AS
  SELECT userid, query, xid, pid, starttime, endtime,
    (extract(epoch FROM endtime - starttime) * 1000000)::bigint AS elapsed, aborted, label,
    left(querytxt, 60) AS substring, NULL::bigint AS source_query, NULL::text AS concurrency_scaling_status_txt,
    0 AS from_sp_call FROM stl_query;
CREATE VIEW pg_catalog.stl_querytext AS
  SELECT s.user_id AS userid, s.transaction AS xid, s.pid, s.query::integer, p.sequence, p.piece AS text
  FROM redshift_lab.done s, redshift_lab.pieces(s.text, 200) p WHERE s.type NOT IN ('DDL', 'UTILITY');
CREATE VIEW pg_catalog.stl_ddltext AS
  SELECT s.user_id AS userid, s.transaction AS xid, s.pid, s.label, s.started AS starttime, s.ended AS endtime,
    p.sequence, p.piece AS text
  FROM redshift_lab.done s, redshift_lab.pieces(s.text, 200) p WHERE s.type = 'DDL';
CREATE VIEW pg_catalog.stl_utilitytext AS
  SELECT s.user_id AS userid, s.transaction AS xid, s.pid, s.label, s.started AS starttime, s.ended AS endtime,
    p.sequence, p.piece AS text
  FROM redshift_lab.done s, redshift_lab.pieces(s.text, 200) p WHERE s.type = 'UTILITY';
CREATE VIEW pg_catalog.svl_statementtext AS
  SELECT s.user_id AS userid, s.transaction AS xid, s.pid, s.label, s.started AS starttime, s.ended AS endtime,
    p.sequence, CASE WHEN s.type IN ('DDL', 'UTILITY') THEN s.type ELSE 'QUERY' END AS type, p.piece AS text
  FROM redshift_lab.done s, redshift_lab.pieces(s.text, 200) p;
CREATE VIEW pg_catalog.sys_query_history AS
  SELECT user_id, query AS query_id, label AS query_label, transaction AS transaction_id, pid AS session_id,
    database AS database_name, type AS query_type, status, false AS result_cache_hit, started AS start_time,
    ended AS end_time,
    (extract(epoch FROM coalesce(ended, clock_timestamp() AT TIME ZONE 'UTC') - started) * 1000000)::bigint AS
      elapsed_time, 0::bigint AS queue_time, (extract(epoch
      FROM coalesce(ended, clock_timestamp() AT TIME ZONE 'UTC') - started) * 1000000)::bigint AS execution_time,
    error AS error_message, rows AS returned_rows, NULL::bigint AS returned_bytes, left(text, 4000) AS query_text
  FROM (SELECT * FROM redshift_lab.done UNION ALL SELECT * FROM redshift_lab.running) s;
CREATE VIEW pg_catalog.sys_query_text AS
  SELECT s.user_id, s.query AS query_id, s.transaction AS transaction_id, s.pid AS session_id, s.started AS start_time,
    p.sequence, p.piece AS text
  FROM redshift_lab.done s, redshift_lab.pieces(s.text, 4000) p;
CREATE VIEW pg_catalog.stv_recents AS
  SELECT user_id AS userid, CASE status WHEN 'running' THEN 'Running' ELSE 'Done' END AS status, started AS starttime,
    (extract(epoch FROM coalesce(ended, clock_timestamp() AT TIME ZONE 'UTC') - started) * 1000000)::integer AS
    duration, user_name, database AS db_name, left(text, 600) AS query, CASE status WHEN 'running' THEN pid ELSE -1
    END AS pid
  FROM (SELECT * FROM redshift_lab.done UNION ALL SELECT * FROM redshift_lab.running) s;
CREATE VIEW pg_catalog.stv_inflight AS
  SELECT user_id AS userid, 0 AS slice, query::integer, label, transaction AS xid, pid, started AS starttime,
    left(text, 100) AS text, 0 AS suspended, 0 AS insert_pristine, 0 AS concurrency_scaling_status
  -- never the query that asks
    FROM redshift_lab.running WHERE type NOT IN ('DDL', 'UTILITY') AND pid <> pg_backend_pid();

-- The numbers of this session's last statements; -1 before the first.
CREATE FUNCTION redshift_lab.last_statement(types text[]) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog AS $$
  SELECT coalesce(max(s.query), -1)::integer FROM redshift_lab.done s
    JOIN pg_stat_get_activity(pg_backend_pid()) a ON a.pid = s.pid
  WHERE s.started >= a.backend_start AT TIME ZONE 'UTC' AND s.type = ANY (types)
    AND (s.type <> 'COPY' OR s.status = 'success' OR s.query IN (SELECT e.query_id FROM redshift_lab.load_errors e))
$$;
CREATE FUNCTION pg_catalog.pg_last_query_id() RETURNS integer LANGUAGE sql
  STABLE AS $$SELECT redshift_lab.last_statement(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY',
  'UNLOAD', 'CTAS'])$$;
