"""Materialized views: what stands before their query, what the query cannot have, and ALTER MATERIALIZED VIEW.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MATERIALIZED_VIEW.html
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import alter, relations
from localcloud.redshift.sql.blocks import find_blocks, unwrapped
from localcloud.redshift.sql.ddl import attributes, check_distribution, name_end
from localcloud.redshift.sql.lexer import Token, closing, literal, tokens
from localcloud.redshift.sql.notes import Notes, do
from localcloud.redshift.sql.plan import Plan

_LEADER = (
    *("CURRENT_SCHEMA", "CURRENT_SCHEMAS", "HAS_DATABASE_PRIVILEGE", "HAS_SCHEMA_PRIVILEGE", "HAS_TABLE_PRIVILEGE"),
)
_MUTABLE = (
    *("GETDATE", "SYSDATE", "NOW", "TIMEOFDAY", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME"),
    *("LOCALTIMESTAMP", "RANDOM", "CURRENT_USER", "SESSION_USER", "USER", "CURRENT_SETTING", "PG_BACKEND_PID"),
)
_SYSTEM = ("pg_", "stl_", "stv_", "svl_", "svv_", "svcs_", "stcs_", "sys_")


@dataclass(frozen=True)
class Created:
    """A CREATE MATERIALIZED VIEW: its head in the engine's words, where its query begins, what is stored after it."""

    head: str
    start: int
    then: str


def create(sql: str, words: list[Token]) -> Created:
    """Take a CREATE MATERIALIZED VIEW apart. Raises SqlError at an option that Redshift does not have."""
    keep = [word.upper for word in words[3:6]] == ["IF", "NOT", "EXISTS"]
    place = 6 if keep else 3
    if place >= len(words):
        raise SqlError("42601", "syntax error at end of input")
    end = name_end(words, place)
    name, last = sql[words[place].start : words[end - 1].end], _as(words, end)
    automatic = _refresh_clause(words[end:last])
    notes = Notes(table=name, diststyle="EVEN", keep=keep)
    options = words[end : last if automatic is None else last - 3]
    attributes(options, 0, notes)
    check_distribution(options, notes)
    start = words[last + 1].start
    view = ", ".join((literal(name), str(bool(automatic)), str(_is_mutable(sql[start:]))))
    text = literal(sql[words[0].start :])
    return Created(
        sql[: words[end - 1].end] + " AS ", start, f"{notes.statement(name)}, redshift_lab.note_view({view}, {text})"
    )


def _as(words: list[Token], place: int) -> int:
    """Return the index of the AS before the query."""
    while place < len(words) and words[place].upper != "AS":
        place = closing(words, place) + 1 if words[place].text == "(" else place + 1
    if place + 1 >= len(words):
        raise SqlError("42601", "syntax error at end of input")
    return place


def _refresh_clause(options: list[Token]) -> bool | None:
    """Return what AUTO REFRESH, the last of the options, says; None where it is not given."""
    kinds = [word.upper for word in options[-3:]]
    if kinds[:2] != ["AUTO", "REFRESH"]:
        return None
    if kinds[2:] not in (["YES"], ["NO"]):
        raise syntax_error(options[-1].text)
    return kinds[2] == "YES"


def _is_mutable(query: str) -> bool:
    return any(word.kind == "word" and word.upper in _MUTABLE for word in tokens(query))


def changed(sql: str, words: list[Token]) -> Plan:
    """Return what becomes of an ALTER MATERIALIZED VIEW. Raises SqlError at a change that Redshift does not have."""
    end = name_end(words, 3)
    name, rest = sql[words[3].start : words[end - 1].end], words[end:]
    kinds = [word.upper for word in rest]
    if kinds[:1] == ["ROW"]:
        raise not_supported("ALTER MATERIALIZED VIEW ... ROW LEVEL SECURITY")
    if (automatic := _refresh_clause(rest)) is not None and len(rest) == 3:
        call = f"SELECT redshift_lab.set_autorefresh({literal(name)}, {automatic})"
        return Plan(do(call), tag="ALTER MATERIALIZED VIEW")
    if kinds[:1] != ["ALTER"] or kinds[1:2] not in (["DISTKEY"], ["DISTSTYLE"], ["SORTKEY"], ["COMPOUND"]):
        raise syntax_error(rest[0].text if rest else words[-1].text)
    text = f"ALTER TABLE {sql[words[3].start :]}"
    _, note = alter.alter_table(text, tokens(text))
    call = note.replace("SELECT ", f"SELECT redshift_lab.materialized_view({literal(name)}), ", 1)
    return Plan(do(call), tag="ALTER MATERIALIZED VIEW")


def check(query: str) -> None:
    """Raise SqlError at a clause, a function or a table that the query of a materialized view cannot have."""
    words = unwrapped(tokens(query))
    for block in find_blocks(words):
        for clause in ("ORDER", "LIMIT", "OFFSET"):
            if clause in block.clauses:
                shown = "ORDER BY" if clause == "ORDER" else clause
                raise SqlError("0A000", f"Materialized views do not support the {shown} clause.")
        if block.top is not None:
            raise SqlError("0A000", "Materialized views do not support the LIMIT clause.")
    for place, word in enumerate(words[:-1]):
        if word.upper in _LEADER and words[place + 1].text == "(":
            raise SqlError("0A000", f"Materialized views do not support the function {word.text.lower()}.")
    for reference in relations.references(words):
        _check_table(words, reference)


def _check_table(words: list[Token], reference: relations.Reference) -> None:
    last = words[reference.end - 1].text.strip('"').lower()
    if last.startswith(_SYSTEM):
        raise SqlError("0A000", "Materialized views cannot be created on system tables or views.")


def sources(query: str) -> list[str]:
    """Return the names of what a query reads."""
    return [reference.path for reference in relations.references(tokens(query))]
