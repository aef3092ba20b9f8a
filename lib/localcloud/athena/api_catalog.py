"""The operations that show the catalog through Athena: databases and tables, in Athena's shapes, from Glue."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from botocore.exceptions import ClientError
from moto.core.exceptions import ServiceException

from localcloud.athena import runtime
from localcloud.athena.api_setup import paged
from localcloud.athena.state import AthenaBackend, InvalidRequest


class MetadataError(ServiceException):
    """The catalog has no such thing."""

    code = "MetadataException"


class CatalogOperations:
    """What the catalog holds."""

    @property
    def backend(self) -> AthenaBackend:
        """The set-up of the calling account."""
        raise NotImplementedError

    def asked(self) -> dict[str, Any]:
        """Return the request's members, checked."""
        raise NotImplementedError

    def get_database(self) -> str:
        """Describe a database."""
        asked = self._in_catalog()
        name = asked["DatabaseName"]
        return json.dumps({"Database": _database(_glue("get_database", Name=name)["Database"])})

    def list_databases(self) -> str:
        """List the databases."""
        asked = self._in_catalog()
        pages = runtime.client("glue").get_paginator("get_databases").paginate()
        found = sorted((one for page in pages for one in page["DatabaseList"]), key=lambda one: str(one["Name"]))
        return paged(asked, "DatabaseList", [_database(one) for one in found])

    def get_table_metadata(self) -> str:
        """Describe a table or a view."""
        asked = self._in_catalog()
        table = _glue("get_table", DatabaseName=asked["DatabaseName"], Name=asked["TableName"])["Table"]
        return json.dumps({"TableMetadata": _table(table)})

    def list_table_metadata(self) -> str:
        """List the tables of a database, by a regular expression if one is given."""
        asked = self._in_catalog()
        _glue("get_database", Name=asked["DatabaseName"])
        try:
            expression = re.compile(asked.get("Expression") or "", re.IGNORECASE)
        except re.error as error:
            raise InvalidRequest(f"Expression {asked['Expression']!r} is not a regular expression: {error}") from error
        pages = runtime.client("glue").get_paginator("get_tables").paginate(DatabaseName=asked["DatabaseName"])
        found = [one for page in pages for one in page["TableList"] if expression.search(one["Name"])]
        return paged(
            asked, "TableMetadataList", [_table(one) for one in sorted(found, key=lambda one: str(one["Name"]))]
        )

    def _in_catalog(self) -> dict[str, Any]:
        asked = self.asked()
        self.backend.catalog(asked["CatalogName"])
        return asked


def _glue(operation: str, **members: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = getattr(runtime.client("glue"), operation)(**members)
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise MetadataError(_wrapped(error)) from error
        raise
    return found


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


def _database(entry: dict[str, Any]) -> dict[str, Any]:
    shown = {"Name": entry["Name"], "Description": entry.get("Description"), "Parameters": entry.get("Parameters")}
    return {key: value for key, value in shown.items() if value}


def _table(entry: dict[str, Any]) -> dict[str, Any]:
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
        "Columns": [_column(one) for one in stored.get("Columns") or []],
        "PartitionKeys": [_column(one) for one in entry.get("PartitionKeys") or []],
        "Parameters": parameters,
    }


def _column(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in ("Name", "Type", "Comment") if key in entry}
