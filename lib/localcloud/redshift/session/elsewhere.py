"""A SHOW about another database of the cluster: that database's engine answers it, as the same user.

The statement is prepared and described here, where it has the same columns; only its rows come from there. The
connection ends with the statement, since an open one would keep anybody from dropping that database.
https://docs.aws.amazon.com/redshift/latest/dg/cross-database_usage.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from localcloud.redshift.errors import BackendError, SqlError
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Bound, Frame
from localcloud.redshift.protocol.parameters import NONE, types_used
from localcloud.redshift.session.prepared import Planner, Prepared, Running
from localcloud.redshift.settings import SYSTEM_DATABASES
from localcloud.redshift.sql import Plan
from localcloud.redshift.sql.lexer import parameters_of
from localcloud.redshift.sql.plan import Named

_NO_DATABASE = "3D000"


def without_zero_bytes(bound: Bound) -> Bound:
    """Return a Bind with nulls for values that hold a zero byte: these find nothing, and the engine refuses them."""
    return bound._replace(values=[None if value is not None and b"\0" in value else value for value in bound.values])


def routed(prepared: Prepared, here: str, planner: Planner, bound: Bound | None = None) -> Prepared:
    """Return a statement that asks the database it is of, and first the Data Catalog where the schema is external."""
    plan = prepared.plan
    database, schema = _name(plan.database, bound), _name(plan.schema, bound)
    if schema:
        prepared = prepared.after(Refresh(planner, database or here, schema))
    if database in ("", here, *SYSTEM_DATABASES):
        return prepared
    return replace(prepared, work=Listing(plan, database, bound))


def _name(named: Named, bound: Bound | None) -> str:
    if isinstance(named, str):
        return named
    values = bound.values if bound is not None else []
    return (values[named - 1] or b"").decode(errors="replace") if named <= len(values) else ""


@dataclass(frozen=True)
class Refresh:
    """Reads the Data Catalog again where a schema is external."""

    planner: Planner
    database: str
    schema: str

    async def run(self, context: Running) -> None:
        """Bring the views of external tables up to date. Raises SqlError."""
        if self.schema in context.engine.external_schemas.get(self.database, ()):
            await self.planner.refresh(context, self.database)


@dataclass(frozen=True)
class Listing:
    """A SHOW that another database answers."""

    plan: Plan
    database: str
    bound: Bound | None

    async def run(self, context: Running) -> str:
        """Send the client the rows of the other database; return the command tag. Raises SqlError."""
        await self._prepare_here(context)
        await self._ask(context)
        return self.plan.tag

    async def _prepare_here(self, context: Running) -> None:
        """Wait until all before the rows is answered. Raises as the engine does, of a transaction that failed too."""
        link = context.link
        if self.bound is not None:
            await link.settled(link.ask(frames.describe(b"P", self.bound.portal)))
            return
        await link.settled(
            link.ask(frames.parse("", self.plan.sql)),
            link.ask(frames.describe(b"S", ""), _only(b"T", context.client.deliver)),
        )

    async def _ask(self, context: Running) -> None:
        """Send the client the rows of the other database; none if there is no such database."""
        try:
            link, _ = await context.engine.connect(context.identity.user, self.database)
        except BackendError as error:
            if error.code == _NO_DATABASE:
                return
            raise SqlError(error.code, error.message) from None
        pumping = asyncio.create_task(link.pump())
        bound, sql = self.bound, self.plan.sql
        statement, portal = (bound.statement, bound.portal) if bound is not None else ("", "")
        types = types_used(parameters_of(sql), NONE, context.engine.types)
        try:
            await link.settled(
                link.ask(frames.parse(statement, sql, types)),
                link.ask(bound.frame() if bound is not None else frames.bind("", "")),
                link.ask(frames.execute(portal), _only(b"D", context.client.deliver)),
            )
        except BackendError as error:  # the client's own engine has to learn of it, so that its transaction fails
            raise SqlError(error.code, error.message) from None
        finally:
            await link.close()
            pumping.cancel()


def _only(kind: bytes, deliver: Callable[[Frame], None]) -> Callable[[Frame], None]:
    """Return a taker of an answer that passes on one kind of its messages."""

    def take(frame: Frame) -> None:
        if frame.kind == kind:
            deliver(frame)

    return take
