"""CREATE EXTERNAL SCHEMA, and what the Glue catalog says of the tables of such schemas."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.redshift.engine import Engine
from localcloud.redshift.errors import BackendError, SqlError
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.sql.external_schemas import ExternalSchema
from localcloud.redshift.sql.names import identifier
from localcloud.redshift.transfer import roles
from localcloud.redshift.transfer.clients import client

_INSERT = "INSERT INTO redshift_lab.{table} SELECT * FROM json_populate_recordset(NULL::redshift_lab.{table}, $1::json)"
_CATALOGS = "SELECT name, database_name FROM redshift_lab.external_schemas WHERE kind = 1"


async def create(context: Running, schema: ExternalSchema) -> str:
    """Make the schema in the client's transaction; return the command tag. Raises SqlError."""
    role = "arn:aws:iam::123456789012:role/LabRole" if schema.role == "default" else schema.role
    await asyncio.to_thread(roles.check, role, context.settings)
    made = await context.link.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", schema.name)
    if made and schema.if_not_exists:
        return "CREATE SCHEMA"
    await asyncio.to_thread(_check_database, context.settings, schema)
    await context.link.query(f"CREATE SCHEMA {identifier(schema.name)}")
    await context.link.query("SELECT redshift_lab.note_external_schema($1, $2, $3)", schema.name, schema.database, role)
    context.sql.external_schemas.add(schema.name)
    return "CREATE SCHEMA"


def _check_database(settings: GatewaySettings, schema: ExternalSchema) -> None:
    catalog = client("glue", settings)
    try:
        if schema.make_database:
            with contextlib.suppress(catalog.exceptions.AlreadyExistsException):
                catalog.create_database(DatabaseInput={"Name": schema.database})
    except (ClientError, BotoCoreError) as error:
        raise SqlError("XX000", f"the Glue catalog refused: {error}", hint="Try: ./lab up aws") from None


async def refresh(engine: Engine, settings: GatewaySettings, database: str) -> None:
    """Bring the views of external tables up to date with the catalog. Raises SqlError."""
    rows = await engine.run(_CATALOGS, database=database)
    named = [((row[0] or b"").decode(), (row[1] or b"").decode()) for row in rows]
    columns, partitions = await asyncio.to_thread(_read_catalog, settings, named) if named else ([], [])
    for table, lines in (("external_columns", columns), ("external_partitions", partitions)):
        await engine.run(f"DELETE FROM redshift_lab.{table}", database=database)
        if lines:
            await engine.run(_INSERT.format(table=table), json.dumps(lines), database=database)


Lines = list[dict[str, Any]]


def _read_catalog(settings: GatewaySettings, named: list[tuple[str, str]]) -> tuple[Lines, Lines]:
    """Return the columns and the partitions of all tables. Raises SqlError."""
    catalog, columns, partitions = client("glue", settings), Lines(), Lines()
    for schema, database in named:
        try:
            for page in catalog.get_paginator("get_tables").paginate(DatabaseName=database):
                for table in page["TableList"]:
                    columns += _columns_of(schema, table)
                    partitions += _partitions_of(catalog, schema, table) if table.get("PartitionKeys") else []
        except catalog.exceptions.EntityNotFoundException:
            continue  # the database of the schema was dropped, so the schema is empty
        except (ClientError, BotoCoreError) as error:
            raise SqlError("XX000", f"the Glue catalog cannot be read: {error}", hint="Try: ./lab up aws") from None
    return columns, partitions


def _partitions_of(catalog: Any, schema: str, table: dict[str, Any]) -> Lines:
    name = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
    pages = catalog.get_paginator("get_partitions").paginate(**name)
    return [_partition(schema, table["Name"], partition) for page in pages for partition in page["Partitions"]]


def _partition(schema: str, table: str, partition: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema_name": schema,
        "table_name": table,
        **_storage_of(partition),
        "values": json.dumps(partition["Values"]),
        "parameters": json.dumps(partition.get("Parameters", {})),
    }


def _storage_of(entry: dict[str, Any]) -> dict[str, str]:
    """Return where the files of a table or of a partition are, and how they are read."""
    storage = entry.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {})
    return {
        "location": storage.get("Location", ""),
        "input_format": storage.get("InputFormat", ""),
        "output_format": storage.get("OutputFormat", ""),
        "serde": serde.get("SerializationLibrary", ""),
        "serde_parameters": json.dumps(serde.get("Parameters", {})),
    }


_TYPES = {
    "boolean": "boolean",
    "tinyint": "smallint",
    "smallint": "smallint",
    "int": "integer",
    "integer": "integer",
    "bigint": "bigint",
    "float": "real",
    "double": "double precision",
    "decimal": "numeric",
    "date": "date",
    "timestamp": "timestamp without time zone",
    "string": "character varying",
    "varchar": "character varying",
    "char": "character",
    "binary": "varbyte",
}
_STRING = 16_383
"""Characters in a string of the Data Catalog, as Redshift's drivers count them."""


def type_of(kind: str) -> dict[str, Any]:
    """Return a type of the Data Catalog as Redshift shows it: its name, length, precision and scale."""
    bare, _, given = kind.lower().partition("(")
    sizes = [int(size) for size in given.rstrip(") ").split(",") if size.strip().isdigit()]
    name = _TYPES.get(bare.strip(), "super")
    described: dict[str, Any] = {"data_type": name}
    if name.startswith("character"):
        described["text_length"] = sizes[0] if sizes else _STRING
    elif name == "numeric":
        described["number_precision"] = sizes[0] if sizes else 10
        described["number_scale"] = sizes[1] if len(sizes) > 1 else 0
    return described


def _columns_of(schema: str, table: dict[str, Any]) -> list[dict[str, Any]]:
    shared = {
        "schema_name": schema,
        "table_name": table["Name"],
        **_storage_of(table),
        "table_parameters": json.dumps(table.get("Parameters", {})),
        "table_type": "VIEW" if table.get("TableType") == "VIRTUAL_VIEW" else "TABLE",
    }
    plain, keys = table.get("StorageDescriptor", {}).get("Columns", []), table.get("PartitionKeys", [])
    return [
        {
            **shared,
            **type_of(column.get("Type", "string")),
            "column_name": column["Name"],
            "column_type": column.get("Type", "string"),
            "column_number": number,
            "partition_key": max(0, number - len(plain)),
        }
        for number, column in enumerate([*plain, *keys], start=1)
    ]


async def databases_of(context: Running, names: list[str]) -> dict[str, str]:
    """Return the Glue database of each of these schemas that is external and that the client may use."""
    given = "{" + ",".join(json.dumps(name) for name in names) + "}"
    try:
        rows = await context.link.query(
            "SELECT name, database_name FROM redshift_lab.external_schemas WHERE name = ANY ($1::text[]) "
            "AND kind = 1 "
            "AND pg_catalog.has_schema_privilege(schema_id, 'usage')",
            given,
        )
    except BackendError as error:
        raise SqlError(error.code, error.message) from None
    return {(row[0] or b"").decode(): (row[1] or b"").decode() for row in rows}
