"""A SHOW about another database of the cluster: that database's engine answers it, as the same user.

The statement is prepared and described here, where it has the same columns; only its rows come from there. The
connection ends with the statement, since an open one would keep anybody from dropping that database.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from localcloud.redshift import frames
from localcloud.redshift.errors import BackendError, SqlError
from localcloud.redshift.frames import Bound, Frame
from localcloud.redshift.link import Link
from localcloud.redshift.settings import SYSTEM_DATABASES
from localcloud.redshift.sql import Plan
from localcloud.redshift.sql.plan import Named
from localcloud.redshift.wire import types_used

_NO_DATABASE = "3D000"


def without_zero_bytes(bound: Bound) -> Bound:
    """Return a Bind with nulls for values that hold a zero byte: these find nothing, and the engine refuses them."""
    return bound._replace(values=[None if value is not None and b"\0" in value else value for value in bound.values])


def asked(plan: Plan, here: str, bound: Bound | None = None) -> Plan:
    """Return a plan that asks the database it is of, and first the Data Catalog where the schema is external."""
    database, schema = _name(plan.database, bound), _name(plan.schema, bound)

    async def before(session: Any) -> None:
        if schema in session.engine.external_schemas.get(database or here, ()):
            from localcloud.redshift.spectrum.schemas import refresh

            await refresh(session.engine, session.settings, database or here)

    if schema:
        plan = replace(plan, before=before)
    if database in ("", here, *SYSTEM_DATABASES):
        return plan

    async def work(session: Any) -> str:
        await _prepare_here(session, plan, bound)
        await _ask(session, plan, database, bound)
        return plan.tag

    return replace(plan, work=work)


def _name(named: Named, bound: Bound | None) -> str:
    if isinstance(named, str):
        return named
    values = bound.values if bound is not None else []
    return (values[named - 1] or b"").decode(errors="replace") if named <= len(values) else ""


async def _prepare_here(session: Any, plan: Plan, bound: Bound | None) -> None:
    """Wait until all before the rows is answered. Raises as the engine does, of a transaction that failed too."""
    link: Link = session.link
    if bound is None:
        await link.settled(
            link.ask(frames.parse("", plan.sql)),
            link.ask(frames.describe(b"S", ""), _only(b"T", session.client.deliver)),
        )
    else:
        await link.settled(link.ask(frames.describe(b"P", bound.portal)))


def _only(kind: bytes, deliver: Any) -> Any:
    """Return a taker of an answer that passes on one kind of its messages."""

    def take(frame: Frame) -> None:
        if frame.kind == kind:
            deliver(frame)

    return take


async def _ask(session: Any, plan: Plan, database: str, bound: Bound | None) -> None:
    """Send the client the rows of the other database; none where there is no such database."""
    try:
        link, _ = await session.engine.connect(session.identity.user, database)
    except BackendError as error:
        if error.code == _NO_DATABASE:
            return
        raise SqlError(error.code, error.message) from None
    pumping = asyncio.create_task(link.pump())
    statement, portal = (bound.statement, bound.portal) if bound is not None else ("", "")
    binding = bound.frame() if bound is not None else frames.bind("", "")
    try:
        await link.settled(
            link.ask(frames.parse(statement, plan.sql, types_used(plan.sql, b"\0\0"))),
            link.ask(binding),
            link.ask(frames.execute(portal), _only(b"D", session.client.deliver)),
        )
    except BackendError as error:  # to the client's own engine it is news, and its transaction fails of it
        raise SqlError(error.code, error.message) from None
    finally:
        await link.close()
        pumping.cancel()
