"""What becomes of a statement: SQL for the engine, or COPY and UNLOAD, which the gateway runs itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localcloud.redshift import external_plans, guards
from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures import create, statement
from localcloud.redshift.sql import Plan, Session, external, qualified, translate
from localcloud.redshift.sql.ddl import name_end
from localcloud.redshift.sql.lexer import Token, tokens
from localcloud.redshift.sql.one_select import one_select
from localcloud.redshift.sql.plan import NeedsColumns, NeedsRows, NeedsTables
from localcloud.redshift.sql.translate import fold_names
from localcloud.redshift.transfer.statements import parse_copy
from localcloud.redshift.transfer.unload_statement import parse_unload

_log = logging.getLogger(__name__)


def plan(sql: str, session: Session, known: Mapping[str, Any] | None = None) -> Plan:
    """Return the plan of one statement. Raises as `translate` does."""
    sql = qualified.without_database(sql, session.database)
    words = tokens(sql)
    if any(word.kind == "quoted" for word in words):
        sql = fold_names(sql, session)
        words = tokens(sql)
    verb = words[0].upper if words else ""
    if verb == "COPY":
        return _copy(sql)
    if verb == "UNLOAD":
        return _unload(sql, session, known)
    if [word.upper for word in words[:3]] == ["CREATE", "EXTERNAL", "SCHEMA"]:
        return _external_schema(sql)
    if planned := external_plans.plan(sql, words, session, known):
        return planned
    if verb == "REFRESH" and session.external_schemas and len(words) > 3:
        return _refresh(sql, words, session, known)
    if verb == "CALL":
        return statement.plan(sql, session, known or {})
    if verb == "CREATE" and any(word.upper == "PROCEDURE" for word in words[1:4]):
        return create.plan(sql, words)
    return guards.guarded(translate(sql, session, known), sql)


def translated(text: str, session: Session, known: Mapping[str, Any]) -> Plan:
    """Return the plan of one statement as `plan` does; what breaks in the translation itself is a SqlError too."""
    try:
        return plan(text, session, known)
    except (SqlError, NeedsColumns, NeedsRows, NeedsTables):
        raise
    except Exception as error:
        _log.exception("a statement could not be translated")
        raise SqlError("XX000", f"the statement could not be translated: {type(error).__name__}: {error}") from None


def _external_schema(sql: str) -> Plan:
    asked = external.parse(sql)

    async def work(session: Any) -> str:
        from localcloud.redshift.spectrum.schemas import create

        return await create(session, asked)

    return Plan("", work)


def _copy(sql: str) -> Plan:
    copy = parse_copy(sql)

    async def work(session: Any) -> str:
        from localcloud.redshift.transfer.load import run_copy  # late: Arrow takes 60 MB, and most sessions none of it

        return await run_copy(session, copy)

    return Plan("", work)


def _refresh(sql: str, words: list[Token], session: Session, known: Mapping[str, Any] | None) -> Plan:
    view = sql[words[3].start : words[name_end(words, 3) - 1].end]

    async def before(running: Any) -> None:
        from localcloud.redshift.spectrum.tables import refill

        await refill(running, view)

    return guards.guarded(replace(translate(sql, session, known), before=before), sql)


def _unload(sql: str, session: Session, known: Mapping[str, Any] | None) -> Plan:
    unload = parse_unload(sql)
    # Files have types as tables have: the digits of decimals must be known.
    query = qualified.without_database(one_select(unload.query), session.database)
    text = translate(query, replace(session, typed_decimals=True), known).sql

    async def work(running: Any) -> str:
        from localcloud.redshift.transfer.unload import run_unload

        return await run_unload(running, unload, text)

    return Plan("", work)
