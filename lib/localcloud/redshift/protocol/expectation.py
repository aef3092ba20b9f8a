"""What a connection to the engine waits for: which messages end an answer, and who gets them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from localcloud.redshift.protocol.frames import Frame


class Client(Protocol):
    """Who gets the answers that belong to the client."""

    def deliver(self, frame: Frame) -> None:
        """Send one message on."""

    async def relieve(self) -> None:
        """Wait until the client has taken what was sent."""


Take = Callable[[Frame], None]
Run = Callable[[bytes], None]


@dataclass
class Expectation:
    """The answer to one message: what ends it, and either the client or one who waits gets it."""

    ends: frozenset[bytes]
    take: Take | None
    run: Run | None = None
    """Gets rows as they arrive on the wire, many messages at a time; without it each goes to `take`."""
    done: asyncio.Future[None] | None = None
    sync: bool = False

    def settle(self, error: Exception | None = None) -> None:
        """Tell the one who waits, if any, that the answer is complete or will not come."""
        if self.done is None or self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)
            self.done.exception()  # seen: a waiter may have gone
