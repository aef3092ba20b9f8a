-- The log of connections, from the file that the gateway writes; each user sees its own, those with sys:monitor all.
CREATE FUNCTION redshift_lab.connections() RETURNS TABLE (
  event text, recordtime timestamp, remotehost text, remoteport text, pid integer, dbname text, username text,
    duration bigint, sslversion text,
  sslcipher text, application_name text, os_version text, driver_version text, plugin_name text,
    protocol_version integer
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT s.event, s.at::timestamp, s.remotehost, s.remoteport, s.pid, s.database, s.user, s.duration, s.sslversion,
    s.sslcipher, s.application_name,
    s.os_version, s.driver_version, s.plugin_name, s.protocol_version
  FROM redshift_lab.journal('connections') j, json_to_record(j.line) AS s(
    event text, at text, remotehost text, remoteport text, pid integer, database text, "user" text, duration bigint,
      sslversion text, sslcipher text,
    application_name text, os_version text, driver_version text, plugin_name text, protocol_version integer)
  WHERE s.user = session_user OR pg_has_role(session_user, 'pg_monitor', 'usage')
$$;
CREATE VIEW pg_catalog.stl_connection_log AS
  SELECT event::char(50) AS event, recordtime, remotehost::char(45) AS remotehost, remoteport::char(32) AS remoteport,
    pid, redshift_lab.logged(dbname, 50) AS dbname, redshift_lab.logged(username, 50) AS username,
    'password'::char(32) AS authmethod, duration, sslversion::char(50) AS sslversion, sslcipher::char(128) AS sslcipher,
      0 AS mtu, ''::char(64) AS sslcompression, ''::char(64) AS sslexpansion,
    ''::char(36) AS iamauthguid, redshift_lab.logged(application_name, 250) AS application_name,
      redshift_lab.logged(os_version, 64) AS os_version, redshift_lab.logged(driver_version, 64) AS driver_version,
    redshift_lab.logged(plugin_name, 32) AS plugin_name, protocol_version
  FROM redshift_lab.connections();
CREATE VIEW pg_catalog.sys_connection_log AS
  SELECT event, recordtime AS record_time, remotehost AS remote_host, remoteport AS remote_port, pid AS session_id,
    dbname AS database_name, username AS user_name, authmethod AS auth_method, duration,
    sslversion AS ssl_version, sslcipher AS ssl_cipher, mtu, sslcompression AS ssl_compression,
      sslexpansion AS ssl_expansion, iamauthguid AS iam_auth_guid, application_name, driver_version, os_version,
    plugin_name, protocol_version FROM stl_connection_log;
GRANT SELECT ON pg_catalog.stl_connection_log, pg_catalog.sys_connection_log TO PUBLIC;
