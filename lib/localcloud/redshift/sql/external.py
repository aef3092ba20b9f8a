"""External tables that a query reads: the session has copies of them, which the query reads in their place.

https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-external-tables.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql.edits import Edit, apply, replace
from localcloud.redshift.sql.facts import Facts, TableName, Wanted
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, is_name, is_path
from localcloud.redshift.sql.plan import Session
from localcloud.redshift.sql.relations import follows_alias

_READS = ("FROM", "JOIN", ",", "USING")
_WRITES = {"INSERT": 2, "UPDATE": 1, "DELETE": 2, "MERGE": 2, "TRUNCATE": 1, "ALTER": 2}


class _Table(NamedTuple):
    """Where `schema.table` of an external schema stands as a table, and its name."""

    start: int
    end: int
    name: TableName


async def resolve(tokens: Tokens, session: Session, facts: Facts, *, lasting: bool = False) -> Tokens:
    """Return tokens that read the session's copies of its external tables."""
    tables = _tables(tokens, session)
    if not tables:
        return tokens
    names = tuple(sorted({table.name for table in tables}))
    copies = await facts.copies(Wanted(names, _columns(tokens), lasting))
    edits = [_edit(tokens, table, copies[table.name]) for table in tables if table.name in copies]
    return apply(tokens, [*edits, *_qualified(tokens, copies.keys())])


def refuse(tokens: Tokens, session: Session) -> None:
    """Raise SqlError if a view that is bound to its tables reads an external one (r_CREATE_EXTERNAL_TABLE)."""
    if session.external_schemas and _tables(tokens, session):
        raise SqlError("0A000", "External tables are not supported in views", hint="WITH NO SCHEMA BINDING")


def _qualified(tokens: Tokens, names: Collection[TableName]) -> Iterator[Edit]:
    """Yield the changes to columns that are written with schema and table: the copy has the table's name alone."""
    for index in range(len(tokens) - 4):
        if tokens[index + 1].text != "." or tokens[index + 3].text != "." or not is_name(tokens[index + 2]):
            continue
        starts = index == 0 or tokens[index - 1].upper not in (".", *_READS[:2])
        if starts and is_name(tokens[index]) and (folded(tokens[index]), folded(tokens[index + 2])) in names:
            yield replace(tokens[index], tokens[index + 1])


def _edit(tokens: Tokens, table: _Table, copy: str) -> Edit:
    last = tokens[table.end - 1]
    alias = () if follows_alias(tokens, table.end) else (" AS ", last)
    return replace(tokens[table.start], last, copy, *alias)


def _tables(tokens: Tokens, session: Session) -> list[_Table]:
    tables, verb = list[_Table](), tokens[0].upper
    for index in range(1, len(tokens) - 2):
        if not is_path(tokens, index, 2) or folded(tokens[index]) not in session.external_schemas:
            continue
        if index == _WRITES.get(verb) or (verb == "ALTER" and index < 4):
            raise not_supported(f"{verb} of an external table")
        before = tokens[index - 1].upper
        is_column = before == "," and index + 3 < len(tokens) and tokens[index + 3].text == "."
        if before in _READS and not is_column:
            tables.append(_Table(index, index + 3, (folded(tokens[index]), folded(tokens[index + 2]))))
    return tables


def _columns(tokens: Tokens) -> frozenset[str] | None:
    """Return the names that could be columns; None if a star asks for all.

    Raises SqlError if a star is next to a pseudo column, which it does not include.
    """
    pseudo = {folded(token) for token in tokens if token.kind == "quoted" and token.text.startswith('"$')}
    if "$spectrum_oid" in pseudo:
        raise not_supported('the pseudo column "$spectrum_oid"')
    for index, token in enumerate(tokens):
        if token.text == "*" and tokens[index - 1].upper in ("SELECT", ",", ".", "DISTINCT", "ALL"):
            if pseudo & {"$path", "$size"}:
                raise not_supported('* together with "$path" or "$size"', hint="name the columns")
            return None
    return frozenset(folded(token) for token in tokens if is_name(token))
