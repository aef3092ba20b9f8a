"""UNLOAD: the rows of a query as files in a folder, without a table.

https://docs.aws.amazon.com/athena/latest/ug/unload.html
"""

from __future__ import annotations

import contextlib

from botocore.exceptions import ClientError

from localcloud.athena.failure import QueryFailed
from localcloud.athena.job import CATALOG, Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.results import list_files
from localcloud.athena.statements import books, ctas, properties, query, write_options
from localcloud.athena.statements.ctas import Plan
from localcloud.athena.statements.properties import identifier, quoted


def unload(job: Job, reader: Reader) -> Outcome:
    """Write the rows of a query to an empty folder.

    The engine can only write tables, so the rows go through one that lives as long as the query and leaves its files.
    """
    planned = plan(job, reader)
    planned.check_values(job)
    statement = job.trino(planned.sql, planned.session, planned.query)
    statement.finish()
    files = list_files(job.s3, planned.location)
    books.check_new(job, planned.target, statement, files)
    return Outcome(update_count=statement.update_count, files=files)


def plan(job: Job, reader: Reader) -> Plan:
    """Read an UNLOAD and return what the engine has to do for it; the table is forgotten when the query ends.

    Raises:
        QueryFailed: no format, a folder that holds files, or a property that UNLOAD does not have.
    """
    reader.need("UNLOAD")
    inner = Reader(reader.group())
    query.check(inner)
    reader.need("TO")
    location = ctas.empty_location(job, reader.string())
    given = properties.read(reader) if reader.take("WITH") else {}
    reader.done()
    if "format" not in given:
        raise QueryFailed(
            "INVALID_TABLE_PROPERTY", "UNLOAD needs the property 'format'. Try: WITH (format = 'PARQUET')"
        )
    write_options.check(given, write_options.UNLOAD)
    laid_out, keys = ctas.layout_of(given), ctas.keys_of(given)
    file_format = properties.file_format(given)
    session = properties.session(given, file_format)
    options = [f"format = {quoted(file_format)}", f"external_location = {quoted(location)}", *ctas.layout(given)]
    properties.refuse_unknown(given)
    name = f"unload_{job.execution.id.replace('-', '_')}"
    job.cleanups.append(lambda: _forget(job, name))
    target = identifier(CATALOG, job.database, name)
    sql = f"CREATE TABLE {target} WITH ({', '.join(options)}) AS {inner.sql}"
    return Plan(target, sql, inner.sql, location, session, job.database, name, laid_out, keys)


def _forget(job: Job, name: str) -> None:
    with contextlib.suppress(ClientError):  # the engine may have stopped before it made the table
        job.glue.delete_table(DatabaseName=job.database, Name=name)
