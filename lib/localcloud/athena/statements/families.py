"""Which family answers a statement, by its first words.

Statements: https://docs.aws.amazon.com/athena/latest/ug/language-reference.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.athena.failure import QueryFailed, not_supported
from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import (
    alter,
    changes,
    ctas,
    database,
    describe,
    explain,
    iceberg_maintenance,
    insert,
    prepared,
    query,
    repair,
    show,
    show_create,
    table,
    unload,
    view,
)


@dataclass(frozen=True)
class Family:
    """A kind of statement: its first words, what the API calls it, and who answers it."""

    keywords: tuple[str, ...]
    statement_type: str
    substatement_type: str
    run: Callable[[Job, Reader], Outcome]


def _family(keywords: str, kinds: str, run: Callable[[Job, Reader], Outcome]) -> Family:
    statement, _, sub = kinds.partition(" ")
    return Family(tuple(keywords.split()), statement, sub or keywords.replace(" ", "_"), run)


def _refuse(_job: Job, reader: Reader) -> Outcome:
    raise not_supported(f"Queries of this type are not supported: {reader.token.text.upper()}")


def _unknown(_job: Job, reader: Reader) -> Outcome:
    raise reader.mismatch(", ".join(f"'{word}'" for word in sorted({family.keywords[0] for family in FAMILIES})))


def _create_table(job: Job, reader: Reader) -> Outcome:
    return (ctas.create if is_ctas(reader) else table.create)(job, reader)


def _check_prepared(reader: Reader) -> None:
    if kinds(reader)[1] not in PARAMETRIZED:
        raise not_supported(f"Statements of this type cannot be prepared: {reader.token.text.upper()}")


def _prepare(job: Job, reader: Reader) -> Outcome:
    """PREPARE name FROM statement."""
    name, statement = prepared.read(reader)
    _check_prepared(Reader(statement))
    return prepared.keep(job, name, statement)


MAX_DEPTH = 500
"""Parentheses inside parentheses. The engine's parser gives up at some 800, and needs memory by the square of them."""

# The longest match counts. This is the whole of Athena's grammar: anything else is refused, whatever the engine knows.
FAMILIES: tuple[Family, ...] = (
    _family("SELECT", "DML SELECT", query.select),
    _family("WITH", "DML SELECT", query.select),
    _family("VALUES", "DML SELECT", query.select),
    _family("TABLE", "DML SELECT", query.select),
    _family("(", "DML SELECT", query.select),
    _family("INSERT", "DML INSERT", insert.insert),
    _family("UNLOAD", "DML UNLOAD", unload.unload),
    _family("MERGE", "DML MERGE", changes.change),
    _family("UPDATE", "DML UPDATE", changes.change),
    _family("DELETE", "DML DELETE", changes.change),
    _family("OPTIMIZE", "DML OPTIMIZE", iceberg_maintenance.optimize),
    _family("VACUUM", "DML VACUUM", iceberg_maintenance.vacuum),
    _family("EXPLAIN", "UTILITY EXPLAIN", explain.explain),
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
    _family("MSCK REPAIR TABLE", "DDL MSCK_REPAIR_TABLE", repair.repair),
    _family("CREATE VIEW", "DDL", view.create),
    _family("CREATE OR REPLACE VIEW", "DDL CREATE_VIEW", view.create),
    _family("DROP VIEW", "DDL", view.drop),
    _family("SHOW DATABASES", "UTILITY", show.databases),
    _family("SHOW SCHEMAS", "UTILITY SHOW_DATABASES", show.databases),
    _family("SHOW TABLES", "UTILITY", show.tables),
    _family("SHOW VIEWS", "UTILITY", show.views),
    _family("SHOW PARTITIONS", "UTILITY", show.partitions),
    _family("SHOW COLUMNS", "UTILITY", show.columns),
    _family("SHOW TBLPROPERTIES", "UTILITY", show.properties),
    _family("SHOW CREATE TABLE", "UTILITY", show_create.table),
    _family("SHOW CREATE VIEW", "UTILITY", show_create.view),
    _family("DESCRIBE", "UTILITY DESCRIBE_TABLE", describe.describe),
    _family("DESC", "UTILITY DESCRIBE_TABLE", describe.describe),
    _family("PREPARE", "DDL", _prepare),
    _family("DEALLOCATE", "DDL", prepared.deallocate),
)

# First words of statements that the engine or Hive knows and Athena does not have in any other form.
REFUSED = (
    "ABORT",
    "ALTER",
    "ANALYZE",
    "CALL",
    "COMMENT",
    "COMMIT",
    "CREATE",
    "DENY",
    "DFS",
    "DROP",
    "EXECUTE",
    "EXPORT",
    "GRANT",
    "IMPORT",
    "LOAD",
    "LOCK",
    "REFRESH",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SET",
    "SHOW",
    "START",
    "TRUNCATE",
    "UNLOCK",
    "USE",
    "USING",
)
PARAMETRIZED = ("SELECT", "INSERT", "UNLOAD", "CREATE_TABLE_AS_SELECT")
"""What can be prepared: https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html"""


def _refused(reader: Reader) -> Family:
    word = reader.token.upper()
    return Family((word,), "UTILITY", word, _refuse if word in REFUSED else _unknown)


def family_of(reader: Reader) -> Family:
    """Return the family that answers a statement."""
    fitting = [family for family in FAMILIES if reader.sees(*family.keywords)]
    return max(fitting, key=lambda family: len(family.keywords), default=_refused(reader))


def kinds(reader: Reader) -> tuple[str, str]:
    """Return StatementType and SubstatementType as the API names them."""
    if reader.sees("EXECUTE"):
        return "DML", "EXECUTE"
    family = family_of(reader)
    if family.keywords == ("CREATE", "TABLE") and is_ctas(reader):
        return "DDL", "CREATE_TABLE_AS_SELECT"
    return family.statement_type, family.substatement_type


def is_ctas(reader: Reader) -> bool:
    """Return whether a statement is a CREATE TABLE that takes its rows from a query, and does not list columns."""
    start = reader.at
    try:
        if not reader.take("CREATE", "TABLE"):
            return False
        reader.take("IF", "NOT", "EXISTS")
        reader.path()
        return reader.sees("AS") or reader.sees("WITH")
    except QueryFailed:
        return False  # no name: what reads the statement says so
    finally:
        reader.at = start


def unparsable(reader: Reader) -> str:
    """Return why AWS refuses a CTAS as submitted, before there is a query: what it wraps is not a query."""
    if kinds(reader)[1] != "CREATE_TABLE_AS_SELECT":
        return ""
    keywords = [token.upper() for token in reader.tokens]
    reader.at = keywords.index("AS") + 1 if "AS" in keywords else len(keywords) - 1
    try:
        if reader.token.kind != "end" and not query.begins(reader):
            expected = ", ".join(f"'{word}'" for word in query.FIRST_WORDS)
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
        _check_prepared(reader)
    job.sql = reader.sql
    if job.execution.parameters and kinds(reader)[0] != "DML" and not is_ctas(reader):
        raise not_supported("Execution parameters are supported only for DML statements and CREATE TABLE AS SELECT")
    if reader.depth() > MAX_DEPTH:
        raise QueryFailed("SYNTAX_ERROR", f"line 1:1: statement is too large (nested deeper than {MAX_DEPTH} levels)")
    return family_of(reader).run(job, reader)
