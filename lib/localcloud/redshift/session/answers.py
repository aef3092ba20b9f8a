"""Answers of the engine on their way to the client: statements are sent, described, and their rows passed on."""

from __future__ import annotations

from typing import Protocol

from localcloud.redshift.protocol import client as clients
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.client import ClientSide, Origins
from localcloud.redshift.protocol.frames import Bound, Frame
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.protocol.wire import Rows

_ANSWER = "redshift_lab_answer"
"""The statement and portal of an answer that the gateway makes itself."""


class Deliver(Protocol):
    """Who gets a description of columns, with where these come from if that was asked for."""

    def __call__(self, frame: Frame, origins: Origins | None = None) -> None:
        """Take one message."""


class Answers:
    """Sends statements of one client to the engine, and their answers to the client."""

    def __init__(self, link: Link, client: ClientSide) -> None:
        self._link, self._client = link, client

    def rows(self) -> Rows:
        """Return who takes the rows of one statement."""
        return Rows(self._client.deliver, self._client.pass_on, self._client.version, self._client.types)

    async def send(self, sql: str, tag: str = "") -> None:
        """Run a statement without parameters, described and executed; with a tag, instead of the engine's."""
        link, rows = self._link, self.rows()

        def describe(frame: Frame, origins: Origins | None = None) -> None:
            rows.learn(frame)
            if frame.kind == b"T":
                self._client.deliver(frame, origins)

        link.forward(frames.parse("", sql), _nowhere)
        link.forward(frames.bind("", ""), _nowhere)
        await self.describe(frames.describe(b"P", ""), describe)
        link.forward(frames.execute(), rows.tagged(tag), rows.run)

    async def describe(self, request: Frame, deliver: Deliver | None = None) -> None:
        """Have the engine describe columns; where the client's version reports their origins, these are found first."""
        deliver = deliver or self._client.deliver
        if not self._client.has_origins:
            self._link.forward(request, deliver)
            return
        answer = list[Frame]()
        await self._link.settled(self._link.ask(request, answer.append))
        for frame in answer:
            columns = frames.columns(frame.body) if frame.kind == b"T" else []
            deliver(frame, await clients.origins(self._link, columns))

    async def answer(self, sql: str, tag: str, bound: Bound | None) -> None:
        """Send the client the rows of a query as the answer to its statement, in the formats that it has bound."""
        if bound is None:
            await self.send(sql, tag)
            return
        link, rows = self._link, self.rows()
        binding = bound._replace(portal=_ANSWER, statement=_ANSWER, formats=(), values=[])
        link.forward(frames.parse(_ANSWER, sql), _nowhere)
        link.forward(binding.frame(), _nowhere)
        link.forward(frames.describe(b"P", _ANSWER), rows.learn)
        link.forward(frames.execute(_ANSWER), rows.tagged(tag), rows.run)
        for what in (b"P", b"S"):
            link.forward(frames.close(what, _ANSWER), _nowhere)


def _nowhere(_frame: Frame) -> None:
    """Take an answer that the client did not ask for."""
