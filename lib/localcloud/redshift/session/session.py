"""One client from its login to its end: its messages go to the engine translated, its transactions stay its own.

A simple query is run as the extended messages that it stands for, so that each statement has one way through. One that
the gateway runs itself is prepared as an empty statement, and run in the client's transaction when it is executed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from localcloud.redshift.engine import Engine
from localcloud.redshift.errors import BackendError, ProtocolViolation, Skipped, SqlError, not_supported
from localcloud.redshift.protocol import frames, values
from localcloud.redshift.protocol.client import ClientSide, Identity
from localcloud.redshift.protocol.frames import Bound, Column, Frame
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.protocol.parameters import NONE, types_used
from localcloud.redshift.protocol.wire import Sent, changed, sent
from localcloud.redshift.session import elsewhere, enginefacts
from localcloud.redshift.session.answers import Answers
from localcloud.redshift.session.history import SessionLog
from localcloud.redshift.session.prepared import NOTHING, Planner, Prepared
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.sql import Session as SqlSession
from localcloud.redshift.sql import Statement, split
from localcloud.redshift.sql.lexer import parameters_of

_CHUNK = 64 * 1024
_BLOCK_VERBS = ("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT")
_WITHOUT_ROWS = ("INSERT", "UPDATE", "DELETE")


class Session:
    """The state of one client: its prepared statements and portals that the gateway itself runs."""

    def __init__(  # noqa: PLR0913  the session is where these meet, and only the gateway makes one
        self,
        identity: Identity,
        link: Link,
        client: ClientSide,
        settings: GatewaySettings,
        engine: Engine,
        log: SessionLog,
        planner: Planner,
    ) -> None:
        self.identity, self.link, self.client, self.log = identity, link, client, log
        self.settings, self.engine, self._planner = settings, engine, planner
        self.sql = _sql_session(identity, client, engine)
        client.capitals, client.watch = lambda: self.sql.names_in_capitals, log.answered
        self._answers = Answers(link, client)
        self._statements: dict[str, Prepared] = {}
        self._portals: dict[str, Prepared] = {}
        self._sent: dict[str, Sent] = {}
        self._types: dict[str, bytes] = {}
        """The types of parameters that each statement was prepared with."""
        self._verb = ""
        """What began or ended a transaction block since the last Sync."""
        self._handlers: dict[bytes, Callable[[bytes], Awaitable[None]]] = {
            b"P": self._parse,
            b"B": self._bind,
            b"D": self._describe,
            b"E": self._execute,
            b"C": self._close,
            b"F": self._refuse_function_call,
        }

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Answer the client until it says goodbye, or goes."""
        buffer = bytearray()
        while chunk := await reader.read(_CHUNK):
            buffer += chunk
            for frame in frames.split(buffer):
                if frame.kind == b"X":
                    return
                await self._handle(frame)
            await self.link.drain()

    async def _handle(self, frame: Frame) -> None:
        if frame.kind in (b"d", b"c", b"f"):  # what a client sends on after its COPY FROM STDIN was refused
            return
        if frame.kind == b"S":
            self._sync()
        elif frame.kind == b"Q":
            if not self.link.skipping:
                await self._guarded(self._query, frame.body)
                self._sync()
        elif frame.kind == b"H":
            self.link.send(frame)
        elif frame.kind in self._handlers:
            await self._guarded(self._handlers[frame.kind], frame.body)
        else:
            raise ProtocolViolation(f"invalid frontend message type {frame.kind[0]}")

    @property
    def in_block(self) -> bool:
        """Return whether the client has begun a transaction block, once all that it sent before is answered."""
        if self._verb:
            return self._verb in ("BEGIN", "START")
        return self.link.status != b"I"

    def _sync(self) -> None:
        self.log.synced()
        self._verb = ""
        self.link.forward(frames.SYNC, self.client.deliver)

    async def _guarded(self, handler: Callable[[bytes], Awaitable[None]], body: bytes) -> None:
        if self.link.skipping:
            return
        try:
            await handler(body)
        except Skipped:
            pass
        except BackendError as error:
            self.client.deliver(frames.error(error.fields()))
        except ProtocolViolation:
            raise
        except SqlError as error:
            if await self.refuse(error):
                self.client.deliver(frames.error(error.fields()))
        await self.client.relieve()

    async def refuse(self, error: SqlError) -> bool:
        """Bring the engine into the state after an error; says whether the client does not know of one yet."""
        try:
            await self.link.query("SELECT redshift_lab.refuse($1, $2)", error.code, error.message)
        except Skipped:
            return False
        except BackendError:
            return True
        raise AssertionError("the engine did not refuse")  # pragma: no cover

    async def _refuse_function_call(self, _body: bytes) -> None:
        raise not_supported("the function call protocol")

    async def prepare(self, statement: Statement, types: bytes = NONE) -> Prepared:
        """Return a statement ready to be run. Raises SqlError."""
        return await self._planner.prepare(statement, self, types)

    async def columns(self, query: str) -> list[Column]:
        """Return the columns that a query in the engine's SQL would give, without running it."""
        return await enginefacts.columns(self.link, query, NONE, self.engine.types)

    async def answer(self, sql: str, tag: str, bound: Bound | None) -> None:
        """Send the client the rows of a query as the answer to its statement, in the formats that it has bound."""
        await self._answers.answer(sql, tag, bound)

    def _begin(self, prepared: Prepared) -> None:
        self._verb = prepared.verb if prepared.verb in _BLOCK_VERBS else self._verb
        in_transaction = self.link.status != b"I"
        self.log.begin(prepared.source, prepared.kind, self.sql.query_group, in_transaction=in_transaction)

    async def _run_steps(self, prepared: Prepared) -> None:
        for step in prepared.before:
            await step.run(self)

    async def _work(self, prepared: Prepared) -> bool:
        """Run the work of a statement, if it has any; says whether it has."""
        if prepared.work is None:
            return False
        tag = await prepared.work.run(self)
        if tag:
            self.client.deliver(Frame(b"C", frames.text(tag)))
        return True

    # the simple protocol

    async def _query(self, body: bytes) -> None:
        statements = split(frames.read_text(body)[0])
        for statement in statements:
            await self._run(await self.prepare(statement))
        if not statements:
            await self._run(NOTHING)

    async def _run(self, prepared: Prepared) -> None:
        prepared = elsewhere.routed(prepared, self.identity.database, self._planner)
        self._begin(prepared)
        await self._run_steps(prepared)
        if not await self._work(prepared):
            await self._answers.send(prepared.plan.sql, prepared.plan.tag)
        if prepared.plan.then:
            await self.link.query(prepared.plan.then)

    # the extended protocol

    async def _parse(self, body: bytes) -> None:
        name, offset = frames.read_text(body)
        sql, offset = frames.read_text(body, offset)
        types, statements = body[offset:], split(sql)
        if len(statements) > 1:
            raise SqlError("42601", "cannot insert multiple commands into a prepared statement")
        prepared = await self.prepare(statements[0], types) if statements else NOTHING
        self._statements[name], self._sent[name] = prepared, sent(types, self.client.version)
        self._types[name] = types
        used = types_used(parameters_of(prepared.plan.sql), types, self.engine.types)
        self.link.forward(frames.parse(name, prepared.plan.sql, used), self.client.deliver)

    async def _bind(self, body: bytes) -> None:
        portal, offset = frames.read_text(body)
        name, _ = frames.read_text(body, offset)
        prepared, changes = self._statements.get(name, NOTHING), self._sent.get(name, {})
        plan = prepared.plan
        if prepared.bind is not None:
            work = prepared.bind(changed(frames.bound(body), changes), self._types.get(name, NONE))
            prepared = replace(prepared, work=work)
        if changes or plan.database or plan.schema:
            bound = changed(frames.bound(body), changes)
            if plan.database or plan.schema:
                bound = elsewhere.without_zero_bytes(bound)
            prepared = elsewhere.routed(prepared, self.identity.database, self._planner, bound)
            body = bound.frame().body
        self._portals[portal] = prepared
        await self._run_steps(prepared)  # now and not at Execute: a portal sees what there was when it was bound
        self.link.forward(Frame(b"B", body), self.client.deliver)

    async def _describe(self, body: bytes) -> None:
        await self._answers.describe(Frame(b"D", body))

    async def _execute(self, body: bytes) -> None:
        portal, _ = frames.read_text(body)
        prepared = self._portals.get(portal, NOTHING)
        self._begin(prepared)
        if await self._work(prepared):
            return
        plan, rows = prepared.plan, self._answers.rows()
        if plan.sql[:6].upper() not in _WITHOUT_ROWS:  # the client may have asked long ago, or not at all
            self.link.forward(frames.describe(b"P", portal), rows.learn)
        self.link.forward(Frame(b"E", body), rows.tagged(plan.tag), rows.run)
        if plan.then:
            await self.link.query(plan.then)

    async def _close(self, body: bytes) -> None:
        name = frames.read_text(body, 1)[0]
        for kept in (self._statements, self._sent, self._types) if body[:1] == b"S" else (self._portals,):
            kept.pop(name, None)
        self.link.forward(Frame(b"C", body), self.client.deliver)


def _sql_session(identity: Identity, client: ClientSide, engine: Engine) -> SqlSession:
    """Return what the translation of a client's statements depends on."""
    return SqlSession(
        user=identity.user,
        database=identity.database,
        late_views=engine.late_views[identity.database],
        external_schemas=engine.external_schemas[identity.database],
        typed_decimals=values.has_binary(client.version),
        types=engine.types,
    )
