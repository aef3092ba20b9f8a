SELECT floor(to_unixtime(kafka_timestamp) - to_unixtime(event_time)) lag_s, count(*) events
FROM gps_data GROUP BY 1 ORDER BY 1;
