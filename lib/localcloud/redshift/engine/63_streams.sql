-- Streaming ingestion: a materialized view over a topic of Kafka reads a table of one refresh's records, its stage. The
-- offsets change in the transaction that stores the rows.
CREATE TABLE redshift_lab.streams (stage oid PRIMARY KEY, schema_name text NOT NULL, topic text NOT NULL,
  topic_id text NOT NULL);
CREATE TABLE redshift_lab.stream_offsets (stage oid, partition integer, next_offset bigint NOT NULL,
  PRIMARY KEY (stage, partition));
CREATE TABLE redshift_lab.stream_scans (user_name name NOT NULL, schema_name text NOT NULL, topic text NOT NULL,
  view_name text NOT NULL, transaction_id bigint NOT NULL, query_id bigint NOT NULL,
  record_time timestamp NOT NULL DEFAULT (pg_catalog.clock_timestamp() AT TIME ZONE 'UTC'),
  partition_id integer NOT NULL, latest_position bigint, scanned_rows bigint NOT NULL,
  skipped_rows bigint NOT NULL, scanned_bytes bigint NOT NULL,
  time_min timestamp, time_max timestamp);
CREATE INDEX ON redshift_lab.stream_scans (record_time);
CREATE TABLE redshift_lab.stream_errors (user_name name NOT NULL, schema_name text NOT NULL, topic text NOT NULL,
  view_name text NOT NULL, transaction_id bigint NOT NULL, query_id bigint NOT NULL, timestamp_type text NOT NULL,
  stream_time timestamp, record_time timestamp NOT NULL DEFAULT (pg_catalog.clock_timestamp() AT TIME ZONE 'UTC'),
  partition_id integer NOT NULL, position bigint NOT NULL, error_code integer NOT NULL, error_reason text NOT NULL);
CREATE INDEX ON redshift_lab.stream_errors (record_time);

CREATE FUNCTION redshift_lab.note_stream_schema(schema_name text, role text, options text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.note_external_schema(schema_name, '', role);
  UPDATE redshift_lab.external_schemas e SET kind = 10, options = note_stream_schema.options
    WHERE e.schema_id = to_regnamespace(quote_ident(schema_name));
END $$;
-- The brokers of a schema; null if there is no such schema of topics, or the user may not use it.
CREATE FUNCTION redshift_lab.stream_options(schema_name text, user_name name) RETURNS text LANGUAGE sql STABLE
  SET search_path = pg_catalog AS $$
  SELECT e.options FROM redshift_lab.external_schemas e WHERE e.name = schema_name AND e.kind = 10
    AND has_schema_privilege(user_name, e.schema_id, 'usage')
$$;
CREATE FUNCTION redshift_lab.note_stream(stage text, schema_name text, topic text, topic_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(stage::regclass);
  INSERT INTO redshift_lab.streams VALUES (stage::regclass, schema_name, topic, topic_id);
END $$;
CREATE FUNCTION redshift_lab.stage_of(id oid) RETURNS oid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog AS $$
  SELECT s.stage FROM redshift_lab.streams s JOIN redshift_lab.sources_of_view(id) v ON v.source = s.stage
$$;
-- One refresh at a time: the second waits here, and reads the offsets after it.
CREATE FUNCTION redshift_lab.begin_stream(id oid, OUT stage text, OUT schema_name text, OUT topic text,
  OUT topic_id text, OUT options text, OUT owner text, OUT query text) LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(id);
  SELECT s.stage::regclass, s.schema_name, s.topic, s.topic_id, redshift_lab.stream_options(s.schema_name,
    pg_get_userbyid(c.relowner)), pg_get_userbyid(c.relowner), rtrim(plain_get_viewdef(id, false), ';')
    INTO stage, schema_name, topic, topic_id, options, owner, query
    FROM redshift_lab.streams s JOIN pg_class c ON c.oid = id WHERE s.stage = redshift_lab.stage_of(id)
    FOR UPDATE OF s;
END $$;
CREATE FUNCTION redshift_lab.offsets_of(id oid) RETURNS TABLE (partition integer, next_offset bigint) LANGUAGE sql
  SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT o.partition, o.next_offset FROM redshift_lab.stream_offsets o WHERE o.stage = redshift_lab.stage_of(id)
$$;
-- The engine lets nobody add rows to a materialized view. For this transaction alone, which nobody else sees, it is a
-- table; an upgrade of the warehouse fills views in the same way.
CREATE FUNCTION redshift_lab.open_view(id oid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(id);
  UPDATE pg_class SET relkind = 'r', relhasrules = false WHERE oid = id AND relkind = 'm'
    AND redshift_lab.stage_of(id) IS NOT NULL;
END $$;
CREATE FUNCTION redshift_lab.close_view(id oid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM redshift_lab.must_own(id);
  UPDATE pg_class SET relkind = 'm', relhasrules = true WHERE oid = id AND relkind = 'r'
    AND redshift_lab.stage_of(id) IS NOT NULL;
END $$;
CREATE FUNCTION redshift_lab.end_stream(id oid, entry json) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
DECLARE
  s redshift_lab.streams := (SELECT r FROM redshift_lab.streams r WHERE r.stage = redshift_lab.stage_of(id));
  shown text := (SELECT relname FROM pg_class WHERE oid = id);
  seen timestamp := clock_timestamp() AT TIME ZONE 'UTC';
BEGIN
  PERFORM redshift_lab.must_own(id);
  INSERT INTO redshift_lab.stream_offsets AS o
    SELECT s.stage, e.partition, e.next_offset
      FROM json_populate_recordset(NULL::redshift_lab.stream_offsets, entry->'offsets') e
    ON CONFLICT (stage, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset;
  DELETE FROM redshift_lab.stream_scans WHERE record_time < seen - interval '7 days';
  DELETE FROM redshift_lab.stream_errors WHERE record_time < seen - interval '7 days';
  INSERT INTO redshift_lab.stream_scans
    SELECT redshift_lab.acting(), s.schema_name, s.topic, shown, (entry->>'transaction_id')::bigint,
      (entry->>'query_id')::bigint, seen, e.partition_id, e.latest_position, e.scanned_rows, e.skipped_rows,
      e.scanned_bytes, e.time_min, e.time_max
    FROM json_populate_recordset(NULL::redshift_lab.stream_scans, entry->'scans') e;
  INSERT INTO redshift_lab.stream_errors
    SELECT redshift_lab.acting(), s.schema_name, s.topic, shown, (entry->>'transaction_id')::bigint,
      (entry->>'query_id')::bigint, e.timestamp_type, e.stream_time, seen, e.partition_id, e.position, e.error_code,
      e.error_reason
    FROM json_populate_recordset(NULL::redshift_lab.stream_errors, entry->'errors') e;
  IF (entry->>'stored')::bigint > 0 THEN
    PERFORM redshift_lab.note_change(id);
  END IF;
END $$;
CREATE FUNCTION redshift_lab.drop_unread_stages() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
DECLARE
  unread oid;
BEGIN
  FOR unread IN SELECT s.stage FROM redshift_lab.streams s
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.refobjid = s.stage AND d.classid = 'pg_rewrite'::regclass) LOOP
    DELETE FROM redshift_lab.streams WHERE stage = unread;
    DELETE FROM redshift_lab.stream_offsets WHERE stage = unread;
    IF EXISTS (SELECT FROM pg_class c WHERE c.oid = unread) THEN
      EXECUTE format('DROP TABLE %s', unread::regclass);
    END IF;
  END LOOP;
END $$;
CREATE EVENT TRIGGER redshift_drop_stages ON sql_drop
  WHEN TAG IN ('DROP MATERIALIZED VIEW', 'DROP SCHEMA') EXECUTE FUNCTION redshift_lab.drop_unread_stages();

-- Superusers see all rows, others their own.
CREATE FUNCTION redshift_lab.sees_log_of(user_name name) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT user_name = current_user OR pg_has_role(current_user, 'pg_monitor', 'usage')
$$;
CREATE VIEW pg_catalog.sys_stream_scan_states AS
  SELECT redshift_lab.logged(schema_name, 128) AS external_schema_name, redshift_lab.logged(topic, 255) AS stream_name,
    redshift_lab.logged(view_name, 128) AS mv_name, transaction_id, query_id, record_time,
    redshift_lab.logged(partition_id::text, 128) AS partition_id,
    redshift_lab.logged(latest_position::text, 128) AS latest_position, scanned_rows, skipped_rows, scanned_bytes,
    time_min AS stream_record_time_min, time_max AS stream_record_time_max
  FROM redshift_lab.stream_scans WHERE redshift_lab.sees_log_of(user_name);
CREATE VIEW pg_catalog.sys_stream_scan_errors AS
  SELECT redshift_lab.logged(schema_name, 128) AS external_schema_name, redshift_lab.logged(topic, 255) AS stream_name,
    redshift_lab.logged(view_name, 128) AS mv_name, transaction_id, query_id,
    timestamp_type::char(1) AS stream_timestamp_type, stream_time AS stream_timestamp, record_time,
    redshift_lab.logged(partition_id::text, 128) AS partition_id, redshift_lab.logged(position::text, 128) AS position,
    error_code, redshift_lab.logged(error_reason, 128) AS error_reason
  FROM redshift_lab.stream_errors WHERE redshift_lab.sees_log_of(user_name);
CREATE VIEW pg_catalog.sys_mv_refresh_history AS
  SELECT u.oid::integer AS user_id, r.session_id, r.transaction_id,
    redshift_lab.logged(current_database(), 128) AS database_name,
    redshift_lab.logged(r.schema_name, 128) AS schema_name,
    r.view_id::bigint AS mv_id, redshift_lab.logged(r.view_name, 128) AS mv_name, r.refresh_type::char(32),
    r.status, r.start_time, r.end_time,
    (extract(epoch FROM r.end_time - r.start_time) * 1000000)::bigint AS duration, ''::char(12) AS consumer_account,
    ''::char(32) AS consumer_region, ''::char(36) AS consumer_namespace
  FROM redshift_lab.view_refreshes r LEFT JOIN pg_roles u ON u.rolname = r.user_name
    WHERE redshift_lab.sees_log_of(r.user_name);
CREATE VIEW pg_catalog.svl_mv_refresh_status AS
  SELECT database_name AS db_name, user_id::bigint AS userid, schema_name, mv_name, transaction_id AS xid,
    start_time AS starttime, end_time AS endtime, status, refresh_type, consumer_account, consumer_region,
    consumer_namespace FROM pg_catalog.sys_mv_refresh_history;
GRANT SELECT ON pg_catalog.sys_stream_scan_states, pg_catalog.sys_stream_scan_errors,
  pg_catalog.sys_mv_refresh_history, pg_catalog.svl_mv_refresh_status TO PUBLIC;

-- JSON of a binary value, as records of a stream have it. What is not UTF-8 is not JSON.
CREATE FUNCTION pg_catalog.can_json_parse(value bytea) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN convert_from(value, 'UTF8') IS JSON;
EXCEPTION WHEN character_not_in_repertoire THEN
  RETURN false;
END $$;
CREATE FUNCTION pg_catalog.json_parse(value bytea) RETURNS super LANGUAGE sql STABLE STRICT
  AS $$SELECT "json_parse"(convert_from(value, 'UTF8'))$$;
