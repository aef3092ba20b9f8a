"""What becomes of statements about external tables, which the gateway runs itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localcloud.redshift.errors import not_supported
from localcloud.redshift.sql import Plan, Session, external_tables, translate
from localcloud.redshift.sql.lexer import Token
from localcloud.redshift.sql.one_select import one_select

Known = Mapping[str, Any] | None


def plan(sql: str, words: list[Token], session: Session, known: Known) -> Plan | None:
    """Return the plan of a statement that makes, changes or writes an external table; None for another."""
    kinds = [word.upper for word in words[:3]]
    if kinds == ["CREATE", "EXTERNAL", "TABLE"]:
        return _create(sql, session, known)
    place = (
        {"ALTER": 2, "DROP": 4 if len(words) > 2 and kinds[2] == "IF" else 2, "INSERT": 2}.get(words[0].upper)
        if words
        else None
    )
    named = external_tables.target(words, place) if place and kinds[1] in ("TABLE", "INTO") else None
    if place is None or named is None or named[0] not in session.external_schemas:
        return None
    if kinds[0] == "ALTER":
        return _alter(sql)
    if kinds[0] == "DROP":
        return _drop(named, words, place)
    return _insert(named, sql[words[place + 2].end :], session, known)


def _create(sql: str, session: Session, known: Known) -> Plan:
    statement = external_tables.read_create(sql)
    query = _translated(statement.query, "CREATE EXTERNAL TABLE AS", session, known) if statement.query else ""

    async def work(running: Any) -> str:
        from localcloud.redshift.spectrum import ddl, writing  # late: Arrow takes 60 MB

        if query:
            return await writing.create_as(running, statement, query)
        return await ddl.create(running, statement)

    return Plan("", work)


def _translated(query: str, what: str, session: Session, known: Known) -> str:
    return translate(one_select(query, what), replace(session, typed_decimals=True), known).sql


def _alter(sql: str) -> Plan:
    statement = external_tables.read_alter(sql)

    async def work(running: Any) -> str:
        from localcloud.redshift.spectrum import ddl

        return await ddl.alter(running, statement)

    return Plan("", work)


def _drop(named: tuple[str, str], words: list[Token], place: int) -> Plan:
    if [word.upper for word in words[place + 3 :]] not in ([], ["CASCADE"], ["RESTRICT"]):
        raise not_supported("DROP TABLE of several tables, one of them external", hint="drop one table per statement")

    async def work(running: Any) -> str:
        from localcloud.redshift.spectrum import ddl

        return await ddl.drop(running, *named, place == 4)

    return Plan("", work)


def _insert(named: tuple[str, str], query: str, session: Session, known: Known) -> Plan:
    text = _translated(query, "INSERT into an external table", session, known)

    async def work(running: Any) -> str:
        from localcloud.redshift.spectrum import writing

        return await writing.insert(running, *named, text)

    return Plan("", work)
