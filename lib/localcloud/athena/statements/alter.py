"""ALTER TABLE: columns, properties, location and partitions.

https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html
"""

from __future__ import annotations

from localcloud.athena.failure import hive_error, not_supported
from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.serdes import support
from localcloud.athena.statements import catalog, iceberg_alter, partition
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.columns import Column, ColumnPosition, check, read_change, read_columns
from localcloud.athena.statements.database import DONE, key_values, s3_location


def alter(job: Job, reader: Reader) -> Outcome:
    """Change a table in the catalog, or an Iceberg table in the engine."""
    reader = reader.as_hive()
    reader.need("ALTER", "TABLE")
    table = catalog.get_table(job, *catalog.table_name(job, reader))
    if catalog.is_view(table):
        raise hive_error(f"SemanticException [Error 10132]: Cannot alter a view with ALTER TABLE: {table['Name']}")
    if catalog.is_iceberg(table):
        return iceberg_alter.alter(job, table, reader)
    if reader.take("PARTITION"):
        return partition.change(job, table, reader)
    if reader.take("DROP"):
        if not reader.sees("PARTITION") and not reader.sees("IF"):
            raise not_supported(
                "ALTER TABLE ... DROP COLUMN is supported for Iceberg tables only. Try: REPLACE COLUMNS"
            )
        return partition.drop(job, table, reader)
    if reader.sees("ADD") and not reader.sees("ADD", "COLUMNS"):
        reader.need("ADD")
        return partition.add(job, table, reader)
    _change(table, reader)
    catalog.update(job, table)
    return DONE


def _change(table: Table, reader: Reader) -> None:
    stored = table["StorageDescriptor"]
    if reader.take("ADD", "COLUMNS"):
        stored["Columns"] = [*stored.get("Columns", []), *read_columns(reader)]
    elif reader.take("REPLACE", "COLUMNS"):
        stored["Columns"] = read_columns(reader)
    elif reader.take("CHANGE"):
        stored["Columns"] = _changed(stored["Columns"], *read_change(reader))
    elif reader.take("SET", "LOCATION"):
        stored["Location"] = s3_location(reader.string())
    elif reader.take("SET", "TBLPROPERTIES"):
        table["Parameters"] = {**(table.get("Parameters") or {}), **key_values(reader)}
        if reason := support.problem(table):
            raise not_supported(reason)
    else:
        raise not_supported(f"ALTER TABLE ... {reader.rest()} is not supported for this table")
    reader.done()
    check(stored["Columns"], table.get("PartitionKeys") or [])


def _changed(columns: list[Column], name: str, column: Column, position: ColumnPosition | None) -> list[Column]:
    known = [column["Name"] for column in columns]
    if name not in known:
        raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {name}")
    at = known.index(name)
    if "Comment" not in column and columns[at].get("Comment"):
        column = {**column, "Comment": columns[at]["Comment"]}
    rest = [*columns[:at], *columns[at + 1 :]]
    if position is not None:
        at = 0 if position.after is None else _after(rest, position.after)
    return [*rest[:at], column, *rest[at:]]


def _after(columns: list[Column], name: str) -> int:
    names = [column["Name"] for column in columns]
    if name not in names:
        raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {name}")
    return names.index(name) + 1
