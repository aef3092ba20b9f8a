"""Databases, tables, table versions, search and user-defined functions."""

from __future__ import annotations

from collections.abc import Iterable

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.glue.exceptions import EntityNotFoundException, GlueClientError

from localcloud.athena.engine_view import merged_update, problem, real_name, table_for_engine, table_from_engine
from localcloud.athena.iceberg_fields import with_fields
from localcloud.athena.views import described
from localcloud.glue.api_base import GlueBase
from localcloud.glue.names import InvalidInput, fold, matching
from localcloud.glue.state import AlreadyExists
from localcloud.glue.tables import Json

PAGE = 100


class CatalogCalls(GlueBase):
    """https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog.html"""

    def create_database(self) -> ActionResult:
        given = self.parameters["DatabaseInput"]
        self.glue_backend.create_database(given["Name"], given, self.parameters.get("Tags"))
        return EmptyResult()

    def get_databases(self) -> ActionResult:
        databases = self.glue_backend.databases
        return self.paged("DatabaseList", [databases[name].as_dict() for name in sorted(databases)], PAGE)

    def create_table(self) -> ActionResult:
        given = self.parameters.get("TableInput") or {"Name": self.parameters.get("Name")}
        self._refuse_reference(given)
        given = table_from_engine(given) if self.from_engine else given
        table = self.glue_backend.create_table(
            self.parameters["DatabaseName"], given["Name"] or "", given, self.parameters.get("OpenTableFormatInput")
        )
        for index in self.parameters.get("PartitionIndexes", []):
            table.indexes[index["IndexName"]] = index
        return EmptyResult()

    def _refuse_reference(self, given: Json) -> None:
        """Raise for a table whose columns are those of a schema in the registry: it would have none."""
        if (given.get("StorageDescriptor") or {}).get("SchemaReference"):
            raise self.refuse("SchemaReference", "List the columns of the schema in StorageDescriptor.Columns.")

    def get_table(self) -> ActionResult:
        table = self._table("Name").as_dict()
        if not self.from_engine:
            return ActionResult({"Table": _shown(table)})
        if reason := problem(table):
            raise InvalidInput(reason)
        return ActionResult({"Table": self._seen(table, self.parameters["Name"])})

    def _seen(self, table: Json, name: str) -> Json:
        # The engine's second catalog over this Glue names the account, the first does not: see serdes/access.py.
        return table_for_engine(table, name, swapped="CatalogId" in self.parameters)

    def get_tables(self) -> ActionResult:
        tables = self.glue_backend.get_tables(self.parameters["DatabaseName"], self.parameters.get("Expression"))
        if self.from_engine:
            return self.paged("TableList", [self._seen(table.as_dict(), table.name) for table in tables], PAGE)
        return self.paged("TableList", [_shown(table.as_dict()) for table in tables], PAGE)

    def update_table(self) -> ActionResult:
        given = self.parameters.get("TableInput") or {}
        self._refuse_reference(given)
        name = self.parameters.get("Name") or given.get("Name") or ""
        name = real_name(name) if self.from_engine else name
        table = self.glue_backend.get_table(self.parameters["DatabaseName"], name)
        if self.from_engine:
            kept = table.as_dict()
            given = merged_update(kept, self._seen(kept, name), table_from_engine(given))
        archive = not self.parameters.get("SkipArchive", False)
        table.update(given, archive, self.parameters.get("VersionId"))
        return EmptyResult()

    def batch_delete_table(self) -> ActionResult:
        errors = []
        self.glue_backend.get_database(self.parameters["DatabaseName"])
        for name in self.parameters["TablesToDelete"]:
            try:
                self.glue_backend.delete_table(self.parameters["DatabaseName"], name)
            except EntityNotFoundException as error:
                errors.append({"TableName": name, "ErrorDetail": detail(error)})
        return ActionResult({"Errors": errors})

    def get_table_versions(self) -> ActionResult:
        table = self._table()
        newest_first = sorted(table.versions, key=int, reverse=True)
        versions = [{"Table": table.as_dict(version), "VersionId": version} for version in newest_first]
        return self.paged("TableVersions", versions, PAGE)

    def get_table_version(self) -> ActionResult:
        table = self._table()
        version = self.parameters.get("VersionId", str(table.version))
        return ActionResult({"TableVersion": {"Table": table.as_dict(version), "VersionId": version}})

    def batch_delete_table_version(self) -> ActionResult:
        table, errors = self._table(), []
        for version in self.parameters["VersionIds"]:
            try:
                table.delete_version(version)
            except GlueClientError as error:
                errors.append({"TableName": table.name, "VersionId": version, "ErrorDetail": detail(error)})
        return ActionResult({"Errors": errors})

    def delete_table_version(self) -> ActionResult:
        self._table().delete_version(self.parameters["VersionId"])
        return EmptyResult()

    def search_tables(self) -> ActionResult:
        tables = [table.as_dict() for base in self.glue_backend.databases.values() for table in base.tables.values()]
        text = self.parameters.get("SearchText", "").strip('"').lower()
        matches = [
            table
            for table in tables
            if any(text in word for word in _searched(table))
            and all(_holds(table, rule) for rule in self.parameters.get("Filters", []))
        ]
        for order in reversed(self.parameters.get("SortCriteria", [])):
            key = order.get("FieldName", "Name")
            matches.sort(key=lambda table: str(table.get(key, "")), reverse=order.get("Sort") == "DESC")
        return self.paged("TableList", matches, PAGE)

    def create_user_defined_function(self) -> ActionResult:
        given = self.parameters["FunctionInput"]
        database = self.glue_backend.get_database(self.parameters["DatabaseName"])
        name = fold(given.get("FunctionName", ""))
        if name in database.functions:
            raise AlreadyExists(f"Function {name} already exists.")
        owner = {"DatabaseName": database.name, "CatalogId": database.catalog_id, "CreateTime": utcnow()}
        database.functions[name] = {**given, **owner, "FunctionName": name}
        return EmptyResult()

    def update_user_defined_function(self) -> ActionResult:
        known = self.glue_backend.function(self.parameters["DatabaseName"], self.parameters["FunctionName"])
        known.update({**self.parameters["FunctionInput"], "FunctionName": known["FunctionName"]})
        return EmptyResult()

    def delete_user_defined_function(self) -> ActionResult:
        known = self.glue_backend.function(self.parameters["DatabaseName"], self.parameters["FunctionName"])
        del self.glue_backend.databases[known["DatabaseName"]].functions[known["FunctionName"]]
        return EmptyResult()

    def get_user_defined_function(self) -> ActionResult:
        known = self.glue_backend.function(self.parameters["DatabaseName"], self.parameters["FunctionName"])
        return ActionResult({"UserDefinedFunction": known})

    def get_user_defined_functions(self) -> ActionResult:
        named = self.parameters.get("DatabaseName")
        databases = [self.glue_backend.get_database(named)] if named else self.glue_backend.databases.values()
        functions = [
            base.functions[name]
            for base in databases
            for name in matching(sorted(base.functions), self.parameters["Pattern"])
        ]
        return self.paged("UserDefinedFunctions", functions, PAGE)


def detail(error: GlueClientError) -> Json:
    """Return an error in the form of the batch calls."""
    return {"ErrorCode": error.error_type, "ErrorMessage": error.message}


def _shown(table: Json) -> Json:
    return with_fields(described(table))  # views of an earlier lab were stored without their columns


def _searched(table: Json) -> Iterable[str]:
    """The text of a table that SearchTables looks through: names, descriptions, columns and parameters."""
    columns = [*(table.get("StorageDescriptor") or {}).get("Columns", []), *table["PartitionKeys"]]
    texts = [table["Name"], table["DatabaseName"], table.get("Description")]
    texts += [column.get(part) for column in columns for part in ("Name", "Comment")]
    texts += [text for pair in (table.get("Parameters") or {}).items() for text in pair]
    return (str(text).lower() for text in texts if text)


def _holds(table: Json, rule: Json) -> bool:
    """Return whether a PropertyPredicate holds: names by token, times by comparison, anything else by a parameter."""
    key, wanted = str(rule.get("Key", "")), str(rule.get("Value", "")).lower()
    name = {"database": "databasename"}.get(key.lower(), key.lower())
    actual = next((value for field, value in table.items() if field.lower() == name), None)
    if actual is None:
        actual = (table.get("Parameters") or {}).get(key, "")
    text = str(actual).lower()
    comparisons = {
        "GREATER_THAN": text > wanted,
        "LESS_THAN": text < wanted,
        "GREATER_THAN_EQUALS": text >= wanted,
        "LESS_THAN_EQUALS": text <= wanted,
    }
    return comparisons.get(rule.get("Comparator", "EQUALS"), wanted in text)
