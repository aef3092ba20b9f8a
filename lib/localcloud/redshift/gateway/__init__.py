"""The door: connections, logins, cancel requests, and what runs in addition to the sessions."""
