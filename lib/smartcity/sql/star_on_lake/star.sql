dim_vehicle AS (
  SELECT vehicle_id, vehicle_type
  FROM (
    SELECT vehicle_id, vehicle_type,
      ROW_NUMBER() OVER (PARTITION BY vehicle_id ORDER BY event_time DESC, record_id) AS newest
    FROM vehicle_data
  )
  WHERE newest = 1
),
dim_district AS (
  SELECT DISTINCT district FROM vehicle_data WHERE district IS NOT NULL
),
dim_time AS (
  SELECT DISTINCT DATE_TRUNC('minute', event_time) AS minute_start FROM gps_data
),
fact_trip_minute AS (
  SELECT
    vehicle_id,
    DATE_TRUNC('minute', event_time) AS minute_start,
    MAX(district) AS district,
    COUNT(*) AS readings,
    AVG(speed_kmh) AS mean_speed_kmh,
    MAX(speed_kmh) AS max_speed_kmh
  FROM gps_data
  GROUP BY 1, 2
),
fact_incident AS (
  SELECT
    incident_id,
    MAX(incident_type) AS incident_type,
    DATE_DIFF(
      'second',
      DATE_TRUNC('second', MIN(CASE WHEN status = 'reported' THEN event_time END)),
      DATE_TRUNC('second', MIN(CASE WHEN status = 'on_scene' THEN event_time END))
    ) AS response_s
  FROM emergency_data
  GROUP BY incident_id
);
