"""One connection to the engine, and the order in which its answers belong to what was asked.

The engine answers in order. For each message that it will answer, the link keeps an expectation: which messages end the
answer, and who gets them. After an error the engine skips everything up to the next Sync; so does the link, for what is
already waiting and for what is asked later, or an expectation would wait for ever for an answer that does not come.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from localcloud.redshift.errors import BackendError, ConnectionEnded, Skipped
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.expectation import Client, Expectation, Run, Take
from localcloud.redshift.protocol.frames import Frame

_CHUNK = 256 * 1024
_CHANGED = b"CLV001\0"
"""The code of the engine's word that a table has changed which automatically refreshed views read."""
_QUOTES_CHANGED = frames.text("standard_conforming_strings") + frames.text("on")
"""The engine reports that a backslash in quotes is no longer an escape; the gateway reads it as one."""
_ENDS = {
    b"P": frozenset({b"1"}),
    b"B": frozenset({b"2"}),
    b"C": frozenset({b"3"}),
    b"D": frozenset({b"T", b"n"}),
    b"E": frozenset({b"C", b"I", b"s"}),
    b"S": frozenset({b"Z"}),
}


class Link:
    """A logged-in connection to the engine."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: Client | None = None
    ) -> None:
        self._reader, self._writer, self._client = reader, writer, client
        self._waiting: deque[Expectation] = deque()
        self._out = bytearray()
        self.on_notice: Callable[[dict[str, str]], None] | None = None
        """Gets the notices of what the gateway itself asked; the client never sees those."""
        self.on_change: Callable[[], None] | None = None
        """Is told when a transaction has ended in which such tables were changed."""
        self._changed = False
        self._open_door = asyncio.Event()
        self._open_door.set()
        self.skipping = False
        self.status = b"I"
        """State of the transaction at the last Sync: I idle, T in a block, E in a failed block."""
        self.in_use = False
        """Whether anything was bound or executed since the last Sync, which a Sync now would end."""

    # asking

    def forward(self, frame: Frame, take: Take, run: Run | None = None) -> None:
        """Send a message whose answer `take` gets, as it comes, except for the rows where `run` gets these."""
        self._ask(frame, Expectation(_ENDS[frame.kind], take, run, sync=frame.kind == b"S"))

    def ask(self, frame: Frame, take: Take | None = None, run: Run | None = None) -> asyncio.Future[None]:
        """Send a message; the future ends when it is answered, with BackendError or Skipped where it fails."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ask(frame, Expectation(_ENDS[frame.kind], take, run, done, sync=frame.kind == b"S"))
        return done

    def send(self, frame: Frame) -> None:
        """Send a message that has no answer of its own (Flush, CopyData, CopyDone, CopyFail)."""
        if not self.skipping:
            self._out += frame.encode()

    async def drain(self) -> None:
        """Hand what was asked to the engine, and wait until it has taken it."""
        if self._out:
            self._writer.write(self._out)
            self._out = bytearray()
        await self._writer.drain()

    def pause(self, wanted: bool) -> None:
        """Stop or continue reading from the engine, which waits meanwhile."""
        if wanted:
            self._open_door.clear()
        else:
            self._open_door.set()

    async def settled(self, *futures: asyncio.Future[None]) -> None:
        """Flush and wait for the answers; raise the first error."""
        self.send(frames.FLUSH)
        await self.drain()
        for future in futures:
            await future

    async def query(self, sql: str, *values: str | None, name: str = "") -> list[list[bytes | None]]:
        """Run one statement within the current transaction, unseen by the client, and return its rows in text form.

        With a name it leaves the client's statement and portal without a name as they are.
        """
        rows: list[list[bytes | None]] = []
        requests = [self.ask(frames.parse(name, sql)), self.ask(frames.bind(name, name, values))]
        requests.append(
            self.ask(
                frames.execute(name), lambda frame: rows.append(frames.row(frame.body)) if frame.kind == b"D" else None
            )
        )
        if name:
            requests += [self.ask(frames.close(what, name)) for what in (b"P", b"S")]
        await self.settled(*requests)
        return rows

    async def script(self, sql: str) -> None:
        """Run statements, one after another, as one simple query. Raises BackendError at the first that fails."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ask(Frame(b"Q", frames.text(sql)), Expectation(_ENDS[b"S"], None, done=done, sync=True))
        await self.drain()
        await done

    def _ask(self, frame: Frame, expectation: Expectation) -> None:
        if expectation.sync:
            self.skipping = self.in_use = False
        elif self.skipping:
            expectation.settle(Skipped())
            return
        elif frame.kind in b"BE":
            self.in_use = True
        self._waiting.append(expectation)
        self._out += frame.encode()

    # answering

    async def pump(self) -> None:
        """Hand out answers until the engine closes the connection."""
        buffer = bytearray()
        try:
            while chunk := await self._reader.read(_CHUNK):
                buffer += chunk
                self._take(buffer)
                if self._client is not None:
                    await self._client.relieve()
                await self._open_door.wait()
        except ConnectionResetError:
            pass
        finally:
            while self._waiting:
                self._waiting.popleft().settle(ConnectionEnded())

    def _take(self, buffer: bytearray) -> None:
        """Hand out the whole messages at the front of the buffer, and take them off it."""
        while True:
            run = self._waiting[0].run if self._waiting else None
            if run is not None and (end := frames.run_end(buffer)):
                run(bytes(buffer[:end]))
                del buffer[:end]
            frame = frames.first(buffer)
            if frame is None:
                return
            self._answer(frame)

    def _answer(self, frame: Frame) -> None:
        if frame.kind in b"NSA" or not self._waiting:
            self._unasked(frame)
        elif frame.kind == b"E":
            self._fail(frame)
        else:
            self._advance(frame)

    def _unasked(self, frame: Frame) -> None:
        if frame.kind == b"N" and _CHANGED in frame.body:
            self._changed = True
            return
        if frame.kind == b"S" and frame.body == _QUOTES_CHANGED and self._client is not None:
            self._client.deliver(frames.fatal("55P02", 'parameter "standard_conforming_strings" cannot be changed'))
            self._writer.close()
            raise ConnectionResetError
        inner = bool(self._waiting) and self._waiting[0].done is not None
        if inner and frame.kind == b"N":
            if self.on_notice is not None:
                self.on_notice(frames.error_fields(frame.body))
        elif self._client is not None:
            self._client.deliver(frame)

    def _advance(self, frame: Frame) -> None:
        head = self._waiting[0]
        if head.sync:
            self.status = frame.body
            self._tell_of_change()
        if head.take is not None:
            head.take(frame)
        if frame.kind in head.ends:
            self._waiting.popleft().settle()

    def _tell_of_change(self) -> None:
        if self._changed and self.status == b"I":
            self._changed = False
            if self.on_change is not None:
                self.on_change()

    def _fail(self, frame: Frame) -> None:
        head = self._waiting[0]
        if head.done is not None:
            head.settle(BackendError(frames.error_fields(frame.body)))
        elif self._client is not None:
            self._client.deliver(frame)
        if head.sync:  # an error of the commit itself: the ReadyForQuery still comes
            return
        while self._waiting and not self._waiting[0].sync:
            self._waiting.popleft().settle(Skipped())
        self.skipping = not self._waiting

    async def close(self) -> None:
        """End the connection, whatever state it is in."""
        self._writer.close()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._writer.wait_closed(), 5)
