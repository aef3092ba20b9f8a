"""One client from its login to its end: its messages go to the engine translated, its transactions stay its own.

A simple query is run as the extended messages that it stands for, so that each statement has one way through. COPY and
UNLOAD are prepared as an empty statement and run by the gateway, in the client's transaction, when they are executed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from localcloud.redshift import elsewhere, frames, preparing, values
from localcloud.redshift.client import ClientSide, Identity, Origins, origins
from localcloud.redshift.engine import Engine
from localcloud.redshift.errors import BackendError, ProtocolViolation, Skipped, SqlError, not_supported
from localcloud.redshift.frames import Bound, Frame
from localcloud.redshift.history import SessionLog
from localcloud.redshift.link import Link
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.sql import Plan, split_statements
from localcloud.redshift.sql.lexer import scan
from localcloud.redshift.sql.plan import Session as SqlSession
from localcloud.redshift.wire import Rows, Sent, changed, sent, types_used

_CHUNK = 64 * 1024
_BLOCK_VERBS = ("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT")
_WITHOUT_ROWS = ("INSERT", "UPDATE", "DELETE")


class Session:
    """The state of one client: its prepared statements and portals that the gateway itself runs."""

    def __init__(
        self,
        identity: Identity,
        link: Link,
        client: ClientSide,
        settings: GatewaySettings,
        engine: Engine,
        log: SessionLog,
    ) -> None:
        self.identity, self.link, self.client, self.log = identity, link, client, log
        self.settings, self.engine = settings, engine
        shared = engine.late_views[identity.database], engine.external_schemas[identity.database]
        self.sql = SqlSession(
            user=identity.user,
            database=identity.database,
            late_views=shared[0],
            external_schemas=shared[1],
            typed_decimals=values.has_binary(client.version),
        )
        client.capitals, client.watch = lambda: self.sql.names_in_capitals, log.answered
        self._statements: dict[str, Plan] = {}
        self._portals: dict[str, Plan] = {}
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
        elif frame.kind == b"F":
            await self._guarded(self._refuse_function_call, frame.body)
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
        """Bring the engine into the state after an error; tell whether the client does not know of one yet."""
        try:
            await self.link.query("SELECT redshift_lab.refuse($1, $2)", error.code, error.message)
        except Skipped:
            return False
        except BackendError:
            return True
        raise AssertionError("the engine did not refuse")  # pragma: no cover

    async def _refuse_function_call(self, _body: bytes) -> None:
        raise not_supported("the function call protocol")

    # the simple protocol

    async def _query(self, body: bytes) -> None:
        statements = split_statements(frames.read_text(body)[0])
        for statement in statements:
            await self._run(statement)
        if not statements:
            self._begin(Plan(""))
            await self._send_plan(Plan(""))

    async def _run(self, statement: str) -> None:
        plan = elsewhere.asked(await self.prepare(statement), self.identity.database)
        self._begin(plan)
        if plan.before is not None:
            await plan.before(self)
        if plan.work is None:
            await self._send_plan(plan)
        else:
            await self._work(plan)
        if plan.then:
            await self.link.query(plan.then)

    def _begin(self, plan: Plan) -> None:
        verb = next((word.upper for word in scan(plan.source)), "")
        self._verb = verb if verb in _BLOCK_VERBS else self._verb
        self.log.begin(plan.source, self.sql.query_group, in_transaction=self.link.status != b"I")

    async def _send_plan(self, plan: Plan) -> None:
        link, rows = self.link, self._rows()

        def describe(frame: Frame, found: Origins | None = None) -> None:
            rows.learn(frame)
            if frame.kind == b"T":
                self.client.deliver(frame, found)

        link.forward(frames.parse("", plan.sql), _nowhere)
        link.forward(frames.bind("", ""), _nowhere)
        await self._describe_to(describe, frames.describe(b"P", ""))
        link.forward(frames.execute(), rows.tagged(plan.tag), rows.run)

    def _rows(self) -> Rows:
        return Rows(self.client.deliver, self.client.pass_on, self.client.version)

    async def _describe_to(self, deliver: Callable[..., None], asked: Frame) -> None:
        """Have the engine describe columns; where the client's version tells their origins, these are found first."""
        if not self.client.has_origins:
            self.link.forward(asked, deliver)
            return
        answer: list[Frame] = []
        await self.link.settled(self.link.ask(asked, answer.append))
        for frame in answer:
            columns = frames.columns(frame.body) if frame.kind == b"T" else []
            deliver(frame, await origins(self.link, columns))

    async def _work(self, plan: Plan) -> None:
        assert plan.work is not None
        tag = await plan.work(self)
        if tag:
            self.client.deliver(Frame(b"C", frames.text(tag)))

    async def answer(self, sql: str, tag: str, bound: Bound | None) -> None:
        """Send the client the rows of a query as the answer to its statement, in the formats that it has bound."""
        if bound is None:
            await self._send_plan(Plan(sql, tag=tag))
            return
        name, rows = "redshift_lab_answer", self._rows()
        self.link.forward(frames.parse(name, sql), _nowhere)
        self.link.forward(bound._replace(portal=name, statement=name, formats=(), values=[]).frame(), _nowhere)
        self.link.forward(frames.describe(b"P", name), rows.learn)
        self.link.forward(frames.execute(name), rows.tagged(tag), rows.run)
        for what in (b"P", b"S"):
            self.link.forward(frames.close(what, name), _nowhere)

    async def prepare(self, statement: str, types: bytes = b"\0\0") -> Plan:
        """Translate a statement; where that needs the columns of a query, ask the engine for them."""
        return await preparing.prepare(self, statement, types)

    async def columns(self, query: str, types: bytes = b"\0\0") -> list[frames.Column]:
        """Return the columns that a query in the engine's SQL would give, without running it."""
        return await preparing.columns(self.link, query, types)

    # the extended protocol

    async def _parse(self, body: bytes) -> None:
        name, place = frames.read_text(body)
        sql, place = frames.read_text(body, place)
        statements = split_statements(sql)
        if len(statements) > 1:
            raise SqlError("42601", "cannot insert multiple commands into a prepared statement")
        plan = await self.prepare(statements[0], body[place:]) if statements else Plan("")
        self._statements[name], self._sent[name] = plan, sent(body[place:], self.client.version)
        self._types[name] = body[place:]
        self.link.forward(frames.parse(name, plan.sql, types_used(plan.sql, body[place:])), self.client.deliver)

    async def _bind(self, body: bytes) -> None:
        portal, place = frames.read_text(body)
        statement, _ = frames.read_text(body, place)
        plan, changes = self._statements.get(statement, Plan("")), self._sent.get(statement, {})
        if plan.bind is not None:
            work = plan.bind(changed(frames.bound(body), changes), self._types.get(statement, b"\0\0"))
            plan = replace(plan, work=work)
        if changes or plan.database or plan.schema:
            bound = changed(frames.bound(body), changes)
            if plan.database or plan.schema:
                bound = elsewhere.without_zero_bytes(bound)
            plan, body = elsewhere.asked(plan, self.identity.database, bound), bound.frame().body
        self._portals[portal] = plan
        if plan.before is not None:  # now and not at Execute: a portal sees what there was when it was bound
            await plan.before(self)
        self.link.forward(Frame(b"B", body), self.client.deliver)

    async def _describe(self, body: bytes) -> None:
        await self._describe_to(self.client.deliver, Frame(b"D", body))

    async def _execute(self, body: bytes) -> None:
        portal, _ = frames.read_text(body)
        plan = self._portals.get(portal, Plan(""))
        self._begin(plan)
        if plan.work is not None:
            await self._work(plan)
            return
        rows = self._rows()
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


def _nowhere(_frame: Frame) -> None:
    """Take an answer that the client did not ask for."""
