"""UNLOAD: the rows of a query as files in a folder, without a table.

https://docs.aws.amazon.com/athena/latest/ug/unload.html
"""

from __future__ import annotations

import contextlib

from botocore.exceptions import ClientError

from localcloud.athena.job import CATALOG, Job, Outcome
from localcloud.athena.results import list_files
from localcloud.athena.statements import ctas, properties
from localcloud.athena.statements.properties import identifier, quoted
from localcloud.athena.statements.reader import Reader


def unload(job: Job, reader: Reader) -> Outcome:
    """Write the rows of a query to an empty folder.

    The engine can only write tables, so the rows go through one that lives as long as the query and leaves its files.
    """
    reader.need("UNLOAD")
    query = reader.group()
    reader.need("TO")
    location = ctas.empty_location(job, reader.string())
    asked = properties.read(reader) if reader.take("WITH") else {}
    reader.done()
    file_format = properties.file_format(asked)
    session = properties.session(asked, file_format)
    options = [f"format = {quoted(file_format)}", f"external_location = {quoted(location)}", *ctas.layout(asked)]
    properties.refuse_unknown(asked)
    name = f"unload_{job.execution.id.replace('-', '_')}"
    job.cleanups.append(lambda: _forget(job, name))
    target = identifier(CATALOG, job.database, name)
    statement = job.trino(f"CREATE TABLE {target} WITH ({', '.join(options)}) AS {query}", session, query)
    statement.finish()
    return Outcome(update_count=statement.update_count, files=list_files(job.s3, location))


def _forget(job: Job, name: str) -> None:
    with contextlib.suppress(ClientError):  # the engine may have stopped before it made the table
        job.glue.delete_table(DatabaseName=job.database, Name=name)
