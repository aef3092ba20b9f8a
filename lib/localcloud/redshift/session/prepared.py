"""A statement that is ready to be run, and what it may use of the session that it runs in.

The session prepares the engine's SQL of a statement, has its steps run first, and then either forwards it to the engine
or runs its work. It knows nothing of what the work is: COPY, UNLOAD, CALL and external tables bring their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from localcloud.redshift.engine import Engine
from localcloud.redshift.errors import SqlError
from localcloud.redshift.protocol.client import ClientSide, Identity
from localcloud.redshift.protocol.frames import Bound, Column
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.session.history import SessionLog
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.sql import Plan, Session, Statement


class Running(Protocol):
    """The session that a statement runs in."""

    identity: Identity
    link: Link
    client: ClientSide
    log: SessionLog
    settings: GatewaySettings
    engine: Engine
    sql: Session

    @property
    def in_block(self) -> bool:
        """Return whether the client has begun a transaction block."""

    async def prepare(self, statement: Statement, types: bytes = b"\0\0") -> Prepared:
        """Return a statement ready to be run. Raises SqlError."""

    async def columns(self, query: str) -> list[Column]:
        """Return the columns that a query in the engine's SQL would give, without running it."""

    async def refuse(self, error: SqlError) -> bool:
        """Bring the engine into the state after an error; says whether the client does not know of one yet."""

    async def answer(self, sql: str, tag: str, bound: Bound | None) -> None:
        """Send the client the rows of a query as the answer to its statement."""


class Work(Protocol):
    """What is done instead of the engine's SQL."""

    async def run(self, context: Running) -> str:
        """Do it; return the command tag, or nothing if the answer was sent already. Raises SqlError."""


class Step(Protocol):
    """What is done before a statement, each time that it is run."""

    async def run(self, context: Running) -> object:
        """Do it. Raises SqlError if the statement may not be run."""


Bind = Callable[[Bound, bytes], Work]
"""Returns the work for parameters: a Bind message taken apart, and their types as the Parse message has them."""


@dataclass(frozen=True)
class Prepared:
    """A statement that is ready to be run."""

    plan: Plan
    work: Work | None = None
    before: tuple[Step, ...] = ()
    bind: Bind | None = None
    source: str = ""
    """The client's text; empty if there was no statement in it."""
    verb: str = ""
    kind: str = ""
    """The kind of the statement as the system views name it."""

    def after(self, *steps: Step) -> Prepared:
        """Return it with more to do before it."""
        return replace(self, before=(*self.before, *steps))


NOTHING = Prepared(Plan(""))
"""An empty statement."""


class Planner(Protocol):
    """Who makes statements ready."""

    async def prepare(self, statement: Statement, context: Running, types: bytes) -> Prepared:
        """Return a statement ready to be run; `types` are its parameters' as a Parse message has them."""

    async def refresh(self, context: Running, database: str) -> None:
        """Bring the views of external tables of a database up to date with the Data Catalog."""
