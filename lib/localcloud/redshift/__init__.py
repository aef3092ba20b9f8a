"""A Redshift for drivers and BI tools: a gateway that speaks Redshift's protocol and SQL in front of PostgreSQL.

`gateway` listens and logs in, `session` serves one client, `link` is its connection to the engine; `sql` translates
statements, `transfer` runs COPY and UNLOAD, `engine` prepares the database.
"""
