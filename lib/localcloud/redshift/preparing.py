"""A statement of a session on its way to its plan: what the translation needs to know is asked of the engine.

What is known so far is passed in, and the translation starts again with it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from localcloud.redshift import frames
from localcloud.redshift.errors import not_supported
from localcloud.redshift.frames import Frame
from localcloud.redshift.link import Link
from localcloud.redshift.planning import translated
from localcloud.redshift.sql import Plan
from localcloud.redshift.sql.plan import NeedsColumns, NeedsRows, NeedsTables
from localcloud.redshift.wire import types_used

if TYPE_CHECKING:
    from localcloud.redshift.session import Session

_CATALOG_OF_FILES = re.compile(r"\bsvv_external_(tables|columns|partitions)\b", re.IGNORECASE)


async def prepare(session: Session, statement: str, types: bytes) -> Plan:
    """Return the plan of a statement; `types` are its parameters' as a Parse message has them. Raises SqlError."""
    known: dict[str, Any] = {}
    copies: list[Any] = []
    if _CATALOG_OF_FILES.search(statement) and session.sql.external_schemas:
        from localcloud.redshift.spectrum.schemas import refresh

        await refresh(session.engine, session.settings, session.identity.database)
    while True:
        try:
            plan = replace(translated(statement, session.sql, known), source=statement.strip())
            return replace(plan, before=_filling(copies, plan.before)) if copies else plan
        except NeedsColumns as need:
            if need.query in known:
                raise not_supported(f"the columns of {need.query}") from None
            known[need.query] = await columns(session.link, need.query, types)
        except NeedsRows as need:
            known[need.key] = await _texts(session.link, need)
        except NeedsTables as need:
            from localcloud.redshift.spectrum.tables import make

            known[need.key], made = await make(session, need)
            copies += made


async def _texts(link: Link, need: NeedsRows) -> list[list[str]]:
    fresh = link.status == b"I" and not link.in_use
    rows = await link.query(need.query, *need.values)
    if fresh:  # a transaction left open would keep a procedure from ending its own
        await link.settled(link.ask(frames.SYNC))
    return [[(value or b"").decode() for value in row] for row in rows]


async def columns(link: Link, query: str, types: bytes) -> list[frames.Column]:
    """Return the columns that a query in the engine's SQL would give, without running it."""
    found: list[frames.Column] = []

    def take(frame: Frame) -> None:
        if frame.kind == b"T":
            found.extend(frames.columns(frame.body))

    parsed = link.ask(frames.parse("", query, types_used(query, types)))
    described = link.ask(frames.describe(b"S", ""), take)
    await link.settled(parsed, described)
    return found


def _filling(copies: list[Any], first: Callable[[Any], Awaitable[None]] | None) -> Callable[[Any], Awaitable[None]]:
    """Return what fills the copies of external tables, after what else comes before the statement."""

    async def before(session: Any) -> None:
        from localcloud.redshift.spectrum.tables import fill

        if first is not None:
            await first(session)
        await fill(session, copies)

    return before
