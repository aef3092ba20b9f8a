"""The Data API's questions about the catalog."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from moto.core.exceptions import JsonRESTError

from localcloud.redshift.api.place import DATABASE, place

Record = dict[str, Any]


class MetadataOperations:
    """ListDatabases, ListSchemas, ListTables and DescribeTable: each a question to the catalog views."""

    def asked(self) -> Record:
        """Return the request's members."""
        raise NotImplementedError

    def credentials(self, asked: Record) -> tuple[str, str]:
        """Return user and password."""
        raise NotImplementedError

    def _rows(self, asked: Record, sql: str, *values: str) -> list[tuple[Any, ...]]:
        user, password = self.credentials(asked)
        database = asked.get("ConnectedDatabase") or asked.get("Database") or DATABASE
        at = place()
        try:
            with psycopg.connect(
                host=at.host, port=at.port, user=user, password=password, dbname=database, connect_timeout=10
            ) as connection:
                return psycopg.RawCursor(connection).execute(sql.encode(), values).fetchall()
        except psycopg.Error as error:
            raise JsonRESTError("DatabaseConnectionException", str(error).strip()) from None

    def _listed(self, name: str, rows: list[Any], asked: Record) -> str:
        start, size = page_of(asked, 1000)
        page: Record = {name: rows[start : start + size]}
        return json.dumps({**page, "NextToken": str(start + size)} if start + size < len(rows) else page)

    def list_databases(self) -> str:
        """Return the names of the databases."""
        asked = self.asked()
        rows = self._rows(asked, "SELECT database_name FROM svv_redshift_databases ORDER BY 1")
        return self._listed("Databases", [row[0] for row in rows], asked)

    def list_schemas(self) -> str:
        """Return the names of the schemas."""
        asked = self.asked()
        sql = "SELECT schema_name FROM svv_all_schemas WHERE schema_name LIKE $1 ORDER BY 1"
        return self._listed(
            "Schemas", [row[0] for row in self._rows(asked, sql, asked.get("SchemaPattern") or "%")], asked
        )

    def list_tables(self) -> str:
        """Return the tables and views of schemas."""
        asked = self.asked()
        sql = (
            "SELECT schema_name, table_name, table_type FROM svv_all_tables "
            "WHERE schema_name LIKE $1 AND table_name LIKE $2 ORDER BY 1, 2"
        )
        patterns = (asked.get("SchemaPattern") or "%", asked.get("TablePattern") or "%")
        rows = [{"schema": row[0], "name": row[1], "type": row[2]} for row in self._rows(asked, sql, *patterns)]
        return self._listed("Tables", rows, asked)

    def describe_table(self) -> str:
        """Return the columns of a table."""
        asked = self.asked()
        sql = (
            "SELECT column_name, data_type, is_nullable, column_default, character_maximum_length, numeric_precision, "
            "numeric_scale, schema_name, table_name FROM svv_all_columns WHERE schema_name LIKE $1 AND table_name = $2 "
            "ORDER BY schema_name, ordinal_position"
        )
        rows = self._rows(asked, sql, asked.get("Schema") or "%", asked.get("Table") or "")
        return json.dumps({"TableName": asked.get("Table") or "", "ColumnList": [_column(row) for row in rows]})


def page_of(asked: Record, most: int) -> tuple[int, int]:
    """Return where a page begins and how long it is. Raises ValidationException at a wrong one."""
    token, size = str(asked.get("NextToken") or "0"), asked.get("MaxResults") or most
    if not token.isascii() or not token.isdigit():
        raise JsonRESTError("ValidationException", "NextToken is not valid")
    if not isinstance(size, int) or not 1 <= size <= most:
        raise JsonRESTError("ValidationException", f"MaxResults must be between 0 and {most}")
    return int(token), size


def _column(row: tuple[Any, ...]) -> Record:
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
