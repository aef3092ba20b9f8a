"""The operations that show the catalog through Athena: databases and tables, in Athena's shapes, from Glue."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from moto.core.responses import ActionResult

from localcloud.athena import runtime
from localcloud.athena.api_base import PAGE, AthenaService
from localcloud.athena.state import InvalidRequest
from localcloud.aws.errors import ApiError
from localcloud.aws.service import Json, exclusive


class MetadataError(ApiError):
    """The catalog has no such thing."""

    code = "MetadataException"


class CatalogOperations(AthenaService):
    """What the catalog holds."""

    def get_database(self) -> ActionResult:
        """Describe a database."""
        self._check_catalog()
        database = _glue("get_database", Name=self.parameters["DatabaseName"])["Database"]
        return self.answer({"Database": _database(database)})

    def list_databases(self) -> ActionResult:
        """List the databases."""
        self._check_catalog()
        pages = runtime.client("glue").get_paginator("get_databases").paginate()
        databases = [_database(database) for page in pages for database in page["DatabaseList"]]
        return self.paged("DatabaseList", sorted(databases, key=_name), PAGE)

    def get_table_metadata(self) -> ActionResult:
        """Describe a table or a view."""
        self._check_catalog()
        database, name = self.parameters["DatabaseName"], self.parameters["TableName"]
        table = _glue("get_table", DatabaseName=database, Name=name)["Table"]
        return self.answer({"TableMetadata": _table(table)})

    def list_table_metadata(self) -> ActionResult:
        """List the tables of a database, by a regular expression if one is given."""
        self._check_catalog()
        database = self.parameters["DatabaseName"]
        _glue("get_database", Name=database)
        matches = self._expression().search
        pages = runtime.client("glue").get_paginator("get_tables").paginate(DatabaseName=database)
        tables = [_table(table) for page in pages for table in page["TableList"] if matches(table["Name"])]
        return self.paged("TableMetadataList", sorted(tables, key=_name), PAGE)

    def _expression(self) -> re.Pattern[str]:
        text = self.parameters.get("Expression") or ""
        try:
            return re.compile(text, re.IGNORECASE)
        except re.error as error:
            raise InvalidRequest(f"Expression {text!r} is not a regular expression: {error}") from error

    @exclusive
    def _check_catalog(self) -> None:
        self.backend.catalog(self.parameters["CatalogName"])


def _name(entry: Json) -> str:
    return str(entry["Name"])


def _glue(operation: str, **members: str) -> Json:
    try:
        answer: Json = getattr(runtime.client("glue"), operation)(**members)
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise MetadataError(_wrapped(error)) from error
        raise
    return answer


def _wrapped(error: ClientError) -> str:
    """Return an error of Glue in the form in which Athena passes it on; clients read the code in the parentheses."""
    code = error.response["Error"]["Code"]
    facts = {
        "Service": "AmazonDataCatalog",
        "Status Code": str(error.response["ResponseMetadata"]["HTTPStatusCode"]),
        "Error Code": code,
        "Request ID": error.response["ResponseMetadata"].get("RequestId") or str(uuid.uuid4()),
        "Proxy": "null",
    }
    shown = "; ".join(f"{name}: {value}" for name, value in facts.items())
    return f"{code}: {error.response['Error']['Message']} ({shown})"


def _database(entry: Mapping[str, Any]) -> Json:
    shown = {"Name": entry["Name"], "Description": entry.get("Description"), "Parameters": entry.get("Parameters")}
    return {key: value for key, value in shown.items() if value}


def _table(entry: Mapping[str, Any]) -> Json:
    stored = entry.get("StorageDescriptor") or {}
    serde = stored.get("SerdeInfo") or {}
    parameters = {
        **(entry.get("Parameters") or {}),
        "inputformat": stored.get("InputFormat", ""),
        "location": stored.get("Location", ""),
        "outputformat": stored.get("OutputFormat", ""),
        "serde.serialization.lib": serde.get("SerializationLibrary", ""),
        **{f"serde.param.{key}": value for key, value in (serde.get("Parameters") or {}).items()},
    }
    return {
        "Name": entry["Name"],
        "CreateTime": entry["CreateTime"].timestamp(),
        "LastAccessTime": entry.get("LastAccessTime", entry["CreateTime"]).timestamp(),
        "TableType": entry.get("TableType", ""),
        "Columns": [_column(column) for column in stored.get("Columns") or []],
        "PartitionKeys": [_column(column) for column in entry.get("PartitionKeys") or []],
        "Parameters": parameters,
    }


def _column(entry: Json) -> Json:
    return {key: entry[key] for key in ("Name", "Type", "Comment") if key in entry}
