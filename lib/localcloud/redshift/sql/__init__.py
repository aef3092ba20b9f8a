"""Redshift's SQL in the engine's: what PostgreSQL lacks is translated or refused, never passed on to mean another."""

from localcloud.redshift.sql.lexer import split_statements
from localcloud.redshift.sql.plan import NeedsColumns, Plan, Session
from localcloud.redshift.sql.translate import translate

__all__ = ["NeedsColumns", "Plan", "Session", "split_statements", "translate"]
