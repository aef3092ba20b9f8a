"""The star as a Tableau extract: a .hyper file, written and read by Tableau's own Hyper API.

The API comes as a wheel for Linux on x86-64, macOS and Windows: https://tableau.github.io/hyper-db/docs
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from smartcity.bi.model import STAR, Kind, Table
from smartcity.errors import BiFailed

SCHEMA: Final = "mart"
"""The schema of the tables in the extract, whatever it is called in the warehouse."""

_TYPES: Final[dict[Kind, str]] = {
    "text": "text",
    "integer": "big_int",
    "real": "double",
    "timestamp": "timestamp",
    "date": "date",
    "boolean": "bool",
}


def write(connection: Any, schema: str, path: Path) -> dict[str, int]:
    """Copy the star from `schema` of a warehouse (DB-API connection) into a new extract; return the rows of each table.

    Raises BiFailed if this machine has no Hyper API.
    """
    api = _api()
    path.unlink(missing_ok=True)
    with _open(path, api.CreateMode.CREATE_AND_REPLACE) as extract:
        extract.catalog.create_schema(SCHEMA)
        return {table.name: _copy(connection, schema, table, extract) for table in STAR}


def read(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on an extract; times are datetimes in UTC without a zone."""
    with _open(path, _api().CreateMode.NONE) as extract:
        return [tuple(_python(value) for value in row) for row in extract.execute_list_query(sql)]


def types(path: Path) -> dict[str, dict[str, str]]:
    """Return the column types, as Hyper names them, of each table of an extract."""
    with _open(path, _api().CreateMode.NONE) as extract:
        tables = {str(name.name.unescaped): name for name in extract.catalog.get_table_names(SCHEMA)}
        return {
            name: {
                str(column.name.unescaped): str(column.type).lower()
                for column in extract.catalog.get_table_definition(full).columns
            }
            for name, full in tables.items()
        }


def expected_types(table: Table) -> dict[str, str]:
    """Return the column types that a table has in the extract."""
    return {column.name: _TYPES[column.kind] for column in table.columns}


def _copy(connection: Any, schema: str, table: Table, extract: Any) -> int:
    api = _api()
    columns = [
        api.TableDefinition.Column(column.name, getattr(api.SqlType, _TYPES[column.kind])()) for column in table.columns
    ]
    definition = api.TableDefinition(api.TableName(SCHEMA, table.name), columns)
    extract.catalog.create_table(definition)
    cursor = connection.cursor()
    cursor.execute(f"SELECT {', '.join(column.name for column in table.columns)} FROM {schema}.{table.name}")  # noqa: S608
    rows: Sequence[Sequence[Any]] = cursor.fetchall()
    with api.Inserter(extract, definition) as inserter:
        inserter.add_rows(rows)
        inserter.execute()
    return len(rows)


def _python(value: Any) -> Any:
    return value.to_datetime() if hasattr(value, "to_datetime") else value


@contextlib.contextmanager
def _open(path: Path, mode: Any) -> Iterator[Any]:
    """Start Hyper, which reports to nobody and writes no log, and open an extract."""
    api = _api()
    process = api.HyperProcess(api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_config": ""})
    with process as hyper, api.Connection(hyper.endpoint, path, mode) as connection:
        yield connection


def _api() -> Any:
    try:
        return importlib.import_module("tableauhyperapi")
    except (ImportError, OSError) as error:
        raise BiFailed(
            f"Tableau's Hyper API can't be loaded here: {error}. It exists for Linux on x86-64, macOS and Windows. "
            "Try: ./lab bi --only powerbi"
        ) from error
