"""Which events the Kafka partitions have already delivered: exact, bounded in time, and the same on every worker.

A copy of an event arrives on the same partition as the first (same key), at most DUPLICATE_WINDOW_S later. So each task
of a batch writes one file of the ids that it accepted. The commit of the batch lists, for each partition (`TOPIC-N`),
the files that hold its window. Files of a failed attempt are in no commit, so they never count. After `_MOST_FILES`
files, a task writes a partition's whole window again, which keeps the list short. A worker keeps the files it has read.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartcity.errors import LakeError
from smartcity.events import DUPLICATE_WINDOW_S
from smartcity.lake.store import Store

DISORDER_S: Final = 300
"""Kafka timestamps within one partition may go back by this much, in seconds, and copies are still found."""

_KEEP_MS: Final = (DUPLICATE_WINDOW_S + DISORDER_S) * 1000
_MOST_FILES: Final = 16
_SCHEMA: Final = pa.schema([("source", pa.string()), ("event_id", pa.string()), ("timestamp_ms", pa.int64())])

Windows = dict[str, list[str]]
"""For each partition the names of the files that hold its window, oldest first."""

_READ: dict[tuple[Store, str], dict[str, pa.Table]] = {}


@dataclass
class Memory:
    """The accepted ids as one task sees them: `windows` as of the last commit, and what the task itself adds."""

    store: Store
    folder: str
    windows: Windows
    _name: str = field(default_factory=lambda: f"{uuid.uuid4().hex}.arrow", init=False)
    _new: list[pa.Table] = field(default_factory=list, init=False)
    _changed: Windows = field(default_factory=dict, init=False)

    def seen(self, source: str, ids: pa.Array) -> np.ndarray:
        """Return for each id whether that partition's window holds it (boolean array)."""
        window = self._window(source)
        if not len(window):
            return np.zeros(len(ids), dtype=bool)
        known: np.ndarray = pc.is_in(ids, value_set=window["event_id"]).to_numpy(zero_copy_only=False)
        return known

    def remember(self, source: str, ids: pa.Array, timestamps_ms: np.ndarray) -> None:
        """Add ids that were accepted on that partition, with their Kafka timestamps."""
        if not len(ids):
            return
        new = pa.table([pa.repeat(source, len(ids)), ids, pa.array(timestamps_ms, pa.int64())], schema=_SCHEMA)
        files = self.windows.get(source, [])
        if len(files) >= _MOST_FILES:
            whole = pa.concat_tables([self._window(source), new])
            newest = pc.max(whole["timestamp_ms"]).as_py()
            new, files = whole.filter(pc.field("timestamp_ms") >= newest - _KEEP_MS), []
        self._new.append(new)
        self._changed[source] = [*files, self._name]

    def save(self) -> Windows:
        """Store what was added; return the windows that changed by it."""
        if self._new:
            table = pa.concat_tables(self._new).combine_chunks()
            sink = pa.BufferOutputStream()
            with pa.ipc.new_file(sink, _SCHEMA, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
                writer.write_table(table)
            self.store.put(f"{self.folder}/{self._name}", sink.getvalue().to_pybytes())
            self._cache[self._name] = table
        return self._changed

    @property
    def _cache(self) -> dict[str, pa.Table]:
        return _READ.setdefault((self.store, self.folder), {})

    def _window(self, source: str) -> pa.Table:
        tables = [self._file(name).filter(pc.field("source") == source) for name in self.windows.get(source, ())]
        return pa.concat_tables(tables) if tables else _SCHEMA.empty_table()

    def _file(self, name: str) -> pa.Table:
        if name not in self._cache:
            try:
                self._cache[name] = pa.ipc.open_file(self.store.get(f"{self.folder}/{name}")).read_all()
            except self.store.client.exceptions.NoSuchKey:
                raise LakeError(
                    f"{self.folder}/{name} is gone from the lake, so duplicates can't be recognized. "
                    "Try: ./lab stream --fresh, which reads Kafka again into an empty lake"
                ) from None
        return self._cache[name]


def forget(store: Store, folder: str, windows: Windows) -> None:
    """Drop from this process what no window names any more."""
    named = {name for files in windows.values() for name in files}
    cached = _READ.get((store, folder), {})
    for name in set(cached) - named:
        del cached[name]


def unnamed(paths: Sequence[str], windows: Windows) -> list[str]:
    """Return those paths of ids files that no window names."""
    named = {name for files in windows.values() for name in files}
    return [path for path in paths if path.rpartition("/")[2] not in named]
