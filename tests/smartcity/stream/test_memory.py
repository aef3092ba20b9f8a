"""The memory of accepted events."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from smartcity.errors import LakeError
from smartcity.stream import memory
from smartcity.stream.memory import Memory, Windows, forget, unnamed


class NoSuchKey(Exception):
    """As S3 has it."""


class Folder:
    """A store of bytes that answers like the real one."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.gets = 0
        self.client: Any = self
        self.exceptions: Any = self
        self.NoSuchKey = NoSuchKey

    def put(self, path: str, body: bytes) -> None:
        self.objects[path] = body

    def get(self, path: str) -> bytes:
        self.gets += 1
        if path not in self.objects:
            raise NoSuchKey(path)
        return self.objects[path]


def batch(store: Any, windows: Windows, source: str, ids: list[str], at_ms: int = 0) -> Windows:
    """Accept ids in one batch; return the windows after it."""
    mind = Memory(store, "_state/q", windows)
    mind.remember(source, pa.array(ids), np.full(len(ids), at_ms))
    return {**windows, **mind.save()}


def seen(store: Any, windows: Windows, source: str, ids: list[str]) -> list[bool]:
    """Ask which ids are known."""
    return list(Memory(store, "_state/q", windows).seen(source, pa.array(ids)))


def test_ids_are_known_on_their_partition_only() -> None:
    """What one partition accepted is known there and nowhere else."""
    store = Folder()
    windows = batch(store, {}, "gps_data-0", ["a", "b"])
    assert seen(store, windows, "gps_data-0", ["b", "c"]) == [True, False]
    assert seen(store, windows, "gps_data-1", ["b", "c"]) == [False, False]


def test_another_worker_reads_what_it_has_not_seen() -> None:
    """A worker without the ids in its own memory fetches each file once."""
    store = Folder()
    windows = batch(store, {}, "gps_data-0", ["a"])
    memory._READ.clear()
    for _ in range(3):
        assert seen(store, windows, "gps_data-0", ["a"]) == [True]
    assert store.gets == 1


def test_what_a_failed_attempt_stored_was_never_there() -> None:
    """Ids whose file no commit names are not known, and their file is listed for deletion."""
    store = Folder()
    windows = batch(store, {}, "gps_data-0", ["a"])
    batch(store, windows, "gps_data-0", ["lost"])
    assert seen(store, windows, "gps_data-0", ["a", "lost"]) == [True, False]
    assert len(unnamed(list(store.objects), windows)) == 1


def test_the_window_is_bounded() -> None:
    """However many batches come, few files hold the window, and ids older than it are gone from them."""
    store, windows = Folder(), {}
    for minute in range(60):
        windows = batch(store, windows, "gps_data-0", [f"at-{minute}"], minute * 60_000)
    assert len(windows["gps_data-0"]) <= memory._MOST_FILES + 1
    assert seen(store, windows, "gps_data-0", ["at-59", "at-44", "at-0"]) == [True, True, False]


def test_a_lost_file_is_no_silent_duplicate() -> None:
    """A window whose file is gone raises an error that says what to do."""
    store = Folder()
    with pytest.raises(LakeError, match="--fresh"):
        seen(store, {"gps_data-0": ["gone.arrow"]}, "gps_data-0", ["a"])


def test_a_worker_forgets_what_no_window_names() -> None:
    """The files in a worker's memory are those of the windows."""
    store = Folder()
    batch(store, {}, "gps_data-0", ["a"])
    forget(store, "_state/q", {})  # type: ignore[arg-type]
    assert not memory._READ[(store, "_state/q")]  # type: ignore[index]
