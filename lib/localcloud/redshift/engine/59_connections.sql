-- The log of logins: what drivers say of themselves is known to the gateway alone, which notes it here.
CREATE UNLOGGED TABLE redshift_lab.connections (
  recordtime timestamp NOT NULL DEFAULT (pg_catalog.clock_timestamp() AT TIME ZONE 'UTC'),
  pid integer NOT NULL DEFAULT pg_catalog.pg_backend_pid(),
  dbname text NOT NULL DEFAULT pg_catalog.current_database(),
  username text NOT NULL DEFAULT session_user,
  remotehost text NOT NULL,
  remoteport text NOT NULL,
  sslversion text NOT NULL,
  sslcipher text NOT NULL,
  application_name text NOT NULL,
  os_version text NOT NULL,
  driver_version text NOT NULL,
  plugin_name text NOT NULL,
  protocol_version integer NOT NULL
);
CREATE INDEX ON redshift_lab.connections (recordtime);
-- Redshift keeps its logs for seven days. A login does not wait for the disk, nor fail where it may not write.
CREATE FUNCTION redshift_lab.note_connection(what jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET synchronous_commit = off AS $$
BEGIN
  DELETE FROM redshift_lab.connections c WHERE c.recordtime < clock_timestamp() AT TIME ZONE 'UTC' - interval '7 days';
  INSERT INTO redshift_lab.connections (remotehost, remoteport, sslversion, sslcipher, application_name, os_version, driver_version, plugin_name, protocol_version)
  SELECT * FROM jsonb_to_record(what) AS r(remotehost text, remoteport text, sslversion text, sslcipher text, application_name text, os_version text, driver_version text, plugin_name text, protocol_version integer);
EXCEPTION WHEN read_only_sql_transaction THEN
  NULL;
END $$;
-- As on AWS all of it is for superusers, who are here those that have sys:monitor.
CREATE VIEW pg_catalog.stl_connection_log AS
  SELECT e.event::char(50) AS event, c.recordtime, c.remotehost::char(45) AS remotehost, c.remoteport::char(32) AS remoteport, c.pid, c.dbname::char(50) AS dbname, c.username::char(50) AS username,
    'password'::char(32) AS authmethod, 0 AS duration, c.sslversion::char(50) AS sslversion, c.sslcipher::char(128) AS sslcipher, 0 AS mtu, ''::char(64) AS sslcompression, ''::char(64) AS sslexpansion,
    ''::char(36) AS iamauthguid, left(c.application_name, 250)::char(250) AS application_name, left(c.os_version, 64)::char(64) AS os_version, left(c.driver_version, 64)::char(64) AS driver_version,
    left(c.plugin_name, 32)::char(32) AS plugin_name, c.protocol_version
  FROM redshift_lab.connections c, (VALUES ('authenticated'), ('initiating session')) AS e (event)
  WHERE c.username = current_user OR pg_has_role(current_user, 'pg_monitor', 'usage');
CREATE VIEW pg_catalog.sys_connection_log AS
  SELECT event, recordtime AS record_time, remotehost AS remote_host, remoteport AS remote_port, pid AS session_id, dbname AS database_name, username AS user_name, authmethod AS auth_method, duration,
    sslversion AS ssl_version, sslcipher AS ssl_cipher, mtu, sslcompression AS ssl_compression, sslexpansion AS ssl_expansion, iamauthguid AS iam_auth_guid, application_name, driver_version, os_version,
    plugin_name, protocol_version FROM stl_connection_log;
GRANT SELECT ON pg_catalog.stl_connection_log, pg_catalog.sys_connection_log TO PUBLIC;
