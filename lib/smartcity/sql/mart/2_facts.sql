CREATE TABLE IF NOT EXISTS {mart}.fact_trip_minute (
  vehicle_id VARCHAR(64) NOT NULL,
  minute_start TIMESTAMP NOT NULL,
  district VARCHAR(64),
  readings BIGINT,
  mean_speed_kmh DOUBLE PRECISION,
  max_speed_kmh DOUBLE PRECISION
) DISTKEY (vehicle_id) SORTKEY (minute_start);

CREATE TEMP TABLE new_trip_minute AS
SELECT
  vehicle_id,
  DATE_TRUNC('minute', event_time) AS minute_start,
  MAX(district) AS district,
  COUNT(*) AS readings,
  AVG(speed_kmh) AS mean_speed_kmh,
  MAX(speed_kmh) AS max_speed_kmh
FROM {mart}.gps_data
GROUP BY 1, 2;

MERGE INTO {mart}.fact_trip_minute USING new_trip_minute
ON fact_trip_minute.vehicle_id = new_trip_minute.vehicle_id
AND fact_trip_minute.minute_start = new_trip_minute.minute_start
REMOVE DUPLICATES;

DROP TABLE new_trip_minute;

CREATE TABLE IF NOT EXISTS {mart}.fact_incident (
  incident_id VARCHAR(64) NOT NULL,
  incident_type VARCHAR(32),
  severity BIGINT,
  road_id VARCHAR(64),
  district VARCHAR(64),
  reported_at TIMESTAMP,
  on_scene_at TIMESTAMP,
  resolved_at TIMESTAMP,
  response_s BIGINT
) DISTKEY (incident_id) SORTKEY (reported_at);

CREATE TEMP TABLE new_incident AS
SELECT
  incident_id,
  MAX(incident_type) AS incident_type,
  MAX(severity) AS severity,
  MAX(road_id) AS road_id,
  MAX(district) AS district,
  MIN(CASE WHEN status = 'reported' THEN event_time END) AS reported_at,
  MIN(CASE WHEN status = 'on_scene' THEN event_time END) AS on_scene_at,
  MIN(CASE WHEN status = 'resolved' THEN event_time END) AS resolved_at,
  DATEDIFF(second, reported_at, on_scene_at) AS response_s
FROM {mart}.emergency_data
GROUP BY incident_id;

MERGE INTO {mart}.fact_incident USING new_incident
ON fact_incident.incident_id = new_incident.incident_id REMOVE DUPLICATES;

DROP TABLE new_incident;
