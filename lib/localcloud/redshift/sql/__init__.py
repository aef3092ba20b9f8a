"""Redshift's SQL in the engine's: what PostgreSQL lacks is translated or refused, never passed on to mean another."""

from localcloud.redshift.sql.facts import Catalog, Facts, Wanted
from localcloud.redshift.sql.lexer import Statement, split, split_statements, statement
from localcloud.redshift.sql.plan import Plan, Session
from localcloud.redshift.sql.translate import translate

__all__ = [
    "Catalog",
    "Facts",
    "Plan",
    "Session",
    "Statement",
    "Wanted",
    "split",
    "split_statements",
    "statement",
    "translate",
]
