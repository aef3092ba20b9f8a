"""The door: connections, logins, cancel requests, and what runs beside the sessions."""
