"""UPDATE, DELETE and MERGE: Athena has them for Iceberg tables only.

https://docs.aws.amazon.com/athena/latest/ug/delete-statement.html
"""

from __future__ import annotations

from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import iceberg, targets

_LEADS = {"UPDATE": ("UPDATE",), "DELETE": ("DELETE", "FROM"), "MERGE": ("MERGE", "INTO")}


def change(job: Job, reader: Reader) -> Outcome:
    """Change rows of an Iceberg table by UPDATE, DELETE or MERGE."""
    statement = reader.token.upper()
    reader.need(*_LEADS[statement])
    table = targets.target(job, reader, statement)
    started = job.trino(job.sql, iceberg.write_session(job, table))
    started.finish()
    return Outcome(update_count=started.update_count)
