SELECT incident_id, arbitrary(incident_type) incident_type, avg(latitude) latitude, avg(longitude) longitude
FROM emergency_data GROUP BY 1;
