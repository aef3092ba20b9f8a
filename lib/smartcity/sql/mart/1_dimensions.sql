CREATE TABLE IF NOT EXISTS {mart}.dim_vehicle (
  vehicle_id VARCHAR(64) NOT NULL,
  vehicle_type VARCHAR(32),
  make VARCHAR(64),
  model VARCHAR(64),
  year BIGINT,
  fuel_type VARCHAR(32)
) DISTSTYLE ALL SORTKEY (vehicle_id);

CREATE TEMP TABLE new_vehicle AS
SELECT vehicle_id, vehicle_type, make, model, year, fuel_type
FROM {mart}.vehicle_data
QUALIFY ROW_NUMBER() OVER (PARTITION BY vehicle_id ORDER BY event_time DESC, record_id) = 1;

MERGE INTO {mart}.dim_vehicle USING new_vehicle ON dim_vehicle.vehicle_id = new_vehicle.vehicle_id REMOVE DUPLICATES;

DROP TABLE new_vehicle;

CREATE TABLE IF NOT EXISTS {mart}.dim_district (
  district VARCHAR(64) NOT NULL,
  roads BIGINT
) DISTSTYLE ALL;

CREATE TEMP TABLE new_district AS
SELECT district, COUNT(DISTINCT road_id) AS roads
FROM {mart}.vehicle_data
WHERE district IS NOT NULL
GROUP BY district;

MERGE INTO {mart}.dim_district USING new_district ON dim_district.district = new_district.district REMOVE DUPLICATES;

DROP TABLE new_district;

CREATE TABLE IF NOT EXISTS {mart}.dim_time (
  minute_start TIMESTAMP NOT NULL,
  event_date DATE,
  hour INTEGER,
  minute INTEGER,
  is_rush_hour BOOLEAN
) DISTSTYLE ALL SORTKEY (minute_start);

CREATE TEMP TABLE new_time AS
SELECT DISTINCT
  DATE_TRUNC('minute', event_time) AS minute_start,
  TRUNC(minute_start) AS event_date,
  EXTRACT(hour FROM minute_start) AS hour,
  EXTRACT(minute FROM minute_start) AS minute,
  EXTRACT(hour FROM minute_start) IN (7, 8, 16, 17, 18) AS is_rush_hour
FROM {mart}.gps_data;

MERGE INTO {mart}.dim_time USING new_time ON dim_time.minute_start = new_time.minute_start REMOVE DUPLICATES;

DROP TABLE new_time;
