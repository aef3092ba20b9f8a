"""INSERT INTO: the engine writes, and the new files are listed in the manifest."""

from __future__ import annotations

from localcloud.athena.job import Job, Outcome
from localcloud.athena.results import list_files
from localcloud.athena.statements import catalog
from localcloud.athena.statements.reader import Reader


def insert(job: Job, reader: Reader) -> Outcome:
    """Add rows to a table."""
    reader.need("INSERT", "INTO")
    database, name = catalog.table_name(job, reader)
    statement = job.trino(job.sql)
    statement.finish()
    table = catalog.find_table(job, database, name)
    location = ((table or {}).get("StorageDescriptor") or {}).get("Location", "")
    # The engine puts the id of its query into the names of the files it writes.
    files = (
        [url for url in list_files(job.s3, f"{location.rstrip('/')}/") if statement.query_id in url] if location else []
    )
    return Outcome(update_count=statement.update_count, files=files)
