WITH rain AS (
    SELECT date_trunc('minute', event_time) minute, avg(precipitation_mm_h) precipitation_mm_h,
        avg(air_quality_index) air_quality_index
    FROM weather_data GROUP BY 1
),
speed AS (
    SELECT date_trunc('minute', event_time) minute, avg(speed_kmh) mean_speed_kmh
    FROM vehicle_data GROUP BY 1 HAVING count(*) > 20
)
SELECT * FROM rain JOIN speed USING (minute) ORDER BY minute;
