"""The side of the client: which version of Redshift's protocol it speaks, and what is sent to it.

Version 0 is PostgreSQL's protocol. From 1 on a RowDescription also says where each column comes from; in 2 VARBYTE,
and decimals in binary form, are Redshift's. A driver asks for a version in its startup packet and goes by the server's
answer, the parameter `server_protocol_version` (core.py of amazon-redshift-python-driver, fe-protocol3.c of
amazon-redshift-odbc-driver).
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from localcloud.redshift.protocol import frames, values
from localcloud.redshift.protocol.frames import Column, Frame
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.protocol.typenumbers import TypeNumbers
from localcloud.redshift.protocol.wire import reworded

VERSION_PARAMETER = "client_protocol_version"
_PARAMETERS = {
    "server_version": "8.0.2",
    "padb_version": "1.0.117891",
    "padb_revision": "0000000000",
    "max_numeric_precision": "38",
    "max_varchar_size": "65535",
}
"""What Redshift reports of itself (a log in https://github.com/aws/amazon-redshift-jdbc-driver/issues/39).

Clients leave out what such a server doesn't have: psycopg2 resets a connection without DISCARD, asyncpg without
advisory locks.
"""
_PSQL = "psql"
"""It is told the engine's version, because its \\d queries the catalog by version, and the catalog is the engine's."""
_METADATA = {"show_discovery": "4", "datashare_enabled": "on"}
"""By what drivers may read metadata: SHOW commands up to version 4, and over all databases."""
_HIGHEST = 2
_SEARCHABLE = 1 << 12
Origins = Mapping[tuple[int, int], tuple[bytes, int]]
"""Table and number of a column -> its names as they are described, and its properties as bits."""

_FIND_ORIGINS = """
    SELECT a.attrelid, a.attnum, replace(n.nspname, 'redshift_lab', 'pg_catalog'), c.relname, a.attname,
      current_database(), a.attnotnull::integer + CASE WHEN k.identity IS NULL THEN 0 ELSE 16 END
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN redshift_lab.columns k ON k.table_id = a.attrelid AND k.name = a.attname
    WHERE a.attrelid = ANY ($1::oid[])
"""


def greeting(received: list[Frame], version: int | None, application: str) -> list[Frame]:
    """Return what a client learns about the server at login: Redshift's parameters, and the rest of the engine's."""
    reported = dict(_PARAMETERS)
    if application == _PSQL:
        del reported["server_version"]
    if version is not None:
        reported |= {"server_protocol_version": str(version), **_METADATA}
    kept = [frame for frame in received if frame.kind != b"S" or frames.read_text(frame.body)[0] not in reported]
    return [*(Frame(b"S", frames.text(name) + frames.text(value)) for name, value in reported.items()), *kept]


def version_of(parameters: Mapping[str, str]) -> int | None:
    """Return the version that a client is answered; None for one that does not ask, as only Redshift's drivers do."""
    wanted = parameters.get(VERSION_PARAMETER)
    if wanted is None:
        return None
    return min(int(wanted), _HIGHEST) if wanted.isdecimal() and len(wanted) < 10 else 0


@dataclass
class Identity:
    """Who the client logged in as, and where."""

    user: str
    database: str
    parameters: dict[str, str] = field(default_factory=dict)


class ClientSide:
    """What goes to the client, gathered into few writes."""

    def __init__(self, writer: asyncio.StreamWriter, types: TypeNumbers, version: int | None = None) -> None:
        self._writer, self.types, self._out = writer, types, bytearray()
        self.version = version
        self.capitals: Callable[[], bool] = bool
        """Says whether the names of columns are sent in capitals."""
        self.watch: Callable[[Frame], None] = lambda frame: None
        """Sees each message except rows that pass in bulk."""

    @property
    def has_origins(self) -> bool:
        """Return whether columns are described with where they come from."""
        return bool(self.version)

    def deliver(self, frame: Frame, origins: Origins | None = None) -> None:
        """Send one message on; a description of columns with the origins given."""
        if frame.kind == b"T":
            frame = self._described(frame, origins or {})
        elif frame.kind in b"EN":
            frame = frames.error(reworded(frames.error_fields(frame.body)), frame.kind)
        self.watch(frame)
        self._out += frame.encode()

    def _described(self, frame: Frame, origins: Origins) -> Frame:
        """Return a RowDescription with Redshift's type numbers, in the form of the client's version."""
        capitals = self.capitals()
        columns = [self._column(column, capitals=capitals) for column in frames.columns(frame.body)]
        if not self.has_origins:
            return frames.row_description(columns)
        nowhere = b"\0\0\0\0", 0
        tails = [origins.get((column.table, column.attribute), nowhere) for column in columns]
        return frames.row_description(columns, [names + struct.pack("!h", bits | _SEARCHABLE) for names, bits in tails])

    def _column(self, column: Column, *, capitals: bool) -> Column:
        if capitals:
            column = column._replace(name=column.name.upper())
        number = self.types.of_redshift(column.type)
        return values.described(column, self.version, number)._replace(type=number)

    def pass_on(self, data: bytes) -> None:
        """Send whole messages on that are right as they stand."""
        self._out += data

    async def relieve(self) -> None:
        """Wait until the client has taken what was sent."""
        if self._out:
            self._writer.write(self._out)
            self._out = bytearray()
            await self._writer.drain()


async def origins(link: Link, columns: list[Column]) -> Origins:
    """Return where columns come from, as the client's transaction sees it now."""
    tables = {column.table for column in columns if column.table}
    if not tables:
        return {}
    rows = await link.query(_FIND_ORIGINS, "{" + ",".join(map(str, tables)) + "}", name="redshift_lab_origins")
    return {
        (int(table or 0), int(number or 0)): (b"".join((name or b"") + b"\0" for name in names), int(bits or 0))
        for table, number, *names, bits in rows
    }
