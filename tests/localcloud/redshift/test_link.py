"""The link between a client and the engine: whose answer is whose, also after an error."""

from __future__ import annotations

import asyncio

import pytest

from localcloud.redshift.errors import BackendError, ConnectionEnded, Skipped
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Frame
from localcloud.redshift.protocol.link import Link

ERROR = frames.error({"S": "ERROR", "C": "22012", "M": "division by zero"}).encode()
READY = Frame(b"Z", b"E").encode()


class Wire:
    """A connection whose other end is the test."""

    def __init__(self) -> None:
        self.reader, self.sent = asyncio.StreamReader(), bytearray()

    def write(self, data: bytes) -> None:
        self.sent += data

    async def drain(self) -> None:
        await asyncio.sleep(0)


async def opened() -> tuple[Link, Wire, asyncio.Task[None]]:
    wire = Wire()
    link = Link(wire.reader, wire)  # type: ignore[arg-type]
    return link, wire, asyncio.create_task(link.pump())


async def test_what_is_asked_after_an_error_is_skipped_at_once() -> None:
    """An error that comes between two questions leaves nobody waiting: the hang of the first gateway."""
    link, wire, pumping = await opened()
    first = link.ask(frames.execute())
    wire.reader.feed_data(ERROR)
    with pytest.raises(BackendError, match="division by zero"):
        await first
    second = link.ask(Frame(b"C", b"S\0"))
    with pytest.raises(Skipped):
        await asyncio.wait_for(second, 1)
    pumping.cancel()


async def test_what_was_asked_before_an_error_arrives_is_skipped() -> None:
    """Questions behind the failed one, up to the Sync, end when the error arrives; the Sync is answered."""
    link, wire, pumping = await opened()
    asked = [link.ask(frames.execute()), link.ask(frames.execute()), link.ask(frames.SYNC)]
    wire.reader.feed_data(ERROR + READY)
    await asyncio.wait_for(asked[2], 1)
    assert isinstance(asked[0].exception(), BackendError)
    assert isinstance(asked[1].exception(), Skipped)
    assert link.status == b"E"
    pumping.cancel()


async def test_after_the_sync_questions_are_sent_again() -> None:
    """Skipping ends with the next Sync."""
    link, wire, pumping = await opened()
    failed = link.ask(frames.execute())
    wire.reader.feed_data(ERROR)
    with pytest.raises(BackendError):
        await failed
    link.ask(frames.SYNC)
    answered = link.ask(frames.parse("", "SELECT 1"))
    wire.reader.feed_data(READY + Frame(b"1", b"").encode())
    await asyncio.wait_for(answered, 1)
    pumping.cancel()


async def test_a_link_is_in_use_from_a_bind_to_the_sync() -> None:
    """What is bound or executed keeps the link in use until the next Sync; a statement that is only parsed does not."""
    link, _, pumping = await opened()
    used = []
    for frame in (frames.parse("", "SELECT 1"), frames.bind("", ""), frames.execute(), frames.SYNC):
        link.ask(frame)
        used.append(link.in_use)
    assert used == [False, True, True, False]
    pumping.cancel()


async def test_a_closed_engine_ends_all_waiting() -> None:
    """When the engine goes, every question ends with an error."""
    link, wire, pumping = await opened()
    asked = link.ask(frames.execute())
    wire.reader.feed_eof()
    await pumping
    with pytest.raises(ConnectionEnded):
        await asked
