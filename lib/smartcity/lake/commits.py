"""Which batches are complete: `_commits/BATCH.json`, which the stream writes and everybody reads.

A commit is written twice: pending, with the uploads that are still to be shown (`pending`), then complete, with the
files that are there (`files`). `smartcity.stream.commit` is the one writer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from smartcity.lake.layout import COMMITS, batch_of, commit_path
from smartcity.lake.store import Store

Commit = dict[str, Any]


class Committed(NamedTuple):
    """A file of a complete batch: the batch, the topic ("" for all), the path below the lake, and its rows."""

    batch: int
    zone: str
    topic: str
    path: str
    rows: int


def write(store: Store, batch_id: int, commit: Commit) -> None:
    """Write down the commit of a batch, pending or complete."""
    store.put(commit_path(batch_id), json.dumps(commit).encode())


def last(store: Store) -> tuple[int, Commit] | None:
    """Return the newest batch that has a commit, and the commit, pending or complete; None in a new lake."""
    paths = list(store.paths(COMMITS))
    return (batch_of(paths[-1]), _read(store, paths[-1])) if paths else None


def last_complete(store: Store) -> int:
    """Return the number of the newest complete batch, or -1."""
    for path in reversed(list(store.paths(COMMITS))):
        if "files" in _read(store, path):
            return batch_of(path)
    return -1


def complete(store: Store, after: int = -1) -> Iterator[tuple[int, list[Committed]]]:
    """Yield the complete batches later than `after` in their order, each with its files; end at a pending one."""
    for path in store.paths(COMMITS, after=commit_path(after) if after >= 0 else ""):
        commit = _read(store, path)
        if "files" not in commit:
            return
        batch = batch_of(path)
        yield (
            batch,
            [Committed(batch, file["zone"], file["topic"], file["path"], file["rows"]) for file in commit["files"]],
        )


def _read(store: Store, path: str) -> Commit:
    commit: Commit = json.loads(store.get(path))
    return commit
