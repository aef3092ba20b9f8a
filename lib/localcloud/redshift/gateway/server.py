"""The door: TLS, login, cancel. One task a client, one connection to the engine a client."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import struct
from functools import partial

from localcloud.redshift.engine import Engine
from localcloud.redshift.errors import BackendError, ConnectionEnded, ProtocolViolation, SqlError
from localcloud.redshift.gateway import login
from localcloud.redshift.gateway.connections import Connection
from localcloud.redshift.gateway.refreshing import Refresher
from localcloud.redshift.journal import Journal
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.client import ClientSide, Identity, greeting, version_of
from localcloud.redshift.protocol.frames import Frame
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.session.history import History, SessionLog
from localcloud.redshift.session.prepared import Planner
from localcloud.redshift.session.session import Session
from localcloud.redshift.settings import (
    ADMIN,
    CONNECTIONS,
    DATABASE,
    HISTORY,
    SOCKET,
    SYSTEM_DATABASES,
    GatewaySettings,
)

_log = logging.getLogger(__name__)
_STARTUP_LIMIT, _LOGIN_S = 10_000, 30
_CLIENTS, _FOR_ADMIN = 180, 5
"""Sessions at once, and how many more the admin may open, so that someone can end the others."""
_GONE = (ConnectionResetError, BrokenPipeError, asyncio.IncompleteReadError, ssl.SSLError, ConnectionEnded)


class Gateway:
    """The server: who is connected, and the keys by which each may be cancelled."""

    def __init__(self, settings: GatewaySettings, engine: Engine, planner: Planner) -> None:
        self.settings, self.engine, self._planner = settings, engine, planner
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(settings.certificate, settings.key)
        self._keys: set[bytes] = set()
        self._history, self._connections = History(Journal(HISTORY)), Journal(CONNECTIONS)
        self._refresher = Refresher(engine, settings, self._history)
        self._clients = 0

    async def serve(self, ready: asyncio.Event | None = None) -> None:
        """Listen until cancelled."""
        server = await asyncio.start_server(self._client, self.settings.host, self.settings.port, backlog=512)
        if ready is not None:
            ready.set()
        self._refresher.begin(DATABASE)
        async with server:
            await server.serve_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            await self._serve(reader, writer)
        except _GONE:
            pass
        except SqlError as error:
            writer.write(frames.error(error.fields("FATAL")).encode())
        except TimeoutError:
            writer.write(frames.error({"S": "FATAL", "C": "08006", "M": "login took too long"}).encode())
        except Exception:
            _log.exception("a client's session failed")
            writer.write(frames.error({"S": "FATAL", "C": "XX000", "M": "internal error of the gateway"}).encode())
        finally:
            self._clients -= 1
            with contextlib.suppress(Exception):
                writer.close()
                await asyncio.wait_for(writer.wait_closed(), 5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_LOGIN_S):
            parameters = await self._startup(reader, writer)
            if parameters is None:
                return
            self._admit(_CLIENTS + _FOR_ADMIN)
            seen = Connection(self._connections, writer, parameters)
            try:
                user = await login.authenticate(reader, writer, parameters, self.settings, self.engine)
            except SqlError:
                seen.failed()
                raise
            if user != ADMIN:
                self._admit(_CLIENTS)
            identity = Identity(user, parameters.get("database") or user, parameters)
            client = ClientSide(writer, self.engine.types, version_of(parameters))
            link, key, pumping = await self._open(identity, client)
        self._keys.add(key)
        pid = int.from_bytes(key[:4], "big")
        log = SessionLog(self._history, user, identity.database, pid)
        seen.opened(user, pid)
        try:
            session = Session(identity, link, client, self.settings, self.engine, log, self._planner)
            await self._talk(session, reader, pumping)
        finally:
            log.close()
            seen.closed()
            self._keys.discard(key)
            pumping.cancel()
            await link.close()

    def _admit(self, limit: int) -> None:
        """Raise SqlError if there are too many sessions, in the words of Redshift."""
        if self._clients > limit:
            hint = "close connections that are not in use, or end them with pg_terminate_backend as the admin"
            raise SqlError("53300", f"connection limit {_CLIENTS} exceeded for non-bootstrap users", hint=hint)

    async def _talk(self, session: Session, reader: asyncio.StreamReader, pumping: asyncio.Task[None]) -> None:
        """Serve until either side ends."""
        serving = asyncio.create_task(session.serve(reader))
        try:
            await asyncio.wait({serving, pumping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await session.client.relieve()
        for task in (serving, pumping):
            if task.done() and not task.cancelled() and (error := task.exception()):
                raise error

    async def _startup(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> dict[str, str] | None:
        """Take the first messages of a connection; return the parameters of a login, None after a cancel request."""
        encrypted = False
        while True:
            (length,) = struct.unpack("!i", await reader.readexactly(4))
            if not 8 <= length <= _STARTUP_LIMIT:
                raise ProtocolViolation("invalid length of startup packet")
            body = await reader.readexactly(length - 4)
            (code,) = struct.unpack_from("!i", body)
            if code == frames.CANCEL_REQUEST:
                await self._cancel(body[4:])
                return None
            if code == frames.SSL_REQUEST and not encrypted:
                writer.write(b"S")
                await writer.start_tls(self._tls)
                encrypted = True
            elif code == frames.GSS_REQUEST:
                writer.write(b"N")
            else:
                return _parameters(code, body[4:])

    async def _cancel(self, key: bytes) -> None:
        """Pass a cancel request on to the engine, if it names a client of ours."""
        if key not in self._keys:
            return
        _, writer = await asyncio.open_unix_connection(SOCKET)
        writer.write(struct.pack("!ii", 8 + len(key), frames.CANCEL_REQUEST) + key)
        writer.close()

    async def _open(self, identity: Identity, client: ClientSide) -> tuple[Link, bytes, asyncio.Task[None]]:
        """Connect to the engine for a client that has logged in, and tell the client that it may begin."""
        if identity.database in SYSTEM_DATABASES:
            raise SqlError("42501", f'permission denied for database "{identity.database}"')
        application = identity.parameters.get("application_name", "")
        try:
            link, greeted = await self.engine.connect(identity.user, identity.database, client, application)
        except BackendError as error:
            raise SqlError(error.code, error.message) from None
        await self.engine.learn(identity.database)
        link.on_change = partial(self._refresher.wake, identity.database)
        self._refresher.begin(identity.database)
        client.deliver(Frame(b"R", struct.pack("!i", 0)))
        for frame in greeting(greeted, client.version, application):
            client.deliver(frame)
        client.deliver(Frame(b"Z", b"I"))
        await client.relieve()
        key = next((frame.body for frame in greeted if frame.kind == b"K"), b"")
        return link, key, asyncio.create_task(link.pump())


def _parameters(code: int, body: bytes) -> dict[str, str]:
    if code >> 16 != 3:
        raise SqlError("0A000", f"unsupported frontend protocol {code >> 16}.{code & 0xFFFF}")
    parameters, offset = dict[str, str](), 0
    while offset < len(body) and body[offset]:
        name, offset = frames.read_text(body, offset)
        parameters[name], offset = frames.read_text(body, offset)
    if not parameters.get("user"):
        raise SqlError("28000", "no user name specified in startup packet")
    return parameters
