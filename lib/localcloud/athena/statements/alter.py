"""ALTER TABLE: columns, properties, location and partitions.

https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-columns.html
"""

from __future__ import annotations

from localcloud.athena.failure import hive_error
from localcloud.athena.job import ICEBERG, Job, Outcome
from localcloud.athena.statements import catalog, iceberg, partition
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.columns import engine_type, read_column, read_columns
from localcloud.athena.statements.database import DONE, key_values, s3_location
from localcloud.athena.statements.properties import identifier
from localcloud.athena.statements.reader import Reader


def alter(job: Job, reader: Reader) -> Outcome:
    """Change a table in the catalog, or an Iceberg table in the engine."""
    reader = reader.as_hive()
    reader.need("ALTER", "TABLE")
    table = catalog.get_table(job, *catalog.table_name(job, reader))
    if reader.take("ADD", "COLUMNS"):
        return _add_columns(job, table, reader)
    if reader.sees("ADD"):
        reader.need("ADD")
        return partition.add(job, table, reader)
    if reader.take("DROP", "COLUMN"):
        return _drop_column(job, table, reader)
    if reader.take("DROP"):
        return partition.drop(job, table, reader)
    if reader.take("PARTITION"):
        return _partition(job, table, reader)
    if reader.take("REPLACE", "COLUMNS"):
        table["StorageDescriptor"]["Columns"] = read_columns(reader)
    elif reader.take("CHANGE"):
        reader.take("COLUMN")
        return _change(job, table, reader)
    elif reader.take("SET"):
        if reader.sees("TBLPROPERTIES") and catalog.is_iceberg(table):
            return _set_iceberg(job, table, reader)
        _set(table, reader)
    elif reader.take("UNSET", "TBLPROPERTIES"):
        _unset(table, reader)
    else:
        raise reader.mismatch("'ADD', 'CHANGE', 'DROP', 'PARTITION', 'REPLACE', 'SET', 'UNSET'")
    reader.done()
    catalog.update(job, table)
    return DONE


def _partition(job: Job, table: Table, reader: Reader) -> Outcome:
    values = [value for _, _, value in partition.read_spec(reader)]
    if reader.take("RENAME", "TO"):
        return partition.rename(job, table, values, reader)
    reader.need("SET", "LOCATION")
    return partition.set_location(job, table, values, s3_location(reader.string()))


def _add_columns(job: Job, table: Table, reader: Reader) -> Outcome:
    columns = read_columns(reader)
    reader.done()
    if not catalog.is_iceberg(table):
        table["StorageDescriptor"]["Columns"] += columns
        catalog.update(job, table)
        return DONE
    for column in columns:
        added = f"{identifier(column['Name'])} {engine_type(column['Type'])}"
        job.trino(f"ALTER TABLE {_target(table)} ADD COLUMN {added}").finish()
    return DONE


def _drop_column(job: Job, table: Table, reader: Reader) -> Outcome:
    name = reader.name()
    reader.done()
    if not catalog.is_iceberg(table):
        raise hive_error("SemanticException DROP COLUMN is for Iceberg tables. Try: ALTER TABLE ... REPLACE COLUMNS")
    job.trino(f"ALTER TABLE {_target(table)} DROP COLUMN {identifier(name)}").finish()
    return DONE


def _change(job: Job, table: Table, reader: Reader) -> Outcome:
    name = reader.name()
    column = read_column(reader)
    reader.done()
    if catalog.is_iceberg(table):
        _change_iceberg(job, table, name, column)
        return DONE
    columns = table["StorageDescriptor"]["Columns"]
    if name not in [one["Name"] for one in columns]:
        raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {name}")
    table["StorageDescriptor"]["Columns"] = [column if one["Name"] == name else one for one in columns]
    catalog.update(job, table)
    return DONE


def _change_iceberg(job: Job, table: Table, name: str, column: dict[str, str]) -> None:
    target, new = _target(table), identifier(column["Name"])
    old: dict[str, str] = next((one for one in table["StorageDescriptor"]["Columns"] if one["Name"] == name), {})
    if column["Type"] != old.get("Type"):
        kind = engine_type(column["Type"])
        job.trino(f"ALTER TABLE {target} ALTER COLUMN {identifier(name)} SET DATA TYPE {kind}").finish()
    if column["Name"] != name:
        job.trino(f"ALTER TABLE {target} RENAME COLUMN {identifier(name)} TO {new}").finish()


def _set(table: Table, reader: Reader) -> None:
    if reader.take("LOCATION"):
        table["StorageDescriptor"]["Location"] = s3_location(reader.string())
    elif reader.take("TBLPROPERTIES"):
        table.setdefault("Parameters", {}).update(key_values(reader))
    elif reader.take("SERDEPROPERTIES"):
        table["StorageDescriptor"]["SerdeInfo"].setdefault("Parameters", {}).update(key_values(reader))
    else:
        raise reader.mismatch("'LOCATION', 'TBLPROPERTIES'")


def _set_iceberg(job: Job, table: Table, reader: Reader) -> Outcome:
    reader.need("TBLPROPERTIES")
    values = key_values(reader)
    reader.done()
    iceberg.set_properties(job, table, values)
    return DONE


def _unset(table: Table, reader: Reader) -> None:
    reader.need("(")
    while not reader.take(")"):
        table.get("Parameters", {}).pop(reader.string(), None)
        reader.take(",")


def _target(table: Table) -> str:
    return identifier(ICEBERG, table["DatabaseName"], table["Name"])
