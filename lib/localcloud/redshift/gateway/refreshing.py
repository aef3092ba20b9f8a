"""Automatic refresh: materialized views with AUTO REFRESH YES follow their tables, in the background, as on AWS.

The engine notes each change in the transaction that makes it. When that transaction has ended, the gateway refreshes
the views that have such notes, with the rights of their owners. A view that is being read is tried again later.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh.html
"""

from __future__ import annotations

import asyncio
import logging

from localcloud.redshift.engine import Engine
from localcloud.redshift.errors import BackendError, ConnectionEnded

_log = logging.getLogger(__name__)
_IN_USE = "55P03"
_RETRY_S = 1.0


class Refresher:
    """Refreshes views, one at a time in each database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._pending: set[str] = set()
        self._begun: set[str] = set()

    def begin(self, database: str) -> None:
        """Refresh what an earlier run of the gateway left, at the first login to a database."""
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
                while view := await self._next(database, failed):
                    await self._refresh(database, view, failed)
            except (BackendError, ConnectionEnded, OSError) as error:  # the database may have been dropped
                _log.info("materialized views of %s are not refreshed: %s", database, error)

    async def _next(self, database: str, failed: set[str]) -> str:
        sql = "SELECT v::text FROM redshift_lab.views_to_refresh() v"
        views = [(row[0] or b"").decode() for row in await self._engine.run_apart(sql, database=database)]
        return next((view for view in views if view not in failed), "")

    async def _refresh(self, database: str, view: str, failed: set[str]) -> None:
        try:
            await self._engine.run_apart("SELECT redshift_lab.refresh_view($1)", view, database=database)
        except BackendError as error:
            if error.code == _IN_USE:
                await asyncio.sleep(_RETRY_S)
                return
            _log.warning("a materialized view of %s could not be refreshed: %s", database, error)
            failed.add(view)
