"""The database behind the gateway: opened for clients, prepared once per version with what PostgreSQL lacks."""

from __future__ import annotations

import asyncio
import struct
from collections import defaultdict
from pathlib import Path

from localcloud.redshift.engine.stamp import FORMAT, mark, scripts, version
from localcloud.redshift.errors import BackendError, ConnectionEnded, SqlError
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.expectation import Client
from localcloud.redshift.protocol.frames import Frame
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.protocol.typenumbers import OWN, TypeNumbers
from localcloud.redshift.settings import ADMIN, DATABASE, SOCKET

SUPERUSER = "rdsdb"


class Engine:
    """Opens connections to PostgreSQL. The operating system vouches for the gateway, so none needs a password."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.late_views: defaultdict[str, set[str]] = defaultdict(set)
        """Database -> names that are, or were, late-binding views in it."""
        self.external_schemas: defaultdict[str, set[str]] = defaultdict(set)
        """Database -> names that are, or were, external schemas in it."""
        self.types = TypeNumbers()
        self._learned: set[str] = set()
        self._links: dict[str, tuple[Link, asyncio.Task[None]]] = {}

    async def connect(
        self, user: str, database: str, client: Client | None = None, application: str = ""
    ) -> tuple[Link, list[Frame]]:
        """Return a connection as that user, and what the engine said at login. Raises BackendError."""
        reader, writer = await asyncio.open_unix_connection(SOCKET, limit=1 << 20)
        given = {"user": user, "database": database, "client_encoding": "UTF8", "application_name": application[:60]}
        given["standard_conforming_strings"] = "off"  # before any setting of the user or the database
        body = b"".join(frames.text(name) + frames.text(value) for name, value in given.items() if value)
        writer.write(struct.pack("!ii", len(body) + 9, frames.PROTOCOL_3) + body + b"\0")
        greeting, buffer = list[Frame](), bytearray()
        while chunk := await reader.read(65536):
            buffer += chunk
            for frame in frames.split(buffer):
                if frame.kind == b"E":
                    writer.close()
                    raise BackendError(frames.error_fields(frame.body))
                if frame.kind == b"Z":
                    return Link(reader, writer, client), greeting
                if frame.kind in b"SK":
                    greeting.append(frame)
        raise ConnectionEnded

    async def run(self, sql: str, *values: str | None, database: str = DATABASE) -> list[list[bytes | None]]:
        """Run one statement as the superuser in a transaction of its own; return its rows in text form."""
        async with self._lock:
            link = await self._superuser(database)
            try:
                return await link.query(sql, *values)
            finally:
                await link.settled(link.ask(frames.SYNC))
                if database != DATABASE:  # a link that stayed would keep anybody from dropping that database
                    await self._part(database)

    async def run_apart(self, sql: str, *values: str | None, database: str) -> list[list[bytes | None]]:
        """Run one statement as `run` does, over a connection of its own: it may take long. Raises BackendError."""
        link, _ = await self.connect(SUPERUSER, database)
        pumping = asyncio.create_task(link.pump())
        try:
            rows = await link.query(sql, *values)
            await link.settled(link.ask(frames.SYNC))
            return rows
        finally:
            await link.close()
            pumping.cancel()

    async def learn(self, database: str) -> None:
        """Read, once, which names of a database are late-binding views and external schemas."""
        if database in self._learned:
            return
        views = "SELECT c.relname FROM pg_class c JOIN redshift_lab.late_views v ON v.view_id = c.oid"
        for row in await self.run(views, database=database):
            self.late_views[database].add((row[0] or b"").decode())
        for row in await self.run("SELECT name FROM redshift_lab.external_schemas", database=database):
            self.external_schemas[database].add((row[0] or b"").decode())
        self._learned.add(database)

    async def _part(self, database: str) -> None:
        link, pumping = self._links.pop(database)
        await link.close()
        pumping.cancel()

    async def _superuser(self, database: str) -> Link:
        if database in self._links:
            link, pumping = self._links[database]
            if not pumping.done():
                return link
        link, _ = await self.connect(SUPERUSER, database)
        self._links[database] = (link, asyncio.create_task(link.pump()))
        return link

    async def stored(self, user: str) -> str:
        """Return what the engine stores of a user's password; empty for one who does not exist or may not log in."""
        rows = await self.run(
            "SELECT coalesce(rolpassword, '-') FROM pg_catalog.pg_authid WHERE rolname = $1 AND rolcanlogin "
            "AND rolname <> $2 AND coalesce(rolvaliduntil > pg_catalog.now(), true)",
            user,
            SUPERUSER,
        )
        return (rows[0][0] or b"").decode() if rows else ""

    async def close(self) -> None:
        """End the superuser's connections."""
        for database in list(self._links):
            await self._part(database)


async def prepare(engine: Engine, admin_password: str) -> None:
    """Make the admin user and the database, and bring the engine's catalog to this version. Safe to run again."""
    await _prepare_catalog(engine, "template1")
    if not await engine.run("SELECT 1 FROM pg_roles WHERE rolname = $1", ADMIN, database="template1"):
        await engine.run(f"CREATE ROLE {ADMIN} LOGIN CREATEROLE CREATEDB", database="template1")
    await engine.run(f"GRANT pg_monitor TO {ADMIN} WITH ADMIN OPTION", database="template1")
    # The admin does not see where the files of the engine are.
    await engine.run("REVOKE pg_read_all_settings FROM pg_monitor", database="template1")
    await engine.run(f"ALTER ROLE {ADMIN} PASSWORD '{admin_password}'", database="template1")
    # The admin, which is a superuser in Redshift, may act as the users that it makes: SET SESSION AUTHORIZATION.
    await engine.run(f"ALTER ROLE {ADMIN} SET createrole_self_grant = 'set'", database="template1")
    made = await engine.run("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE, database="template1")
    await engine.close()  # a template in use cannot be copied, by CREATE DATABASE of clients neither
    if not made:
        await engine.run(f"CREATE DATABASE {DATABASE} OWNER {ADMIN}", database="postgres")
    await _prepare_catalog(engine, DATABASE)
    Path(mark()).touch(mode=0o600)
    await engine.learn(DATABASE)
    rows = await engine.run("SELECT typname, oid FROM pg_type WHERE typname = ANY ($1)", f"{{{','.join(OWN)}}}")
    engine.types.learn({(name or b"").decode(): int(oid or 0) for name, oid in rows})


async def _prepare_catalog(engine: Engine, database: str) -> None:
    made = await engine.run("SELECT to_regnamespace('redshift_lab') IS NOT NULL", database=database)
    if made[0][0] == b"t":
        rows = await engine.run("SELECT version FROM redshift_lab.prepared", database=database)
        if rows and rows[0][0] == version().encode():
            return
        raise SqlError(
            "55000",
            f"the database {database} was prepared by another version of the lab. Try: ./lab up, which upgrades it",
        )
    whole = "\n".join(
        [
            "SET allow_system_table_mods = on; SET standard_conforming_strings = on; SET check_function_bodies = off;",
            *scripts(),
            f"INSERT INTO redshift_lab.prepared VALUES ('{version()}', {FORMAT});",
        ]
    )
    await _script(engine, database, whole)


async def _script(engine: Engine, database: str, sql: str) -> None:
    """Run many statements in one transaction. Raises BackendError naming the place."""
    reader_link, _ = await engine.connect(SUPERUSER, database)
    pumping = asyncio.create_task(reader_link.pump())
    try:
        await reader_link.script(sql)
    finally:
        await reader_link.close()
        pumping.cancel()
