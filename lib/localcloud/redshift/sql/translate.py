"""The way of a statement through the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from localcloud.redshift.sql.plan import Plan, Session


def translate(sql: str, session: Session, known: Mapping[str, Sequence[str]] | None = None) -> Plan:
    """Return what becomes of one statement. Raises SqlError to refuse it, NeedsColumns to be asked again."""
    return Plan(sql)
