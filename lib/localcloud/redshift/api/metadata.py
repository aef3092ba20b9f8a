"""The Data API's questions about the catalog."""

from __future__ import annotations

from typing import Any

import psycopg
from moto.core.responses import ActionResult

from localcloud.aws.errors import ApiError
from localcloud.aws.service import Json
from localcloud.redshift.api.access import DATABASE, gateway
from localcloud.redshift.api.data_service import DataService

PAGE = 1000


class MetadataOperations(DataService):
    """ListDatabases, ListSchemas, ListTables and DescribeTable: each a question to the catalog views."""

    def list_databases(self) -> ActionResult:
        """Return the names of the databases."""
        rows = self._rows("SELECT database_name FROM svv_redshift_databases ORDER BY 1")
        return self.paged("Databases", [row[0] for row in rows], PAGE)

    def list_schemas(self) -> ActionResult:
        """Return the names of the schemas."""
        sql = "SELECT schema_name FROM svv_all_schemas WHERE schema_name LIKE $1 ORDER BY 1"
        return self.paged("Schemas", [row[0] for row in self._rows(sql, self._pattern("SchemaPattern"))], PAGE)

    def list_tables(self) -> ActionResult:
        """Return the tables and views of schemas."""
        sql = (
            "SELECT schema_name, table_name, table_type FROM svv_all_tables "
            "WHERE schema_name LIKE $1 AND table_name LIKE $2 ORDER BY 1, 2"
        )
        rows = self._rows(sql, self._pattern("SchemaPattern"), self._pattern("TablePattern"))
        return self.paged("Tables", [{"schema": row[0], "name": row[1], "type": row[2]} for row in rows], PAGE)

    def describe_table(self) -> ActionResult:
        """Return the columns of a table."""
        sql = (
            "SELECT column_name, data_type, is_nullable, column_default, character_maximum_length, numeric_precision, "
            "numeric_scale, schema_name, table_name FROM svv_all_columns WHERE schema_name LIKE $1 AND table_name = $2 "
            "ORDER BY schema_name, ordinal_position"
        )
        table = self.parameters.get("Table") or ""
        columns = [_column(row) for row in self._rows(sql, self._pattern("Schema"), table)]
        page, token = self.page(columns, PAGE)
        return self.answer({"TableName": table, "ColumnList": page, "NextToken": token})

    def _pattern(self, parameter: str) -> str:
        return self.parameters.get(parameter) or "%"

    def _rows(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        user, password = self.credentials()
        database = self.parameters.get("ConnectedDatabase") or self.parameters.get("Database") or DATABASE
        access = gateway()
        try:
            with psycopg.connect(
                host=access.host, port=access.port, user=user, password=password, dbname=database, connect_timeout=10
            ) as connection:
                return psycopg.RawCursor(connection).execute(sql.encode(), values).fetchall()
        except psycopg.Error as error:
            raise ApiError("DatabaseConnectionException", str(error).strip()) from None


def _column(row: tuple[Any, ...]) -> Json:
    return {
        "name": row[0],
        "label": row[0],
        "typeName": row[1],
        "nullable": 1 if row[2] == "YES" else 0,
        "columnDefault": row[3] or "",
        "length": row[4] or 0,
        "precision": row[5] or 0,
        "scale": row[6] or 0,
        "schemaName": row[7],
        "tableName": row[8],
        "isCaseSensitive": "char" in row[1],
        "isCurrency": False,
        "isSigned": row[5] is not None,
    }
