"""Row counts of statements that write: rows that the query produced = rows that can be read from the files.

The engine counts what it handed to its writers. Reading the files back finds what a format cannot hold, for example a
line feed in a value of a text file, which makes two rows out of one.
"""

from __future__ import annotations

from localcloud.athena.engine import EngineStatement
from localcloud.athena.failure import SYSTEM, QueryFailed
from localcloud.athena.job import CATALOG, ICEBERG, Job
from localcloud.athena.statements import catalog
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.properties import identifier, quoted


class BooksDiffer(QueryFailed):
    """A statement wrote other rows than its query produced."""

    def __init__(self, produced: int, read: int, files: list[str]) -> None:
        shown = files[0].rpartition("/")[0] + "/" if files else "no folder"
        super().__init__(
            "HIVE_WRITER_DATA_ERROR",
            f"The query produced {produced} rows, but {read} can be read back from the {len(files)} files that it "
            f"wrote to {shown}. A value may hold what the format cannot, such as a line feed in TEXTFILE. "
            "The files stay where they are. Try: another format, for example PARQUET",
            SYSTEM,
        )


def check_insert(job: Job, table: Table, statement: EngineStatement, files: list[str]) -> None:
    """Compare the rows of an INSERT with those in its files.

    Raises:
        BooksDiffer: the numbers differ; the message names them.
    """
    database, name = table["DatabaseName"], table["Name"]
    if catalog.is_iceberg(table):
        snapshots = identifier(ICEBERG, database, f"{name}$snapshots")
        added = "coalesce(sum(CAST(summary['added-records'] AS bigint)), 0)"
        mine = f"element_at(summary, 'trino_query_id') = {quoted(statement.query_id)}"
        _compare(job, statement, f"SELECT {added} FROM {snapshots} WHERE {mine}", files)  # noqa: S608  quoted names
    else:
        paths = ", ".join(map(quoted, files))
        where = f'"$path" IN ({paths})' if files else "false"
        _compare(job, statement, f"SELECT count(*) FROM {identifier(CATALOG, database, name)} WHERE {where}", files)  # noqa: S608


def check_new(job: Job, target: str, statement: EngineStatement, files: list[str]) -> None:
    """Compare the rows of a query with those of the table that was made of them; `target` is its SQL name.

    Raises:
        BooksDiffer: the numbers differ; the message names them.
    """
    _compare(job, statement, f"SELECT count(*) FROM {target}", files)  # noqa: S608  a quoted name


def _compare(job: Job, statement: EngineStatement, sql: str, files: list[str]) -> None:
    produced = statement.update_count
    if produced is None:
        raise QueryFailed("GENERIC_INTERNAL_ERROR", "The engine did not count the rows that it wrote", SYSTEM)
    (row,) = job.ask(sql)
    read = int(str(row[0]))
    if read != produced or (produced and not files):
        raise BooksDiffer(produced, read, files)
