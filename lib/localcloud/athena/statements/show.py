"""SHOW: what the catalog holds, as lines of text.

https://docs.aws.amazon.com/athena/latest/ug/show-tables.html
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.athena import iceberg_metadata
from localcloud.athena.failure import hive_error, not_supported
from localcloud.athena.job import Job, Outcome, text_answer
from localcloud.athena.partitions import registered_partitions
from localcloud.athena.reader import Reader
from localcloud.athena.statements import catalog, patterns
from localcloud.athena.statements.catalog import Table

WIDTH = 20
"""Characters to which Hive fills up the words of DESCRIBE."""


def databases(job: Job, reader: Reader) -> Outcome:
    """SHOW DATABASES [LIKE 'pattern']."""
    reader = reader.as_hive()
    reader.need("SHOW")
    reader.step()
    matches = patterns.regular_expression(_pattern(reader))
    pages = job.glue.get_paginator("get_databases").paginate()
    known = sorted(entry["Name"] for page in pages for entry in page["DatabaseList"])
    return text_answer(["database_name"], filter(matches, known))


def _pattern(reader: Reader) -> str | None:
    reader.take("LIKE")
    pattern = None if reader.token.kind == "end" else reader.string()
    reader.done()
    return pattern


def _entries(job: Job, reader: Reader, test: Callable[[str | None], Callable[[str], bool]]) -> list[Table]:
    database = catalog.database_name(reader) if reader.take("IN") or reader.take("FROM") else job.database
    matches = test(_pattern(reader))
    tables = sorted(catalog.tables(job, database), key=lambda table: str(table["Name"]))
    return [table for table in tables if matches(table["Name"])]


def tables(job: Job, reader: Reader) -> Outcome:
    """SHOW TABLES [IN database] ['pattern']."""
    reader = reader.as_hive()
    reader.need("SHOW", "TABLES")
    return text_answer(["tab_name"], [table["Name"] for table in _entries(job, reader, patterns.regular_expression)])


def views(job: Job, reader: Reader) -> Outcome:
    """SHOW VIEWS [IN database] ['pattern']."""
    reader = reader.as_hive()
    reader.need("SHOW", "VIEWS")
    entries = _entries(job, reader, patterns.wildcards)
    return text_answer(["views"], [table["Name"] for table in entries if catalog.is_view(table)])


def partitions(job: Job, reader: Reader) -> Outcome:
    """SHOW PARTITIONS table."""
    reader = reader.as_hive()
    reader.need("SHOW", "PARTITIONS")
    table = catalog.get_table(job, *catalog.table_name(job, reader))
    reader.done()
    if catalog.is_iceberg(table):
        raise not_supported(f"SHOW PARTITIONS is not supported for Iceberg tables: {table['Name']}")
    if not table.get("PartitionKeys"):
        raise hive_error(f"SemanticException [Error 10241]: Table {table['Name']} is not a partitioned table")
    shown = [catalog.partition_name(table, part["Values"]) for part in registered_partitions(job, table)]
    return text_answer(["partition"], sorted(shown))


def columns(job: Job, reader: Reader) -> Outcome:
    """SHOW COLUMNS IN table [IN database]."""
    reader = reader.as_hive()
    reader.need("SHOW", "COLUMNS")
    if not (reader.take("IN") or reader.take("FROM")):
        raise reader.mismatch("'FROM', 'IN'")
    database, name = catalog.table_name(job, reader)
    if reader.take("IN") or reader.take("FROM"):
        database = catalog.database_name(reader)
    reader.done()
    table = catalog.get_table(job, database, name)
    return text_answer(["field"], [_fill(column["Name"]) for column in all_columns(table)])


def properties(job: Job, reader: Reader) -> Outcome:
    """SHOW TBLPROPERTIES table [('key')]."""
    reader = reader.as_hive()
    reader.need("SHOW", "TBLPROPERTIES")
    table = catalog.get_table(job, *catalog.table_name(job, reader))
    shown = (
        iceberg_metadata.read(job.s3, table).athena_properties()
        if catalog.is_iceberg(table)
        else table.get("Parameters")
    )
    values = dict(sorted((shown or {}).items()))
    if not reader.take("("):
        reader.done()
        return text_answer(["prpt_name", "prpt_value"], [f"{key}\t{value}" for key, value in values.items()])
    key = reader.string()
    reader.need(")")
    reader.done()
    missing = f"Table {table['DatabaseName']}.{table['Name']} does not have property: {key}"
    return text_answer(["prpt_name"], [values.get(key, missing)])


def all_columns(table: Table) -> list[dict[str, str]]:
    """Return the columns of a table, its partition keys last."""
    return [*table["StorageDescriptor"].get("Columns", []), *(table.get("PartitionKeys") or [])]


def _fill(text: str) -> str:
    return text.ljust(WIDTH)


def line(*texts: str) -> str:
    """Return a line of DESCRIBE: texts filled up to a width and separated by tabs."""
    return "\t".join(map(_fill, texts))
