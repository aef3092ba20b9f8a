SELECT date_trunc('minute', event_time) minute, road_class, avg(vehicle_count * 3600.0 / interval_s) flow_veh_h
FROM traffic_data WHERE road_class IS NOT NULL GROUP BY 1, 2 ORDER BY 1;
