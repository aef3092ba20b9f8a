"""Which family answers a statement, by its first words.

Statements: https://docs.aws.amazon.com/athena/latest/ug/language-reference.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.athena.failure import QueryFailed, not_supported
from localcloud.athena.job import Job, Outcome
from localcloud.athena.statements import (
    alter,
    ctas,
    database,
    iceberg,
    insert,
    partition,
    prepared,
    query,
    show,
    show_create,
    table,
    unload,
)
from localcloud.athena.statements.reader import Reader


@dataclass(frozen=True)
class Family:
    """A kind of statement: its first words, what the API calls it, and who answers it."""

    words: tuple[str, ...]
    statement_type: str
    substatement_type: str
    run: Callable[[Job, Reader], Outcome]


def _family(words: str, kinds: str, run: Callable[[Job, Reader], Outcome]) -> Family:
    statement, _, sub = kinds.partition(" ")
    return Family(tuple(words.split()), statement, sub or words.replace(" ", "_"), run)


def _refuse(_job: Job, reader: Reader) -> Outcome:
    raise not_supported(f"Queries of this type are not supported: {reader.token.text.upper()}")


def _create_table(job: Job, reader: Reader) -> Outcome:
    return (ctas.create if is_ctas(reader) else table.create)(job, reader)


MAX_DEPTH = 500
"""Parentheses inside parentheses. The engine's parser gives up at some 800, and needs memory by the square of them."""

# The longest match counts; what none matches goes to the engine, which answers with its syntax error.
FAMILIES: tuple[Family, ...] = (
    _family("SELECT", "DML SELECT", query.select),
    _family("WITH", "DML SELECT", query.select),
    _family("VALUES", "DML SELECT", query.select),
    _family("TABLE", "DML SELECT", query.select),
    _family("(", "DML SELECT", query.select),
    _family("INSERT", "DML INSERT", insert.insert),
    _family("UNLOAD", "DML UNLOAD", unload.unload),
    _family("MERGE", "DML MERGE", query.change),
    _family("UPDATE", "DML UPDATE", query.change),
    _family("DELETE", "DML DELETE", query.change),
    _family("OPTIMIZE", "DML OPTIMIZE", iceberg.optimize),
    _family("VACUUM", "DML VACUUM", iceberg.vacuum),
    _family("EXPLAIN", "UTILITY EXPLAIN", query.explain),
    _family("CREATE DATABASE", "DDL", database.create),
    _family("CREATE SCHEMA", "DDL CREATE_DATABASE", database.create),
    _family("DROP DATABASE", "DDL", database.drop),
    _family("DROP SCHEMA", "DDL DROP_DATABASE", database.drop),
    _family("ALTER DATABASE", "DDL", database.alter),
    _family("ALTER SCHEMA", "DDL ALTER_DATABASE", database.alter),
    _family("CREATE EXTERNAL TABLE", "DDL CREATE_TABLE", table.create),
    _family("CREATE TABLE", "DDL", _create_table),
    _family("DROP TABLE", "DDL", table.drop),
    _family("ALTER TABLE", "DDL", alter.alter),
    _family("MSCK REPAIR TABLE", "DDL MSCK_REPAIR_TABLE", partition.repair),
    _family("CREATE VIEW", "DDL", query.view),
    _family("CREATE OR REPLACE VIEW", "DDL CREATE_VIEW", query.view),
    _family("DROP VIEW", "DDL", query.view),
    _family("SHOW DATABASES", "UTILITY", show.databases),
    _family("SHOW SCHEMAS", "UTILITY SHOW_DATABASES", show.databases),
    _family("SHOW TABLES", "UTILITY", show.tables),
    _family("SHOW VIEWS", "UTILITY", show.views),
    _family("SHOW PARTITIONS", "UTILITY", show.partitions),
    _family("SHOW COLUMNS", "UTILITY", show.columns),
    _family("SHOW TBLPROPERTIES", "UTILITY", show.properties),
    _family("SHOW CREATE TABLE", "UTILITY", show_create.table),
    _family("SHOW CREATE VIEW", "UTILITY", show_create.view),
    _family("DESCRIBE", "UTILITY DESCRIBE_TABLE", show.describe),
    _family("DESC", "UTILITY DESCRIBE_TABLE", show.describe),
    _family("PREPARE", "DDL", prepared.prepare),
    _family("DEALLOCATE", "DDL", prepared.deallocate),
)

# Statements that the engine knows and Athena does not have: they reach sessions, grants, code or the server itself.
REFUSED = [
    "ANALYZE",
    "CALL",
    "COMMENT",
    "COMMIT",
    "CREATE",
    "DENY",
    "DROP",
    "EXECUTE",
    "GRANT",
    "REFRESH",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SET",
    "SHOW",
    "START",
    "TRUNCATE",
    "USE",
    "ALTER",
]
_REFUSED = tuple(Family((word,), "UTILITY", word, _refuse) for word in REFUSED)
_QUERY = ("(", "SELECT", "TABLE", "VALUES", "WITH")
_UNKNOWN = Family((), "DML", "SELECT", query.select)


def family_of(reader: Reader) -> Family:
    """Return the family that answers a statement."""
    fitting = [one for one in (*FAMILIES, *_REFUSED) if reader.sees(*one.words)]
    return max(fitting, key=lambda family: len(family.words), default=_UNKNOWN)


def kinds(reader: Reader) -> tuple[str, str]:
    """Return StatementType and SubstatementType as the API names them."""
    if reader.sees("EXECUTE"):
        return "DML", "EXECUTE"
    family = family_of(reader)
    if family.words == ("CREATE", "TABLE") and is_ctas(reader):
        return "DDL", "CREATE_TABLE_AS_SELECT"
    return family.statement_type, family.substatement_type


def is_ctas(reader: Reader) -> bool:
    """Tell whether a CREATE TABLE takes its rows from a query, and does not list columns."""
    start = reader.at
    try:
        reader.take("CREATE", "TABLE")
        reader.take("IF", "NOT", "EXISTS")
        reader.path()
        return reader.sees("AS") or reader.sees("WITH")
    finally:
        reader.at = start


def unparsable(reader: Reader) -> str:
    """Return why AWS refuses a CTAS as it comes in, before there is a query: what it wraps is no query."""
    if kinds(reader)[1] != "CREATE_TABLE_AS_SELECT":
        return ""
    words = [token.upper() for token in reader.tokens]
    reader.at = words.index("AS") + 1 if "AS" in words else len(words) - 1
    try:
        if reader.token.kind != "end" and not any(map(reader.sees, _QUERY)):
            expected = ", ".join(f"'{word}'" for word in _QUERY)
            return str(reader.mismatch(expected)).removeprefix("SYNTAX_ERROR: ").replace("mismatched", "extraneous")
        return ""
    finally:
        reader.at = 0


def run(job: Job) -> Outcome:
    """Answer the statement of a job."""
    reader = Reader(job.sql)
    if reader.sees("EXECUTE") and not reader.sees("EXECUTE", "IMMEDIATE"):
        prepared.bind(job, reader)
        reader = Reader(job.sql)
    job.sql = reader.sql
    if reader.depth() > MAX_DEPTH:
        raise QueryFailed("SYNTAX_ERROR", f"line 1:1: statement is too large (nested deeper than {MAX_DEPTH} levels)")
    return family_of(reader).run(job, reader)
