"""INSERT into external tables, and CREATE EXTERNAL TABLE AS: new files on S3, and their partitions in the catalog.

https://docs.aws.amazon.com/redshift/latest/dg/r_INSERT_external_table.html, r_CREATE_EXTERNAL_TABLE_usage.html
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from localcloud.athena.serdes.classes import LAZY
from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.spectrum import ddl
from localcloud.redshift.spectrum.catalog import External, find, refused
from localcloud.redshift.sql import external_types
from localcloud.redshift.sql.external_tables import CreateTable
from localcloud.redshift.sql.names import identifier
from localcloud.redshift.transfer.clients import client
from localcloud.redshift.transfer.statements import Authorization
from localcloud.redshift.transfer.unload import type_names, write_files
from localcloud.redshift.transfer.unload_files import Written
from localcloud.redshift.transfer.unload_statement import Unload

_SMALLEST_MB, _LARGEST_MB = 5, 6200


async def insert(context: Running, schema: str, table: str, query: str) -> str:
    """Write the rows of a query into new files of a table; return the command tag. Raises SqlError."""
    database = await ddl.database_of(context, schema, "INSERT into an external table")
    external = await ddl.existing(context, database, schema, table)
    columns = await context.columns(query)
    if len(columns) != len(external.types):
        raise SqlError(
            "42601",
            f"INSERT gives {len(columns)} columns, but {schema}.{table} has {len(external.types)} with its keys",
        )
    names = [f"c{number}" for number in range(len(columns))]
    values = ", ".join(
        f"{external_types.cast(given, kind)} AS {identifier(name)}"
        for given, (name, kind) in zip(names, external.types.items(), strict=True)
    )
    made = f"SELECT {values} FROM ({query}) AS given ({', '.join(names)})"

    def then(count: int, files: list[Written]) -> None:
        _register(context, external, files)
        if "numRows" in external.parameters:
            _count(context, external, int(external.parameters["numRows"]) + count)

    count, _ = await write_files(context, _files_of(external, context.log.last), made, then)
    return f"INSERT 0 {count}"


async def create_as(context: Running, statement: CreateTable, query: str) -> str:
    """Make a table of a query's columns and rows; return the command tag. Raises SqlError."""
    database = await ddl.database_of(context, statement.schema, "CREATE EXTERNAL TABLE")
    _check_create_as(statement)
    if await asyncio.to_thread(find, context.settings, database, statement.table) is not None:
        raise SqlError("42P07", f'Relation "{statement.table}" already exists')
    described = await context.columns(query)
    types = {
        column.name: external_types.of_engine(column.name, kind, column.modifier)
        for column, kind in zip(described, await type_names(context.link, described), strict=True)
    }
    keys = tuple((name, types[name]) for name, _ in statement.keys if name in types)
    if len(keys) < len(statement.keys) or len(types) < len(described):
        raise SqlError("42703", "a partition column is not in the query, or two of its columns have one name")
    data = tuple(pair for pair in types.items() if pair not in keys)
    entry = ddl.entry_of(statement, data, keys)
    ddl.check(database, entry)
    external = External(database, entry)

    def then(count: int, files: list[Written]) -> None:
        entry["Parameters"]["numRows"] = str(count)
        _create(context, external)
        _register(context, external, files)

    # The location must be empty, so nothing there may be overwritten.
    unload = replace(_files_of(external, context.log.last), allowoverwrite=False)
    await write_files(context, unload, query, then)
    return "CREATE EXTERNAL TABLE"


def _check_create_as(statement: CreateTable) -> None:
    storage = statement.storage
    if storage.format not in ("PARQUET", "TEXTFILE") or storage.classes:
        raise not_supported(f"CREATE EXTERNAL TABLE AS ... STORED AS {storage.format}", hint="PARQUET or TEXTFILE")
    if storage.serde or storage.lines:
        raise not_supported("ROW FORMAT SERDE or LINES TERMINATED BY in CREATE EXTERNAL TABLE AS")
    if not statement.location.endswith("/"):
        raise not_supported("a LOCATION without / at its end in CREATE EXTERNAL TABLE AS")
    packed = statement.properties.get("compression_type", "none").lower()
    if packed not in (("none", "snappy") if storage.format == "PARQUET" else ("none",)):
        raise not_supported(f"compression_type {packed} for {storage.format}")


def _create(context: Running, external: External) -> None:
    try:
        client("glue", context.settings).create_table(DatabaseName=external.database, TableInput=dict(external.entry))
    except ClientError as error:
        raise refused(error) from None


def _files_of(external: External, query: int) -> Unload:
    """Return how files of a table are written, by its format and properties. Raises SqlError at other formats."""
    storage, properties = external.storage, external.parameters
    is_parquet = "parquet" in str(storage.get("InputFormat", "")).lower()
    serde = storage.get("SerdeInfo", {})
    if not is_parquet and serde.get("SerializationLibrary") != LAZY:
        raise not_supported("INSERT into an external table of another format than PARQUET or TEXTFILE")
    given = serde.get("Parameters", {})
    if not is_parquet and (unknown := given.keys() - {"field.delim", "serialization.format", "line.delim"}):
        raise not_supported(f"INSERT into an external table with {sorted(unknown)[0]}")
    location = str(storage["Location"])
    return Unload(
        query="",
        target=location if location.endswith("/") else f"{location}/",
        authorization=Authorization(iam_role="default"),
        format="parquet" if is_parquet else "delimited",
        delimiter="" if is_parquet else given.get("field.delim", "\x01"),
        null_as=properties.get("serialization.null.format", "\\N"),
        extension="" if is_parquet else "txt",
        partition_by=tuple(key["Name"] for key in external.entry.get("PartitionKeys", [])),
        allowoverwrite=True,  # names are never those of other files
        parallel=properties.get("write.parallel", "on").lower() != "off",
        maxfilesize=_size(properties),
        hive=True,
        name_prefix=f"{datetime.now(UTC):%Y%m%d_%H%M%S_%f}_{query}_",
        **_encryption(properties),
    )


def _size(properties: dict[str, str]) -> int:
    written = properties.get("write.maxfilesize.mb", str(_LARGEST_MB))
    if not written.isdigit() or not _SMALLEST_MB <= int(written) <= _LARGEST_MB:
        raise SqlError("22023", f"write.maxfilesize.mb must be between {_SMALLEST_MB} and {_LARGEST_MB}")
    return int(written) << 20


def _encryption(properties: dict[str, str]) -> dict[str, Any]:
    key = properties.get("write.kms.key.id", "")
    if not key:
        return {}
    return {"encrypted": "AUTO"} if key.lower() == "auto" else {"encrypted": "ON", "kms_key": key}


def _register(context: Running, external: External, files: list[Written]) -> None:
    """Add the partitions that files were written into. Raises SqlError."""
    location = str(external.storage["Location"]).rstrip("/")
    folders = {
        tuple(
            unquote(part.partition("=")[2]) for part in file.folder.strip("/").split("/")
        ): f"{location}/{file.folder}"
        for file in files
        if file.folder
    }
    ddl.register(context.settings, external, folders)


def _count(context: Running, external: External, rows: int) -> None:
    ddl.update(context.settings, external, {"Parameters": {**external.parameters, "numRows": str(rows)}})
