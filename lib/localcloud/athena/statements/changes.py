"""UPDATE, DELETE and MERGE: Athena has them for Iceberg tables only.

https://docs.aws.amazon.com/athena/latest/ug/delete-statement.html
"""

from __future__ import annotations

from localcloud.athena.failure import QueryFailed
from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import assignments, iceberg, targets, text_values
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
    """Raise QueryFailed if an assigned value could not be read back from the files."""
    layout = text_values.iceberg_layout(job, table)
    if layout is None:
        return
    sql = job.filled()
    columns = [column["Name"] for column in table["StorageDescriptor"]["Columns"]]
    try:
        lists = assignments.of_update(sql) if statement == "UPDATE" else assignments.of_merge(sql, columns)
    except QueryFailed:
        return  # the engine refuses the statement, with its own position in the text
    for assigned in lists:
        text_values.check(job, assigned.query, layout, (), assigned.columns)
