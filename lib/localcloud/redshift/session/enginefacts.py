"""Facts that a translation needs, asked of the engine in the client's transaction."""

from __future__ import annotations

from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Column, Frame
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.protocol.parameters import types_used
from localcloud.redshift.protocol.typenumbers import TypeNumbers
from localcloud.redshift.sql.lexer import parameters_of


async def columns(link: Link, query: str, types: bytes, numbers: TypeNumbers) -> list[Column]:
    """Return the columns that a query in the engine's SQL would give, without running it."""
    described = list[Column]()

    def take(frame: Frame) -> None:
        if frame.kind == b"T":
            described.extend(frames.columns(frame.body))

    used = types_used(parameters_of(query), types, numbers)
    parsed = link.ask(frames.parse("", query, used))
    await link.settled(parsed, link.ask(frames.describe(b"S", ""), take))
    return described


async def rows(link: Link, query: str, *values: str) -> list[list[str]]:
    """Return the rows of a query to the engine's catalog, as texts."""
    fresh = link.status == b"I" and not link.in_use
    answer = await link.query(query, *values)
    if fresh:  # a transaction left open would keep a procedure from ending its own
        await link.settled(link.ask(frames.SYNC))
    return [[(value or b"").decode() for value in row] for row in answer]
