"""The wire: PostgreSQL's frames and Redshift's forms of them, to the engine and to the client."""
