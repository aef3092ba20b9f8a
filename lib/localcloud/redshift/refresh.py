"""REFRESH MATERIALIZED VIEW: a view over a topic takes its new records, another is computed again; and the log of both.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh.html
https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_MV_REFRESH_STATUS.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from localcloud.redshift.errors import SqlError
from localcloud.redshift.journal import now
from localcloud.redshift.protocol import frames
from localcloud.redshift.session.prepared import Prepared, Running
from localcloud.redshift.sql import Facts, Plan, Session
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.materialized import read_refresh
from localcloud.redshift.turn import Turn

_UPDATED = "Materialized view {} was incrementally updated successfully."
_UP_TO_DATE = "Materialized view {} is already up to date."
_BELOW = " However, it depends on another materialized view that is not up to date."
_NOTE = "SELECT redshift_lab.note_refresh($1, $2, $3, $4, $5, $6, $7)"


@dataclass(frozen=True)
class View:
    """A view that is refreshed: its number and name, and what the engine knows of it."""

    id: str
    shown: str
    is_stream: bool
    waits_for_another: bool


async def prepare(tokens: Tokens, _session: Session, _facts: Facts) -> Prepared | None:
    """Return a REFRESH ready to run. Raises SqlError."""
    return Prepared(Plan("", tag="REFRESH MATERIALIZED VIEW"), Refresh(*read_refresh(tokens)))


@dataclass(frozen=True)
class Refresh:
    """REFRESH MATERIALIZED VIEW, with CASCADE or without."""

    name: str
    below: bool

    async def run(self, context: Running) -> str:
        """Refresh the views in the client's transaction. Raises SqlError."""
        log = context.log
        turn = Turn(
            context.link, context.engine, context.settings, context.identity.database, context.identity.user, log.pid,
            log.last, log.transaction,
        )  # fmt: skip

        def tell(message: str) -> None:
            context.client.deliver(frames.error({"S": "INFO", "C": "00000", "M": message}, b"N"))

        for view in await views(turn, self.name, self.below):
            await refresh(turn, view, "Manual", tell)
        return "REFRESH MATERIALIZED VIEW"


async def views(turn: Turn, name: str, below: bool) -> list[View]:
    """Return the views to refresh, in their order. Raises SqlError if there is no such view, or it is another's."""
    rows = await turn.link.query("SELECT * FROM redshift_lab.refresh_order($1, $2)", name, str(below))
    texts = [[(value or b"").decode() for value in row] for row in rows]
    return [View(id, shown, stream == "t", waits == "t") for id, shown, stream, waits in texts]


async def refresh(turn: Turn, view: View, kind: str, tell: Callable[[str], None]) -> None:
    """Refresh one view in the turn's transaction, and log it. Raises SqlError."""
    began = now()
    try:
        status = await _refreshed(turn, view, tell)
    except SqlError as error:
        await asyncio.shield(_note_failure(turn, view, kind, error, began))
        raise
    if kind == "Manual" or not status.endswith(("no new data.", "already updated")):
        await turn.link.query(_NOTE, view.id, kind, status, began, *_numbers(turn))


async def _refreshed(turn: Turn, view: View, tell: Callable[[str], None]) -> str:
    if view.is_stream:
        from localcloud.redshift.streaming.ingest import ingest  # noqa: PLC0415  late: 10 MB of librdkafka

        status = await ingest(turn, view.id)
        tell((_UP_TO_DATE if status.endswith("no new data.") else _UPDATED).format(view.shown))
        return status
    stale = await turn.link.query("SELECT redshift_lab.view_is_stale($1)", view.id)  # the one below it may make it so
    if stale[0][0] == b"f":
        tell(_UP_TO_DATE.format(view.shown) + (_BELOW if view.waits_for_another else ""))
        return "MV was already updated"
    await _recompute(turn, view)
    return "Refresh successfully recomputed MV from scratch"


async def _recompute(turn: Turn, view: View) -> None:
    from localcloud.redshift.spectrum.tables import refill  # noqa: PLC0415  late: 50 MB and 1.4 s of Arrow

    await turn.link.query("SELECT redshift_lab.forget_changes($1)", view.id)
    await refill(turn.link, turn.settings, view.id)
    await turn.link.query(f"REFRESH MATERIALIZED VIEW {view.shown}")


async def _note_failure(turn: Turn, view: View, kind: str, error: SqlError, began: str) -> None:
    status = f"Refresh failed due to an internal error: {error.message}"
    values = (view.id, kind, status, began, *_numbers(turn))
    await turn.engine.run(_NOTE, *values, database=turn.database)


def _numbers(turn: Turn) -> tuple[str, str, str]:
    return str(turn.transaction), str(turn.session), turn.user
