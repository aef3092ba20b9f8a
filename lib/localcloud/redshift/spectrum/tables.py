"""External tables in a session: a temporary table of the columns that the statement names, filled when it runs.

Trino reads the files as Athena would; the rows come as text, a few thousand at a time, and go into the client's own
transaction. Nested columns become SUPER.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace

from localcloud.athena.engine import EngineQuery, QueryEngine
from localcloud.athena.failure import QueryFailed
from localcloud.athena.serdes.guard import Guard
from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.spectrum.catalog import CATALOG, find
from localcloud.redshift.spectrum.copies import Column, Copy, read, written
from localcloud.redshift.spectrum.schemas import databases_of
from localcloud.redshift.sql.facts import TableName, Wanted
from localcloud.redshift.sql.names import identifier
from localcloud.redshift.transfer.clients import client
from localcloud.redshift.transfer.exact import cut_bytes
from localcloud.redshift.transfer.load import copy_in

USER = "athena"
PSEUDO = {"$path": ("varchar(1280)", '"$path"'), "$size": ("bigint", '"$file_size"')}
"""Pseudo columns: their type here, and their name in Trino (c-spectrum-external-tables, Pseudocolumns)."""
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


def column_of(name: str, kind: str) -> Column:
    """Return a column of Trino's type as a column here. Raises SqlError if there is no such type."""
    quoted = identifier(name)
    if kind in _PLAIN:
        return Column(name, _PLAIN[kind], quoted)
    if kind.startswith("decimal("):
        return Column(name, kind, quoted)
    if kind.startswith(("varchar(", "char(")):
        size = min(int(kind.partition("(")[2].rstrip(")")), 65535)  # characters there, bytes here
        return Column(name, f"{kind.partition('(')[0]}({size})", quoted, size)
    if kind.startswith("timestamp"):
        zoned = kind.endswith("with time zone")
        return Column(name, "timestamptz" if zoned else "timestamp", f"CAST({quoted} AS varchar)")
    if kind == "varbinary":
        return Column(name, "varbyte", f"'\\x' || to_hex({quoted})")
    if kind.startswith(("array(", "map(", "row(")):
        return Column(name, "super", f"json_format(CAST({quoted} AS json))")
    raise not_supported(f'the type {kind} of column "{name}" in an external table')


def _engine(settings: GatewaySettings) -> QueryEngine:
    if not settings.trino_url:
        raise SqlError("55000", "external tables are read by Trino, which is not running", hint="Try: ./lab up trino")
    return QueryEngine(settings.trino_url, USER, settings.trino_secret)


def _rows(settings: GatewaySettings, sql: str, database: str, session: Mapping[str, str]) -> Iterator[list[object]]:
    try:
        for page in _engine(settings).start(EngineQuery(sql, database, CATALOG, session)).pages():
            yield from page
    except QueryFailed as error:
        raise _unreadable(error) from None


def look_up(settings: GatewaySettings, database: str, table: str, wanted: frozenset[str] | None) -> Copy | None:
    """Return the copy to make of a table, with the columns that a statement may name; None if there is no such."""
    external = find(settings, database, table)
    if external is None:
        return None
    external.check_readable()
    sql = f"SHOW COLUMNS FROM {identifier(database)}.{identifier(table)}"
    pairs = [(str(row[0]), str(row[1])) for row in _rows(settings, sql, database, {})]
    # A statement that names none, such as one that counts, still needs a row for each.
    chosen = [pair for pair in pairs if wanted is None or pair[0] in wanted] or pairs[:1]
    columns = [column_of(name, kind) for name, kind in chosen]
    columns += [Column(name, *PSEUDO[name]) for name in sorted(PSEUDO.keys() & (wanted or frozenset()))]
    reading = tuple(external.reading.items())
    seen = repr((database, table, columns, reading)).encode()
    name = f"spectrum_{hashlib.sha256(seen).hexdigest()[:16]}"
    return Copy(name, database, table, tuple(columns), reading)


class Reading:
    """The rows of an external table as CSV, counted: nothing for null, all else in quotes."""

    def __init__(self, settings: GatewaySettings, copy: Copy) -> None:
        self._settings, self._copy, self.rows = settings, copy, 0

    def lines(self) -> Iterator[bytes]:
        """Give the rows, a few thousand at a time. Raises SqlError."""
        block, columns = io.StringIO(), self._copy.columns
        for row in _rows(self._settings, self._copy.query, self._copy.database, dict(self._copy.reading)):
            fields = (_field(value, column.bytes) for value, column in zip(row, columns, strict=True))
            block.write(",".join(fields) + "\n")
            self.rows += 1
            if self.rows % _ROWS == 0:
                yield block.getvalue().encode()
                block.seek(0)
                block.truncate()
        yield block.getvalue().encode()


def _field(value: object, limit: int | None) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if limit is not None and len(text) * 4 > limit:
        text = cut_bytes(text, limit)
    return '"' + text.replace('"', '""') + '"'


async def fill(link: Link, settings: GatewaySettings, copies: list[Copy]) -> None:
    """Read the external tables again into the session's copies. Raises SqlError, also where rows are missing."""
    for copy in copies:
        await link.query(copy.definition)
        await link.query(f"DELETE FROM {copy.name}")
        await asyncio.to_thread(check_files, settings, copy)
        reading = Reading(settings, copy)
        loaded = await copy_in(link, f"COPY {copy.name} FROM STDIN (FORMAT csv, NULL '')", reading.lines())
        check_rows(copy, reading.rows, loaded)


def check_files(settings: GatewaySettings, copy: Copy) -> None:
    """Raise SqlError if the engine would change records of the files, or not survive them."""
    external = find(settings, copy.database, copy.table)
    if external is None:
        return
    try:
        Guard(client("glue", settings), client("s3", settings)).check(dict(external.entry))
    except QueryFailed as error:
        raise _unreadable(error) from None


def _unreadable(error: QueryFailed) -> SqlError:
    return SqlError("XX000", f"Spectrum Scan Error: {error}")


def check_rows(copy: Copy, read: int, loaded: int) -> None:
    """Raise SqlError if the session's copy holds other rows than the files gave."""
    if read != loaded:
        raise SqlError("58000", f"{copy.database}.{copy.table}: {read} rows were read, but {loaded} were taken")


async def make(context: Running, wanted: Wanted) -> tuple[dict[TableName, str], list[Copy]]:
    """Make the empty copies of external tables; return their names, and the copies. Raises SqlError."""
    databases = await databases_of(context, sorted({schema for schema, _ in wanted.tables}))
    names, copies = dict[TableName, str](), list[Copy]()
    for schema, table in wanted.tables:
        if schema not in databases:
            continue
        copy = await asyncio.to_thread(look_up, context.settings, databases[schema], table, wanted.columns)
        if copy is None:
            continue
        if wanted.lasting:
            copy = replace(copy, name=f"pg_spectrum.copy_{secrets.token_hex(8)}", lasting=True)
        await context.link.query(copy.definition)
        if copy.lasting:
            await context.link.query("SELECT redshift_lab.note_external_copy($1, $2)", copy.name, written(copy))
        names[schema, table] = copy.name if copy.lasting else f"pg_temp.{copy.name}"
        copies.append(copy)
    return names, copies


async def refill(link: Link, settings: GatewaySettings, view: str) -> None:
    """Read again the external tables of a materialized view, before it is refreshed. Raises SqlError."""
    rows = await link.query("SELECT f.spec FROM redshift_lab.external_copies_of($1::oid::text) f", view)
    await fill(link, settings, [read((row[0] or b"").decode()) for row in rows])
