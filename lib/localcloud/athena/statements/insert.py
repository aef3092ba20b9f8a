"""INSERT INTO: the engine writes, and the new files are listed in the manifest.

https://docs.aws.amazon.com/athena/latest/ug/insert-into.html
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.athena.failure import not_supported
from localcloud.athena.job import ICEBERG, Job, Outcome
from localcloud.athena.partitions import registered_partitions
from localcloud.athena.reader import Reader, scan
from localcloud.athena.results import list_files
from localcloud.athena.serdes import writing
from localcloud.athena.statements import books, catalog, iceberg, query, targets, text_values
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.properties import identifier


def insert(job: Job, reader: Reader) -> Outcome:
    """Add rows to a table."""
    target = check(job, reader)
    table = target.table
    target.check_values(job, reader.rest())
    session = iceberg.write_session(job, table) if catalog.is_iceberg(table) else writing.session(table)
    statement = job.trino(job.sql, session)
    statement.finish()
    # The engine puts the id of its query into the names of the files it writes.
    files = [url for url in _files(job, table) if statement.query_id in url]
    books.check_insert(job, table, statement, files)
    return Outcome(update_count=statement.update_count, files=files)


@dataclass(frozen=True)
class Target:
    """What an INSERT writes to."""

    table: Table
    columns: list[str]
    """The names of the columns, in the order of the query's."""

    def check_values(self, job: Job, query_text: str) -> None:
        """Raise QueryFailed if a value could not be read back from the files."""
        keys = [key["Name"] for key in self.table.get("PartitionKeys") or []]
        if catalog.is_iceberg(self.table):
            layout = text_values.iceberg_layout(job, self.table)
        else:
            layout = text_values.layout_of(self.table)
        text_values.check(job, query_text, layout, keys, self.columns)


def check(job: Job, reader: Reader) -> Target:
    """Return what the INSERT that comes next writes to; its query comes next.

    Raises:
        QueryFailed: a view, a bucketed table, a table whose SerDe is only read, a kind of table that Athena does not
            write, or no table; or the query has a prefix that Athena does not have.
    """
    reader.need("INSERT", "INTO")
    table = targets.target(job, reader, "INSERT")
    if not catalog.is_iceberg(table) and table["StorageDescriptor"].get("BucketColumns"):
        named = f"{table['DatabaseName']}.{table['Name']}"
        raise not_supported(f"INSERT INTO is not supported on bucketed tables: {named}")
    if reason := writing.problem(table):
        raise not_supported(reason)
    columns = [column["Name"] for column in (*table["StorageDescriptor"]["Columns"], *table.get("PartitionKeys", []))]
    if reader.sees("(") and not _query_in_parentheses(reader):
        columns = [token.text.lower() for token in scan(reader.group()) if token.kind in ("word", "name")]
    query.check(reader)
    return Target(table, columns)


def _query_in_parentheses(reader: Reader) -> bool:
    ahead = [token.upper() for token in reader.tokens[reader.at :]]
    first = next((word for word in ahead if word != "("), "")
    return first in query.FIRST_WORDS


def _files(job: Job, table: Table) -> list[str]:
    if catalog.is_iceberg(table):  # its files may lie outside its location
        files = identifier(ICEBERG, table["DatabaseName"], f"{table['Name']}$files")
        return [str(row[0]) for row in job.ask(f"SELECT file_path FROM {files}")]  # noqa: S608  quoted names
    return [url for folder in _folders(job, table) for url in list_files(job.s3, folder)]


def _folders(job: Job, table: Table) -> list[str]:
    """Return the folders that the files of an external table may be in, none inside another."""
    folders = [table["StorageDescriptor"].get("Location", "")]
    folders += [part["StorageDescriptor"].get("Location", "") for part in registered_partitions(job, table)]
    template = (table.get("Parameters") or {}).get("storage.location.template", "")
    folders.append(template.partition("${")[0].rpartition("/")[0])
    outer: list[str] = []
    for folder in sorted({f"{folder.rstrip('/')}/" for folder in folders if folder}):
        if not any(folder.startswith(known) for known in outer):
            outer.append(folder)
    return outer
