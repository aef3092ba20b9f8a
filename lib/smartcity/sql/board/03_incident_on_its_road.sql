WITH incident AS (
    SELECT incident_id, min(road_id) road_id, min(event_time) reported,
        min(event_time) FILTER (WHERE status = 'on_scene') on_scene,
        min(event_time) FILTER (WHERE status = 'resolved') resolved
    FROM emergency_data GROUP BY 1
),
near AS (
    SELECT i.*, v.event_time, v.speed_kmh, count(*) OVER (PARTITION BY incident_id) readings
    FROM incident i JOIN vehicle_data v ON v.road_id = i.road_id
    AND v.event_time BETWEEN i.reported - INTERVAL '20' MINUTE AND i.reported + INTERVAL '30' MINUTE
)
SELECT * FROM near ORDER BY readings DESC, incident_id, event_time LIMIT 500;
