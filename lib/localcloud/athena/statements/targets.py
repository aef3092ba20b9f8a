"""Which kinds of table a statement may change: the rules of Athena's reference, and the check of a statement's target.

The engine can do more than Athena: it deletes files of external tables, for example. A statement that changes a table
therefore names its rule here, and a kind of table without a rule is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from localcloud.athena.failure import QueryFailed, not_supported
from localcloud.athena.job import CATALOG, Job
from localcloud.athena.reader import Reader
from localcloud.athena.statements import catalog
from localcloud.athena.statements.catalog import Table

Kind = Literal["hive", "iceberg", "view"]

_ROWS = "Modifying Hive table rows is only supported for transactional tables"
REFUSALS: Mapping[str, Mapping[Kind, str]] = {
    "INSERT": {"view": "Inserting into views is not supported"},
    "DELETE": {"hive": _ROWS, "view": "Deleting from views is not supported"},
    "UPDATE": {"hive": _ROWS, "view": "Updating through views is not supported"},
    "MERGE": {"hive": _ROWS, "view": "Merging into views is not supported"},
    "OPTIMIZE": {
        "hive": "OPTIMIZE is only supported for Iceberg tables",
        "view": "OPTIMIZE is only supported for Iceberg tables",
    },
    "VACUUM": {
        "hive": "VACUUM is only supported for Iceberg tables",
        "view": "VACUUM is only supported for Iceberg tables",
    },
}
"""Why a statement cannot change a table of a kind; the kinds that are missing it can change."""


def kind_of(table: Table) -> Kind:
    """Return what kind of table a catalog entry describes."""
    if catalog.is_view(table):
        return "view"
    return "iceberg" if catalog.is_iceberg(table) else "hive"


def target(job: Job, reader: Reader, statement: str) -> Table:
    """Return the table that a statement names next and may change.

    Raises:
        QueryFailed: NOT_SUPPORTED for a kind of table that the statement cannot change, or TABLE_NOT_FOUND.
    """
    line, column = reader.position()
    database, name = sql_name(job, reader)
    table = catalog.find_table(job, database, name)
    if table is None:
        missing = f"line {line}:{column}: Table '{CATALOG}.{database}.{name}' does not exist"
        raise QueryFailed("TABLE_NOT_FOUND", missing)
    if refusal := REFUSALS[statement].get(kind_of(table)):
        raise not_supported(f"line {line}:{column}: {refusal}")
    return table


def sql_name(job: Job, reader: Reader) -> tuple[str, str]:
    """Return database and table of a SQL name `[[catalog.]database.]table`; the catalog must be AwsDataCatalog."""
    line, column = reader.position()
    path = reader.path()
    if len(path) > 3:
        raise QueryFailed("SYNTAX_ERROR", f"line {line}:{column}: Too many dots in table name: {'.'.join(path)}")
    if len(path) == 3 and path[0] != CATALOG:
        raise QueryFailed("CATALOG_NOT_FOUND", f"line {line}:{column}: Catalog '{path[0]}' does not exist")
    return (path[-2], path[-1]) if len(path) > 1 else (job.database, path[0])
