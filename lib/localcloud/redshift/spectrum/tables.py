"""External tables in a session: a temporary table of the columns that the statement names, filled when it runs.

Trino reads the files as Athena would; the rows come as text, some thousand at a time, and go into the client's own
transaction. Nested columns become SUPER.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localcloud.athena.engine import Asked, Engine
from localcloud.athena.failure import QueryFailed
from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.sql.lexer import identifier
from localcloud.redshift.transfer.load import copy_in

if TYPE_CHECKING:
    from localcloud.redshift.session import Session

CATALOG, USER = "awsdatacatalog", "athena"
_ROWS = 2000
_PLAIN = {
    "boolean": "boolean",
    "tinyint": "smallint",
    "smallint": "smallint",
    "integer": "integer",
    "bigint": "bigint",
    "real": "real",
    "double": "double precision",
    "date": "date",
    "varchar": "varchar(65535)",
}


@dataclass(frozen=True)
class Column:
    """A column: its name, its type in the engine, and how Trino is asked for its text."""

    name: str
    type: str
    expression: str


@dataclass(frozen=True)
class Copy:
    """The session's copy of an external table: its name here, where it comes from, what it has of it."""

    name: str
    database: str
    table: str
    columns: tuple[Column, ...]

    @property
    def definition(self) -> str:
        """Return the statement that makes the empty copy."""
        columns = ", ".join(f"{identifier(column.name)} {column.type}" for column in self.columns)
        return f"CREATE TEMP TABLE IF NOT EXISTS {self.name} ({columns})"

    @property
    def query(self) -> str:
        """Return what Trino is asked for."""
        listed = ", ".join(column.expression for column in self.columns)
        return f"SELECT {listed} FROM {identifier(self.database)}.{identifier(self.table)}"


def column_of(name: str, kind: str) -> Column:
    """Return a column of Trino's type as a column here. Raises SqlError where there is no such type."""
    quoted = identifier(name)
    if kind in _PLAIN:
        return Column(name, _PLAIN[kind], quoted)
    if kind.startswith(("decimal(", "varchar(", "char(")):
        size = int(re.findall(r"\d+", kind)[0])
        fixed = kind.startswith("char(")
        # Lengths are characters there and bytes here.
        return Column(name, kind if kind.startswith("decimal") or fixed else f"varchar({min(size * 4, 65535)})", quoted)
    if kind.startswith("timestamp"):
        zoned = kind.endswith("with time zone")
        return Column(name, "timestamptz" if zoned else "timestamp", f"CAST({quoted} AS varchar)")
    if kind == "varbinary":
        return Column(name, "varbyte", f"'\\x' || to_hex({quoted})")
    if kind.startswith(("array(", "map(", "row(")):
        return Column(name, "super", f"json_format(CAST({quoted} AS json))")
    raise not_supported(f'the type {kind} of column "{name}" in an external table')


def _engine(settings: GatewaySettings) -> Engine:
    if not settings.trino_url:
        raise SqlError("55000", "external tables are read by Trino, which is not running", hint="Try: ./lab up trino")
    return Engine(settings.trino_url, USER, settings.trino_secret)


def _rows(settings: GatewaySettings, sql: str, database: str) -> Iterator[list[object]]:
    try:
        for page in _engine(settings).start(Asked(sql, database, CATALOG)).pages():
            yield from page
    except QueryFailed as error:
        raise SqlError("XX000", f"Spectrum Scan Error: {error}", hint="Try: ./lab up trino") from None


def look_up(settings: GatewaySettings, database: str, table: str, wanted: frozenset[str] | None) -> Copy | None:
    """Return the copy to make of a table, with the columns that a statement may name; None where there is no such."""
    try:
        rows = list(_rows(settings, f"SHOW COLUMNS FROM {identifier(database)}.{identifier(table)}", database))
    except SqlError as error:
        if "does not exist" in error.message:
            return None
        raise
    pairs = [(str(row[0]), str(row[1])) for row in rows]
    # A statement that names none, such as one that counts, still needs a row for each.
    chosen = [pair for pair in pairs if wanted is None or pair[0] in wanted] or pairs[:1]
    columns = tuple(column_of(name, kind) for name, kind in chosen)
    seen = repr((database, table, columns)).encode()
    return Copy(f"spectrum_{hashlib.sha256(seen).hexdigest()[:16]}", database, table, columns)


def lines(settings: GatewaySettings, copy: Copy) -> Iterator[bytes]:
    """Give the rows of the external table as CSV: nothing for null, all else in quotes."""
    block = io.StringIO()
    for number, row in enumerate(_rows(settings, copy.query, copy.database), start=1):
        block.write(",".join(_field(value) for value in row) + "\n")
        if number % _ROWS == 0:
            yield block.getvalue().encode()
            block.seek(0)
            block.truncate()
    yield block.getvalue().encode()


def _field(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return '"' + text.replace('"', '""') + '"'


async def fill(session: Session, copies: list[Copy]) -> None:
    """Read the external tables anew into the session's copies. Raises SqlError."""
    for copy in copies:
        await session.link.query(copy.definition)
        await session.link.query(f"DELETE FROM {copy.name}")
        statement = f"COPY {copy.name} FROM STDIN (FORMAT csv, NULL '')"
        await copy_in(session.link, statement, lines(session.settings, copy))


async def make(
    session: Session, names: list[tuple[str, str]], wanted: frozenset[str] | None
) -> tuple[dict[tuple[str, str], str], list[Copy]]:
    """Make the empty copies of external tables; return their names, and the copies. Raises SqlError."""
    from localcloud.redshift.spectrum.schemas import databases_of

    databases = await databases_of(session, sorted({schema for schema, _ in names}))
    found, copies = dict[tuple[str, str], str](), list[Copy]()
    for schema, table in names:
        if schema not in databases:
            continue
        copy = await asyncio.to_thread(look_up, session.settings, databases[schema], table, wanted)
        if copy is not None:
            await session.link.query(copy.definition)
            found[schema, table] = f"pg_temp.{copy.name}"
            copies.append(copy)
    return found, copies
