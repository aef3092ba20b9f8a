"""The way of a statement through the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql import ddl
from localcloud.redshift.sql.lexer import Edit, Token, apply, tokens
from localcloud.redshift.sql.plan import Plan, Session
from localcloud.redshift.transfer.statements import parse_copy, parse_unload

Known = Mapping[str, Sequence[str]]


def translate(sql: str, session: Session, known: Known | None = None) -> Plan:
    """Return what becomes of one statement. Raises SqlError to refuse it, NeedsColumns to be asked again."""
    sql = _names(sql, session)
    words = tokens(sql)
    first = words[0].upper if words else ""
    if first == "COPY":
        return _copy(sql)
    if first == "UNLOAD":
        return _unload(sql, session)
    if first == "CREATE" and ddl.is_create_table(words):
        return _create_table(sql, words, session, known)
    if first == "ALTER" and words[1].upper == "TABLE":
        return _alter_table(sql, words)
    return Plan(sql)


def _names(sql: str, session: Session) -> str:
    """Fold quoted names as Redshift does, and quote names of temporary tables that begin with #."""
    edits = []
    for word in tokens(sql):
        if word.kind == "quoted" and not session.case_sensitive and word.text != word.text.lower():
            edits.append(Edit(word.start, word.end, word.text.lower()))
        elif word.kind == "word" and "#" in word.text:
            edits.append(Edit(word.start, word.end, f'"{word.text.lower()}"'))
    return apply(sql, edits) if edits else sql


def _create_table(sql: str, words: list[Token], session: Session, known: Known | None) -> Plan:
    edits, then, query = ddl.create_table(sql, words)
    if query is None:
        return Plan(apply(sql, edits), then=then)
    start = words[query].start
    head = apply(sql[:start], edits)
    return Plan(head + translate(sql[start:], session, known).sql, then=then)


def _alter_table(sql: str, words: list[Token]) -> Plan:
    if len(words) < 4:
        raise SqlError("42601", "syntax error at end of input")
    changed, then = ddl.alter_table(sql, words)
    if not changed:
        return Plan(then, tag="ALTER TABLE")
    return Plan(changed, then=then)


def _copy(sql: str) -> Plan:
    from localcloud.redshift.transfer.load import run_copy

    copy = parse_copy(sql)

    async def work(session: Any) -> str:
        return await run_copy(session, copy)

    return Plan("", work)


def _unload(sql: str, session: Session) -> Plan:
    from localcloud.redshift.transfer.unload import run_unload

    unload = parse_unload(sql)
    query = translate(unload.query, session)

    async def work(running: Any) -> str:
        return await run_unload(running, unload, query.sql)

    return Plan("", work)
