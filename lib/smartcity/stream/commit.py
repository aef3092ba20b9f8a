"""The driver's part of a batch: complete all its files, and record them in a commit.

`_commits/BATCH.json` is written twice: pending, with the uploads to complete, then done. A driver that dies in between
leaves a pending commit, which the next one finishes instead of running the batch again. One that dies earlier leaves
invisible uploads; they are dropped, and the batch runs again. In between, dead letters go to their topic.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import DataFrame

from smartcity.errors import LakeError
from smartcity.events import Verdict
from smartcity.lake import commits
from smartcity.lake.store import Store
from smartcity.stream.config import StreamConfig
from smartcity.stream.dead_letters import DeadLetterTopic
from smartcity.stream.memory import Windows, unnamed
from smartcity.stream.sink import Plan
from smartcity.transforms.places import Places

_CLEAN_EVERY = 50

log = logging.getLogger(__name__)


@dataclass
class Committer:
    """Runs and commits batches; called by `foreachBatch`. `counts` are the rows written so far by zone."""

    config: StreamConfig
    counts: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    _windows: Windows | None = field(default=None, init=False)
    _last: int = field(default=-1, init=False)

    def __post_init__(self) -> None:
        self._store = Store.of(self.config.bucket, self.config.prefix, self.config.endpoint)
        topic = self.config.dead_letter_topic
        self._dead_letters = DeadLetterTopic(self.config.bootstrap, topic) if topic else None
        self._places = Places(self.config.roads) if self.config.roads is not None else None

    def __call__(self, batch: DataFrame, batch_id: int) -> None:
        """Write the zones of one batch; do nothing if it was already committed."""
        query_id = str(batch.sparkSession.sparkContext.getLocalProperty("sql.streaming.queryId"))
        if self._windows is None:
            self._windows = self._resume(query_id)
        if batch_id <= self._last:
            return
        plan = Plan(
            self._store, query_id, batch_id, datetime.now(UTC), self._windows, self._places, self.config.schemas
        )
        tasks = batch.coalesce(self.config.tasks).mapInArrow(plan.run, "done string")
        done = [json.loads(row.done) for row in tasks.collect()]
        for task in done:
            self._windows |= task["windows"]
        uploads = [upload for task in done for upload in task["uploads"]]
        commit = {"query_id": query_id, "windows": self._windows, "pending": uploads}
        commits.write(self._store, batch_id, commit)
        self._finish(batch_id, commit)
        if self.batches % _CLEAN_EVERY == 0:
            self._clean(f"_state/{query_id}/", self._windows)

    def _resume(self, query_id: str) -> Windows:
        """Continue where the lake's last commit ended; return its windows."""
        newest = commits.last(self._store)
        windows: Windows = {}
        if newest:
            self._last, commit = newest
            if commit["query_id"] != query_id:
                raise LakeError(
                    f"The lake {self.config.lake_uri} was written by another checkpoint, not {self.config.checkpoint}; "
                    "together they would store events twice. Try: ./lab stream --fresh, or that checkpoint"
                )
            windows = commit["windows"]
            if "pending" in commit:
                self._finish(self._last, commit)
        self._store.abort_uploads()
        return windows

    def _clean(self, folder: str, windows: Windows) -> None:
        """Delete the files of ids that no window lists any more. A leftover file is harmless."""
        try:
            self._store.delete(unnamed(list(self._store.paths(folder)), windows))
        except LakeError as error:
            log.warning("%s was not cleaned: %s", folder, error)

    def _finish(self, batch_id: int, commit: dict[str, Any]) -> None:
        uploads = commit.pop("pending")
        self._store.complete(uploads)
        if self._dead_letters:
            for upload in uploads:
                if upload["zone"] == Verdict.DEAD_LETTER:
                    self._dead_letters.send(self._store, upload["path"])
        files = [{name: upload[name] for name in ("zone", "topic", "path", "rows", "bytes")} for upload in uploads]
        commits.write(self._store, batch_id, {**commit, "files": files})
        for upload in uploads:
            self.counts[upload["zone"]] += upload["rows"]
        self.batches, self._last = self.batches + 1, batch_id
