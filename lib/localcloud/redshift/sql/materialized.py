"""What the query of a materialized view cannot have.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql import relations
from localcloud.redshift.sql.blocks import find_blocks
from localcloud.redshift.sql.lexer import Token, tokens

_LEADER = (
    *("CURRENT_SCHEMA", "CURRENT_SCHEMAS", "HAS_DATABASE_PRIVILEGE", "HAS_SCHEMA_PRIVILEGE", "HAS_TABLE_PRIVILEGE"),
)
_SYSTEM = ("pg_", "stl_", "stv_", "svl_", "svv_", "svcs_", "stcs_", "sys_")


def check(query: str) -> None:
    """Raise SqlError at a clause, a function or a table that the query of a materialized view cannot have."""
    words = tokens(query)
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
