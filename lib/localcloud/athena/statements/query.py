"""SELECT and its kin: the text goes to the engine as it is."""

from __future__ import annotations

from localcloud.athena.failure import not_supported
from localcloud.athena.job import Job, Outcome
from localcloud.athena.statements.reader import Reader


def select(job: Job, reader: Reader) -> Outcome:
    """Answer a query with rows."""
    if reader.sees("WITH", "FUNCTION"):
        raise not_supported("Functions written in SQL are not part of Athena. Try: a common table expression")
    return job.answer(job.trino(job.sql))


def change(job: Job, _reader: Reader) -> Outcome:
    """Run UPDATE, DELETE or MERGE, which Athena has for Iceberg tables."""
    statement = job.trino(job.sql)
    statement.finish()
    return Outcome(update_count=statement.update_count)


def explain(job: Job, _reader: Reader) -> Outcome:
    """Answer EXPLAIN with the engine's plan."""
    return job.answer(job.trino(job.sql))


def view(job: Job, _reader: Reader) -> Outcome:
    """Create or drop a view; the engine keeps it in Glue in the form that Athena shares."""
    job.trino(job.sql).finish()
    return Outcome("txt", suffix=".txt")
