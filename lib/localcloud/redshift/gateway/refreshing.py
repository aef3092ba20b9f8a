"""Automatic refresh: materialized views with AUTO REFRESH YES follow their tables or topics, in the background.

The engine notes each change of a table in the transaction that makes it. When that transaction has ended, the gateway
refreshes the views that have such notes. Views over topics are asked again and again. Each refresh has the rights of
the view's owner. A view that is being read is tried again later.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh.html
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from localcloud.redshift.engine import Engine
from localcloud.redshift.errors import BackendError, ConnectionEnded, SqlError
from localcloud.redshift.protocol import frames
from localcloud.redshift.refresh import View, refresh
from localcloud.redshift.session.history import History
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.turn import Turn

_log = logging.getLogger(__name__)
_IN_USE = "55P03"
_RETRY_S = 1.0
_PAUSE_S = 0.5
"""Between two looks at the topics. A refresh that found records is followed by the next one at once."""
_FAILED_S = 10.0
_TO_REFRESH = "SELECT view_id::text, shown, owner FROM redshift_lab.views_to_refresh($1)"


@dataclass(frozen=True)
class _Due:
    """A view that is to be refreshed."""

    id: str
    shown: str
    owner: str
    is_stream: bool


class Refresher:
    """Refreshes views: those over tables one at a time in each database, those over topics at the same time."""

    def __init__(self, engine: Engine, settings: GatewaySettings, history: History) -> None:
        self._engine, self._settings, self._history = engine, settings, history
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._followers: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._pending: set[str] = set()
        self._begun: set[str] = set()

    def begin(self, database: str) -> None:
        """Refresh what an earlier run of the gateway left, at its start or at the first login to a database."""
        if database not in self._begun:
            self._begun.add(database)
            self.wake(database)

    def wake(self, database: str) -> None:
        """Refresh, soon, the views of a database whose tables have changed."""
        self._pending.add(database)
        task = self._tasks.get(database)
        if task is None or task.done():
            self._tasks[database] = asyncio.create_task(self._run(database))

    async def _run(self, database: str) -> None:
        failed = set[str]()
        while database in self._pending:
            self._pending.discard(database)
            try:
                for view in await self._due(database, streams=True):
                    self._follow(database, view)
                while views := [view for view in await self._due(database) if view.id not in failed]:
                    await self._refresh(database, views[0], failed)
            except (SqlError, ConnectionEnded, OSError) as error:  # the database may have been dropped
                _log.info("materialized views of %s are not refreshed: %s", database, error)

    async def _due(self, database: str, *, streams: bool = False) -> list[_Due]:
        rows = await self._engine.run_apart(_TO_REFRESH, str(streams), database=database)
        texts = [[(value or b"").decode() for value in row] for row in rows]
        return [_Due(id, shown, owner, streams) for id, shown, owner in texts]

    async def _refresh(self, database: str, view: _Due, failed: set[str]) -> None:
        try:
            await self._refresh_once(database, view)
        except SqlError as error:
            if error.code == _IN_USE:
                await asyncio.sleep(_RETRY_S)
                return
            _log.warning("the materialized view %s of %s could not be refreshed: %s", view.shown, database, error)
            failed.add(view.id)

    def _follow(self, database: str, view: _Due) -> None:
        task = self._followers.get((database, view.id))
        if task is None or task.done():
            self._followers[database, view.id] = asyncio.create_task(self._follow_topic(database, view))

    async def _follow_topic(self, database: str, view: _Due) -> None:
        """Refresh a view over a topic until it is dropped, or its AUTO REFRESH is switched off."""
        pause = _PAUSE_S
        while view in await self._following(database):
            try:
                await self._refresh_once(database, view)
                pause = _PAUSE_S
            except (SqlError, ConnectionEnded, OSError) as error:
                _log.warning("the materialized view %s of %s could not be refreshed: %s", view.shown, database, error)
                pause = _FAILED_S
            await asyncio.sleep(pause)

    async def _following(self, database: str) -> list[_Due]:
        """Return the views over topics that are to be followed. Waits while the engine is away."""
        while True:
            try:
                return await self._due(database, streams=True)
            except BackendError as error:
                if error.code == "3D000":  # the database was dropped
                    return []
            except (ConnectionEnded, OSError):
                pass
            await asyncio.sleep(_RETRY_S)

    async def _refresh_once(self, database: str, view: _Due) -> None:
        """Refresh a view as its owner, in a transaction of its own. Raises SqlError."""
        link, greeting = await self._engine.connect(view.owner, database)
        pumping = asyncio.create_task(link.pump())
        try:
            await link.query("BEGIN")
            await link.query("SET LOCAL lock_timeout = '300ms'")
            numbers = _session(greeting), self._history.query(), self._history.transaction()
            turn = Turn(link, self._engine, self._settings, database, view.owner, *numbers)
            await refresh(turn, View(view.id, view.shown, view.is_stream, False), "Auto", _log.debug)
            await link.query("COMMIT")
        finally:
            await link.close()
            pumping.cancel()


def _session(greeting: list[frames.Frame]) -> int:
    """Return the number of the engine's process."""
    return next((int.from_bytes(frame.body[:4], "big") for frame in greeting if frame.kind == b"K"), 0)
