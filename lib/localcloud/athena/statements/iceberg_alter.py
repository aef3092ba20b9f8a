"""ALTER TABLE of Iceberg tables: columns, properties and the name.

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-evolving-table-schema.html
"""

from __future__ import annotations

from localcloud.athena import iceberg_metadata
from localcloud.athena.failure import QueryFailed, hive_error, not_supported
from localcloud.athena.job import ICEBERG, Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import catalog, iceberg, names
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.columns import Column, ColumnPosition, engine_type, read_change, read_columns
from localcloud.athena.statements.database import DDL_ERROR, DONE, key_values
from localcloud.athena.statements.properties import identifier, quoted


def alter(job: Job, table: Table, reader: Reader) -> Outcome:
    """Change an Iceberg table by the engine, or its metadata file."""
    if reader.take("ADD", "COLUMNS"):
        _add(job, table, reader)
    elif reader.take("DROP", "COLUMN"):
        _drop(job, table, reader)
    elif reader.take("CHANGE"):
        _change(job, table, reader)
    elif reader.take("RENAME", "TO"):
        _rename(job, table, reader)
    elif reader.take("SET", "TBLPROPERTIES"):
        _set(job, table, reader)
    elif reader.take("UNSET", "TBLPROPERTIES"):
        _unset(job, table, reader)
    else:
        raise not_supported(f"ALTER TABLE ... {reader.rest()} is not supported for Iceberg tables")
    return DONE


def _target(table: Table) -> str:
    return identifier(ICEBERG, table["DatabaseName"], table["Name"])


def _add(job: Job, table: Table, reader: Reader) -> None:
    columns = read_columns(reader)
    reader.done()
    known = {column["Name"] for column in table["StorageDescriptor"]["Columns"]}
    for column in columns:
        if column["Name"] in known:
            raise hive_error(f"SemanticException [Error 10036]: Duplicate column name: {column['Name']}")
        known.add(column["Name"])
    for column in columns:
        comment = f" COMMENT {quoted(column['Comment'])}" if column.get("Comment") else ""
        added = f"{identifier(column['Name'])} {engine_type(column['Type'])}{comment}"
        job.trino(f"ALTER TABLE {_target(table)} ADD COLUMN {added}").finish()


def _drop(job: Job, table: Table, reader: Reader) -> None:
    path = names.path(reader)
    reader.done()
    job.trino(f"ALTER TABLE {_target(table)} DROP COLUMN {identifier(*path)}").finish()


def _change(job: Job, table: Table, reader: Reader) -> None:
    name, column, position = read_change(reader)
    known: dict[str, Column] = {known["Name"]: known for known in table["StorageDescriptor"]["Columns"]}
    if name not in known:
        raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {name}")
    if position is not None and position.after is not None and position.after not in known:
        raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {position.after}")
    target, new = _target(table), identifier(column["Name"])
    if column["Type"] != known[name]["Type"]:
        kind = engine_type(column["Type"])
        job.trino(f"ALTER TABLE {target} ALTER COLUMN {identifier(name)} SET DATA TYPE {kind}").finish()
    if column["Name"] != name:
        job.trino(f"ALTER TABLE {target} RENAME COLUMN {identifier(name)} TO {new}").finish()
    if "Comment" in column:
        job.trino(f"COMMENT ON COLUMN {target}.{new} IS {quoted(column['Comment'])}").finish()
    if position is not None:
        _move(job, table, column["Name"], position)


def _move(job: Job, table: Table, column: str, position: ColumnPosition) -> None:
    changed = catalog.get_table(job, table["DatabaseName"], table["Name"])
    metadata = iceberg_metadata.read(job.s3, changed)
    content = iceberg_metadata.with_order(metadata, column, position.after)
    iceberg_metadata.commit(job, changed, metadata, content)


def _rename(job: Job, table: Table, reader: Reader) -> None:
    path = names.path(reader)
    reader.done()
    if len(path) > 2:
        raise reader.mismatch("[database.]table")
    database, name = (path[0], path[1]) if len(path) == 2 else (table["DatabaseName"], path[0])
    if catalog.find_table(job, database, name):
        raise hive_error(f"{DDL_ERROR} AlreadyExistsException(message:Table {name} already exists.)")
    job.trino(f"ALTER TABLE {_target(table)} RENAME TO {identifier(ICEBERG, database, name)}").finish()


def _set(job: Job, table: Table, reader: Reader) -> None:
    given = {key.lower(): value for key, value in key_values(reader).items()}
    reader.done()
    metadata = iceberg_metadata.read(job.s3, table)
    before = metadata.athena_properties()
    file_format, codec, kept = iceberg.checked(
        {"write_compression": before["write_compression"], **given}, before["format"]
    )
    stored = {"write.format.default": file_format.upper(), f"write.{file_format}.compression-codec": codec}
    iceberg_metadata.commit(job, table, metadata, iceberg_metadata.with_properties(metadata, {**stored, **kept}))


def _unset(job: Job, table: Table, reader: Reader) -> None:
    keys = []
    reader.need("(")
    while not reader.take(")"):
        keys.append(reader.string().lower())
        reader.take(",")
    reader.done()
    removable = (*iceberg_metadata.KEPT, *iceberg_metadata.PATHS)
    for key in keys:
        if key not in removable:
            raise QueryFailed("INVALID_TABLE_PROPERTY", f"Table property {key} of an Iceberg table cannot be unset")
    metadata = iceberg_metadata.read(job.s3, table)
    iceberg_metadata.commit(job, table, metadata, iceberg_metadata.without_properties(metadata, tuple(keys)))
