"""CREATE, ALTER and DROP of external tables: entries of the Glue catalog. The files stay as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError
from pyarrow import fs

from localcloud.athena.serdes import support
from localcloud.athena.serdes.classes import LAZY
from localcloud.athena.statements.storage import FORMATS
from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.spectrum.catalog import External, find, refused
from localcloud.redshift.spectrum.schemas import databases_of
from localcloud.redshift.sql.external_alter import AlterTable
from localcloud.redshift.sql.external_tables import Columns, CreateTable, Storage
from localcloud.redshift.transfer.clients import client
from localcloud.redshift.transfer.statements import Authorization
from localcloud.redshift.transfer.storage import open_storage, path_of, storage_errors

_KEPT = ("Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "TableType", "Parameters")
_BATCH = 100


async def database_of(context: Running, schema: str, what: str) -> str:
    """Return the Glue database of an external schema. Raises SqlError within a transaction, or if there is none."""
    if context.link.status != b"I":
        raise SqlError("25001", f"{what} cannot run inside a transaction block")
    databases = await databases_of(context, [schema])
    if schema not in databases:
        raise SqlError("3F000", f'external schema "{schema}" does not exist')
    return databases[schema]


async def create(context: Running, statement: CreateTable) -> str:
    """Describe files as a table; return the command tag. Raises SqlError."""
    database = await database_of(context, statement.schema, "CREATE EXTERNAL TABLE")
    await asyncio.to_thread(_create, context.settings, database, statement)
    return "CREATE EXTERNAL TABLE"


def _create(settings: GatewaySettings, database: str, statement: CreateTable) -> None:
    if find(settings, database, statement.table) is not None:
        if statement.if_not_exists:
            return
        raise SqlError("42P07", f'Relation "{statement.table}" already exists')
    entry = entry_of(statement, statement.columns, statement.keys)
    check(database, entry)
    _refuse_manifest(settings, statement.location)
    try:
        client("glue", settings).create_table(DatabaseName=database, TableInput=entry)
    except ClientError as error:
        raise refused(error) from None


def _refuse_manifest(settings: GatewaySettings, location: str) -> None:
    """Raise SqlError if a location is an object, which then is a manifest of files."""
    if location.endswith("/"):
        return
    with storage_errors(location):
        info = open_storage(Authorization(iam_role="default"), settings).get_file_info(path_of(location))
    if info.type == fs.FileType.File:
        raise not_supported("a manifest file as LOCATION", hint="a folder")


def check(database: str, entry: Mapping[str, Any]) -> None:
    """Raise SqlError if the lab could not read a table as it is described."""
    External(database, entry).check_readable()
    if problem := support.problem(dict(entry)):
        raise SqlError("0A000", problem)


def entry_of(statement: CreateTable, columns: Columns, keys: Columns) -> dict[str, Any]:
    """Return the entry of a table for the catalog. Raises SqlError at an unknown format."""
    path_of(statement.location)
    return {
        "Name": statement.table,
        "Owner": "redshift",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", **statement.properties},
        "PartitionKeys": _listed(keys),
        "StorageDescriptor": {
            **_stored(statement.storage),
            "Columns": _listed(columns),
            "Location": statement.location,
        },
    }


def _listed(columns: Columns) -> list[dict[str, str]]:
    return [{"Name": name, "Type": kind} for name, kind in columns]


def _stored(storage: Storage) -> dict[str, Any]:
    if storage.format not in FORMATS or storage.format == "JSON":
        raise SqlError("42601", f'syntax error at or near "{storage.format}"', hint="PARQUET, ORC, AVRO, TEXTFILE, ...")
    inputs, outputs, serde = FORMATS[storage.format]
    if storage.classes:
        inputs, outputs = storage.classes
    library = storage.serde or serde
    parameters = {**({"serialization.format": "1"} if library == LAZY else {}), **storage.parameters}
    return {
        "InputFormat": inputs,
        "OutputFormat": outputs,
        "SerdeInfo": {"SerializationLibrary": library, "Parameters": parameters},
    }


async def drop(context: Running, schema: str, table: str, if_exists: bool) -> str:
    """Take a table off the catalog; return the command tag. Raises SqlError."""
    database = await database_of(context, schema, "DROP TABLE of an external table")
    external = await asyncio.to_thread(find, context.settings, database, table)
    if external is None and not if_exists:
        raise SqlError("42P01", f'Table "{schema}.{table}" does not exist')
    if external is not None:
        call = client("glue", context.settings).delete_table
        await asyncio.to_thread(lambda: call(DatabaseName=database, Name=table))
    return "DROP TABLE"


async def alter(context: Running, statement: AlterTable) -> str:
    """Change a table or its partitions in the catalog; return the command tag. Raises SqlError."""
    database = await database_of(context, statement.schema, "ALTER TABLE of an external table")
    external = await existing(context, database, statement.schema, statement.table)
    await asyncio.to_thread(_alter, context.settings, external, statement)
    return "ALTER TABLE"


async def existing(context: Running, database: str, schema: str, table: str) -> External:
    """Return a table of the catalog. Raises SqlError if there is none."""
    external = await asyncio.to_thread(find, context.settings, database, table)
    if external is None:
        raise SqlError("42P01", f'relation "{schema}.{table}" does not exist')
    return external


def _alter(settings: GatewaySettings, external: External, statement: AlterTable) -> None:
    try:
        if "PARTITION" in statement.action:
            _alter_partitions(client("glue", settings), external, statement)
        else:
            update(settings, external, _changed(external, statement))
    except ClientError as error:
        raise refused(error) from None


def update(settings: GatewaySettings, external: External, changes: Mapping[str, Any]) -> None:
    """Change the entry of a table. Raises SqlError if the lab could not read it any more, ClientError."""
    entry = {name: value for name, value in {**external.entry, **changes}.items() if name in _KEPT}
    check(external.database, entry)
    client("glue", settings).update_table(DatabaseName=external.database, TableInput=entry)


def _changed(external: External, statement: AlterTable) -> dict[str, Any]:
    if statement.action == "SET TABLE PROPERTIES":
        return {"Parameters": {**external.parameters, **statement.properties}}
    storage = external.storage
    if statement.action == "SET LOCATION":
        path_of(statement.texts[0])
        return {"StorageDescriptor": {**storage, "Location": statement.texts[0]}}
    if statement.action == "SET FILE FORMAT":
        return {"StorageDescriptor": {**storage, **_stored(Storage(format=statement.texts[0]))}}
    return {"StorageDescriptor": {**storage, "Columns": list(_renamed(storage["Columns"], *statement.texts))}}


def _renamed(columns: list[dict[str, Any]], old: str, new: str) -> Iterator[dict[str, Any]]:
    names = [column["Name"] for column in columns]
    if old not in names or new in names:
        raise SqlError("42703", f'column "{old}" does not exist, or "{new}" does already')
    for column in columns:
        yield {**column, "Name": new} if column["Name"] == old else column


def _alter_partitions(catalog: Any, external: External, statement: AlterTable) -> None:
    table = {"DatabaseName": external.database, "TableName": external.name}
    for partition in statement.partitions:
        values = _values(external, partition.values)
        if statement.action == "ADD PARTITION":
            _add(catalog, external, values, partition.location, calm=statement.calm)
        elif statement.action == "DROP PARTITION":
            catalog.delete_partition(**table, PartitionValues=values)
        else:
            stored = catalog.get_partition(**table, PartitionValues=values)["Partition"]["StorageDescriptor"]
            changed = {"Values": values, "StorageDescriptor": {**stored, "Location": partition.location}}
            catalog.update_partition(**table, PartitionValueList=values, PartitionInput=changed)


def _values(external: External, given: Mapping[str, str]) -> list[str]:
    keys = [key["Name"] for key in external.entry.get("PartitionKeys", [])]
    if sorted(keys) != sorted(given):
        raise SqlError("22023", f"partition ({', '.join(given)}) does not name the keys ({', '.join(keys)})")
    return [given[key] for key in keys]


def _add(catalog: Any, external: External, values: list[str], location: str, *, calm: bool) -> None:
    if not location:
        raise not_supported("ADD PARTITION without LOCATION")
    path_of(location)
    made = {"Values": values, "StorageDescriptor": {**external.storage, "Location": location}}
    try:
        catalog.create_partition(DatabaseName=external.database, TableName=external.name, PartitionInput=made)
    except catalog.exceptions.AlreadyExistsException:
        if not calm:
            raise SqlError("42710", f"partition {values} of {external.name} already exists") from None


def register(settings: GatewaySettings, external: External, folders: Mapping[tuple[str, ...], str]) -> None:
    """Add partitions that an INSERT wrote into, by their values and folders, unless they are there."""
    catalog = client("glue", settings)
    for values, location in folders.items():
        _add(catalog, external, list(values), location, calm=True)
