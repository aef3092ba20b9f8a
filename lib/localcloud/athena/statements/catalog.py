"""The Glue catalog as the DDL statements need it: one place that knows its calls and what its errors mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from localcloud.athena.failure import hive_error
from localcloud.athena.job import CATALOG, Job
from localcloud.athena.reader import Reader
from localcloud.athena.statements import names

Table = dict[str, Any]


_INPUT = [
    "Name",
    "Description",
    "Owner",
    "LastAccessTime",
    "LastAnalyzedTime",
    "Retention",
    "StorageDescriptor",
    "PartitionKeys",
    "ViewOriginalText",
    "ViewExpandedText",
    "TableType",
    "Parameters",
]
_PARTITION_INPUT = ("Values", "StorageDescriptor", "Parameters")


def table_name(job: Job, reader: Reader) -> tuple[str, str]:
    """Return database and table of the name that comes next, in the query's database where it has none."""
    path = names.path(reader)
    if len(path) == 1:  # SHOW CREATE TABLE writes `database.table` in one pair of backquotes
        path = path[0].split(".")
    if len(path) > 3 or (len(path) == 3 and path[0] != CATALOG):
        raise hive_error(f"SemanticException Catalog {path[0]} not found in {'.'.join(path)}. Try: {CATALOG}")
    return (path[-2], path[-1]) if len(path) > 1 else (job.database, path[0])


def database_name(reader: Reader) -> str:
    """Return the database of the name that comes next; dlt writes it as `awsdatacatalog`.`database`."""
    path = names.path(reader)
    if len(path) > 2 or (len(path) == 2 and path[0] != CATALOG):
        raise hive_error(f"SemanticException Catalog {path[0]} not found in {'.'.join(path)}. Try: {CATALOG}")
    return path[-1]


def find_table(job: Job, database: str, name: str) -> Table | None:
    """Return a table of the catalog, or None."""
    try:
        table: Table = job.glue.get_table(DatabaseName=database, Name=name)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return None
        raise
    return table


def get_table(job: Job, database: str, name: str) -> Table:
    """Return a table of the catalog; raise Hive's error if there is none."""
    table = find_table(job, database, name)
    if table is None:
        raise hive_error(f"SemanticException [Error 10001]: Table not found {database}.{name}")
    return table


def is_iceberg(table: Table) -> bool:
    """Return whether a table is kept in Iceberg's format."""
    return str((table.get("Parameters") or {}).get("table_type", "")).lower() == "iceberg"


def is_view(table: Table) -> bool:
    """Return whether a catalog entry is a view."""
    return table.get("TableType") == "VIRTUAL_VIEW"


def table_input(table: Table) -> dict[str, Any]:
    """Return what UpdateTable takes of a table that GetTable gave."""
    return {key: table[key] for key in _INPUT if key in table}


def partition_input(partition: dict[str, Any]) -> dict[str, Any]:
    """Return what UpdatePartition takes of a partition that GetPartition gave."""
    return {key: partition[key] for key in _PARTITION_INPUT if key in partition}


def update(job: Job, table: Table) -> None:
    """Write a changed table back."""
    job.glue.update_table(DatabaseName=table["DatabaseName"], TableInput=table_input(table))


def tables(job: Job, database: str) -> Iterator[Table]:
    """Yield the tables and views of a database."""
    try:
        for page in job.glue.get_paginator("get_tables").paginate(DatabaseName=database):
            yield from page["TableList"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise hive_error(f"SemanticException [Error 10072]: Database does not exist: {database}") from error
        raise


def partition_name(table: Table, values: list[str]) -> str:
    """Return `key=value/key=value` for a partition, as Hive escapes it."""
    keys = [key["Name"] for key in table.get("PartitionKeys") or []]
    return "/".join(f"{key}={_escape(value)}" for key, value in zip(keys, values, strict=True))


def _escape(value: str) -> str:
    return re.sub(r"[\x00-\x1f\"#%'*/:=?\\\x7f{\[\]^]", lambda match: f"%{ord(match[0]):02X}", value)
