"""Materialized views: what comes before their query, what the query cannot have, ALTER and REFRESH.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MATERIALIZED_VIEW.html
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import alter, incremental, relations
from localcloud.redshift.sql.ddl import attributes, check_distribution
from localcloud.redshift.sql.edits import apply, before, made, written
from localcloud.redshift.sql.facts import Facts
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import joined, literal, name_end
from localcloud.redshift.sql.notes import Notes, do
from localcloud.redshift.sql.plan import Plan
from localcloud.redshift.sql.tree import outer_selects, unwrapped

_LEADER = ("CURRENT_SCHEMA", "CURRENT_SCHEMAS", "HAS_DATABASE_PRIVILEGE", "HAS_SCHEMA_PRIVILEGE", "HAS_TABLE_PRIVILEGE")
_MUTABLE = (
    *("GETDATE", "SYSDATE", "NOW", "TIMEOFDAY", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME"),
    *("LOCALTIMESTAMP", "RANDOM", "CURRENT_USER", "SESSION_USER", "USER", "CURRENT_SETTING", "PG_BACKEND_PID"),
)
_SYSTEM = ("pg_", "stl_", "stv_", "svl_", "svv_", "svcs_", "stcs_", "sys_")
_KIND = "SELECT relkind::text FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)"
_KEYS = ("DISTKEY", "DISTSTYLE", "SORTKEY", "COMPOUND")


@dataclass(frozen=True)
class MaterializedView:
    """A CREATE MATERIALIZED VIEW: its head in the engine's words, its query, what is stored after it."""

    head: Tokens
    query: Tokens
    then: str


def read(tokens: Tokens) -> MaterializedView:
    """Take a CREATE MATERIALIZED VIEW apart. Raises SqlError at an option that Redshift does not have."""
    keep = [token.upper for token in tokens[3:6]] == ["IF", "NOT", "EXISTS"]
    start = 6 if keep else 3
    if start >= len(tokens):
        raise SqlError("42601", "syntax error at end of input")
    end = name_end(tokens, start)
    name, last = written(tokens[start:end]), _as(tokens, end)
    automatic = _refresh_clause(tokens[end:last])
    notes = Notes(table=name, diststyle="EVEN", keep=keep)
    options = tokens[end : last if automatic is None else last - 3]
    attributes(options, 0, notes)
    check_distribution(options, notes)
    query = tokens[last + 1 :]
    if [token.upper for token in query[-2:]] in (["NO", "DATA"], ["WITH", "DATA"]):
        raise syntax_error(query[-1].text)  # a query always fills its view
    mutable = is_mutable(query)
    flags = (str(bool(automatic)), str(mutable), str(not mutable and incremental.applies(query)))
    view = ", ".join((literal(name), *flags, literal(written(tokens))))
    return MaterializedView(tokens[:end], query, f"{notes.statement(name)}, redshift_lab.note_view({view})")


def _as(tokens: Tokens, index: int) -> int:
    """Return the index of the AS before the query."""
    while index < len(tokens) and tokens[index].upper != "AS":
        index = closing(tokens, index) + 1 if tokens[index].text == "(" else index + 1
    if index + 1 >= len(tokens):
        raise SqlError("42601", "syntax error at end of input")
    return index


def _refresh_clause(options: Tokens) -> bool | None:
    """Return what AUTO REFRESH, the last of the options, says; None if it is not given."""
    keywords = [token.upper for token in options[-3:]]
    if keywords[:2] != ["AUTO", "REFRESH"]:
        return None
    if keywords[2:] not in (["YES"], ["NO"]):
        raise syntax_error(options[-1].text)
    return keywords[2] == "YES"


def is_mutable(query: Tokens) -> bool:
    """Return whether a query calls a function that gives another value each time."""
    return any(token.kind == "word" and token.upper in _MUTABLE for token in query)


def changed(tokens: Tokens) -> Plan:
    """Return what becomes of an ALTER MATERIALIZED VIEW. Raises SqlError at a change that Redshift does not have."""
    end = name_end(tokens, 3)
    name, rest = written(tokens[3:end]), tokens[end:]
    keywords = [token.upper for token in rest]
    if keywords[:1] == ["ROW"]:
        raise not_supported("ALTER MATERIALIZED VIEW ... ROW LEVEL SECURITY")
    if (automatic := _refresh_clause(rest)) is not None and len(rest) == 3:
        call = f"SELECT redshift_lab.set_autorefresh({literal(name)}, {automatic})"
        return Plan(do(call), tag="ALTER MATERIALIZED VIEW")
    if keywords[:1] != ["ALTER"] or keywords[1:2] == [] or keywords[1] not in _KEYS:
        raise syntax_error(rest[0].text if rest else tokens[-1].text)
    _, note = alter.alter_table(made("ALTER TABLE ", tokens[3:]))
    call = note.replace("SELECT ", f"SELECT redshift_lab.materialized_view({literal(name)}), ", 1)
    return Plan(do(call), tag="ALTER MATERIALIZED VIEW")


def read_refresh(tokens: Tokens) -> tuple[str, bool]:
    """Return the name in a REFRESH, and whether it is one with CASCADE. Raises SqlError at other options.

    https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh-sql-command.html
    """
    for index, expected in enumerate(("REFRESH", "MATERIALIZED", "VIEW")):
        if len(tokens) < 4 or tokens[index].upper != expected:
            raise syntax_error(tokens[min(index, len(tokens) - 1)].text)
    end = name_end(tokens, 3)
    options = [token.upper for token in tokens[end:]]
    if options not in ([], ["RESTRICT"], ["CASCADE"]):
        raise syntax_error(tokens[end].text)
    return written(tokens[3:end]), options == ["CASCADE"]


def check(query: Tokens) -> None:
    """Raise SqlError at a clause, a function or a table that the query of a materialized view cannot have."""
    tokens = unwrapped(query)
    for select in outer_selects(tokens):
        for clause in ("ORDER", "LIMIT", "OFFSET"):
            if clause in select.clauses:
                shown = "ORDER BY" if clause == "ORDER" else clause
                raise SqlError("0A000", f"Materialized views do not support the {shown} clause.")
        if select.top is not None:
            raise SqlError("0A000", "Materialized views do not support the LIMIT clause.")
    for index, token in enumerate(tokens[:-1]):
        if token.upper in _LEADER and tokens[index + 1].text == "(":
            raise SqlError("0A000", f"Materialized views do not support the function {token.text.lower()}.")
    for reference in relations.references(tokens):
        _check_table(tokens, reference)


def _check_table(tokens: Tokens, reference: relations.Reference) -> None:
    last = tokens[reference.end - 1].text.strip('"').lower()
    if last.startswith(_SYSTEM):
        raise SqlError("0A000", "Materialized views cannot be created on system tables or views.")


def sources(query: Tokens) -> list[str]:
    """Return the names of what a query reads."""
    return [reference.path for reference in relations.references(query)]


async def commented(tokens: Tokens, facts: Facts) -> Tokens:
    """Return a COMMENT in the engine's words, where a materialized view is not a view."""
    if [token.upper for token in tokens[1:3]] != ["ON", "VIEW"] or len(tokens) < 4:
        return tokens
    name = joined(tokens[3 : name_end(tokens, 3)])
    kinds = await facts.rows(_KIND, name)
    return apply(tokens, [before(tokens[2], "MATERIALIZED ")]) if kinds == [["m"]] else tokens
