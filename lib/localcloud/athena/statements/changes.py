"""UPDATE, DELETE and MERGE: Athena has them for Iceberg tables only.

https://docs.aws.amazon.com/athena/latest/ug/delete-statement.html
"""

from __future__ import annotations

from localcloud.athena.failure import QueryFailed, not_supported
from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import assignments, iceberg, targets, text_values
from localcloud.athena.statements.assignments import Assignments
from localcloud.athena.statements.catalog import Table

_LEADS = {"UPDATE": ("UPDATE",), "DELETE": ("DELETE", "FROM"), "MERGE": ("MERGE", "INTO")}


def change(job: Job, reader: Reader) -> Outcome:
    """Change rows of an Iceberg table by UPDATE, DELETE or MERGE."""
    statement = reader.token.upper()
    reader.need(*_LEADS[statement])
    table = targets.target(job, reader, statement)
    if statement != "DELETE":
        _check_values(job, table, statement)
    started = job.trino(job.sql, iceberg.write_session(job, table))
    started.finish()
    return Outcome(update_count=started.update_count)


def _check_values(job: Job, table: Table, statement: str) -> None:
    """Raise QueryFailed if an assigned value could not be read back from the files, or if that can't be checked."""
    layout = text_values.iceberg_layout(job, table)
    if layout is None:
        return
    try:
        lists = _assignments(job, table, statement)
    except QueryFailed as error:
        job.plan(job.sql, "TYPE VALIDATE")  # a statement that is wrong fails here, with its own position in the text
        raise not_supported(
            f"The lab can't check whether ORC holds what this {statement} assigns ({error}). "
            "Try: a simpler statement, or a table in Parquet"
        ) from error
    for assigned in lists:
        text_values.check(job, assigned.query, layout, (), assigned.columns)


def _assignments(job: Job, table: Table, statement: str) -> list[Assignments]:
    """Return what a statement assigns, as queries that the engine takes. Raises QueryFailed."""
    sql = job.filled()
    columns = [column["Name"] for column in table["StorageDescriptor"]["Columns"]]
    lists = assignments.of_update(sql) if statement == "UPDATE" else assignments.of_merge(sql, columns)
    for assigned in lists:
        job.columns(assigned.query)
    return lists
