"""Materialized views of version 1.0.0: what this version keeps of each. Nobody knows whether they are stale."""

from __future__ import annotations

from localcloud.redshift.sql import materialized
from localcloud.redshift.sql.lexer import lex
from localcloud.upgrade.servers import Connection

_UNKNOWN = """
SELECT c.oid::bigint, pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.plain_get_viewdef(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND NOT EXISTS (SELECT FROM redshift_lab.materialized_views m WHERE m.view_id = c.oid)
"""
_STALE = "INSERT INTO redshift_lab.view_changes VALUES (%s, pg_catalog.pg_current_xact_id())"


def note(connection: Connection) -> None:
    """Store what is missing, as CREATE MATERIALIZED VIEW would."""
    for number, name, query in connection.execute(_UNKNOWN.encode()).fetchall():
        made = materialized.read(lex(f"CREATE MATERIALIZED VIEW {name} AS {query.strip().rstrip(';')}"))
        view = made.then[made.then.index("redshift_lab.note_view") :]
        connection.execute(f"SELECT {view}".encode())
        connection.execute(_STALE, (number,))
