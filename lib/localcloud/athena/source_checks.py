"""What the lab looks at in the tables of a query before the engine reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localcloud.athena import views
from localcloud.athena.engine_view import is_engine_view
from localcloud.athena.job import Job
from localcloud.athena.read_partitions import ReadPartitions
from localcloud.athena.reader import scan
from localcloud.athena.serdes.guard import Guard
from localcloud.athena.statements import catalog, hidden
from localcloud.athena.statements.references import Name, tables

Table = dict[str, Any]


def prepared(job: Job, sql: str) -> str:
    """Look at the files of the tables that a query names, also by its views; return the query for the engine.

    Raises:
        QueryFailed: a file that the engine must not read; see `localcloud.athena.serdes.guard`.
    """
    rewritten = hidden.rewritten(sql, lambda name: _columns(job, name)) if "$" in sql else sql
    guard = Guard(job.glue, job.s3, ReadPartitions(job, rewritten).reads)
    for table in sources(job, sql) if _reads_rows(sql) else ():
        guard.check(table)
    return rewritten


def _columns(job: Job, name: Name) -> list[str] | None:
    """Return the columns of a table that the engine sees as a view; None for any other name."""
    resolved = _resolved(name, job.database)
    table = catalog.find_table(job, *resolved) if resolved else None
    if table is None or not is_engine_view(table):
        return None
    return [str(column["Name"]) for column in (*table["StorageDescriptor"]["Columns"], *table.get("PartitionKeys", []))]


def _reads_rows(sql: str) -> bool:
    first = [token.upper() for token in scan(sql)[:4]]
    return not (first[0] == "CREATE" and "VIEW" in first) and (first[0] != "EXPLAIN" or first[1] == "ANALYZE")


def sources(job: Job, sql: str) -> Iterator[Table]:
    """Yield the catalog's entries of the tables and views that a query names, and those below the views."""
    return _sources(job, sql, job.database, set())


def _sources(job: Job, sql: str, database: str, seen: set[tuple[str, str]]) -> Iterator[Table]:
    for name in tables(sql):
        resolved = _resolved(name, database)
        if resolved is None or resolved in seen:
            continue
        seen.add(resolved)
        table = catalog.find_table(job, *resolved)
        if table is None:
            continue
        yield table
        if views.is_view(table):
            defined = views.definition(table)
            yield from _sources(job, defined["originalSql"], defined.get("schema") or database, seen)


def _resolved(name: Name, database: str) -> tuple[str, str] | None:
    parts = (database, *name)[-2:]
    if "$" in parts[1] or parts[0] == "information_schema" or not all(parts):
        return None
    return parts[0], parts[1]
