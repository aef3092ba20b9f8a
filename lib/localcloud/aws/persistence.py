"""The state of the AWS services on disk: intact after a kill, never older than the last answered call.

moto keeps its state in plain objects, which are stored in one file per service. The first line names the layout and the
moto version, because another version may have other classes.
"""

from __future__ import annotations

import copyreg
import io
import logging
import pickle
import re
import shutil
from collections import defaultdict
from pathlib import Path
from threading import Lock, RLock
from typing import Any

import moto

from localcloud.aws.apps import backends_of
from localcloud.aws.private_keys import teach_pickle
from localcloud.errors import StateDamaged
from localcloud.home import write_private

log = logging.getLogger(__name__)

lock = RLock()
"""Guards the state of all services: moto's backends are not thread-safe. Never hold it across a network call."""

copyreg.pickle(type(RLock()), lambda _: (RLock, ()))  # a queue of moto has one, which nobody holds while it is kept

MOVED = {
    ("localcloud.redshift.api.data", "DataBackend"): "localcloud.redshift.api.data_service",
    ("moto.kms.models", "KmsBackend"): "localcloud.aws.kms_state",
}
"""Classes that stored states know by the module in which an earlier version had them, and their module now."""

HEADER = f"localcloud state 1, moto {moto.__version__}\n".encode()
_VERSION = re.compile(rb"localcloud state \d+, moto [^\n]{1,40}\n")
"""The header of any version: a file without one holds no state."""

_SPARE_BYTES = 1_000_000
"""What stays free for the files of other services."""


class Store:
    """A folder with one file per service."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: dict[str, bytes] = {}
        self._writing: defaultdict[str, Lock] = defaultdict(Lock)

    def load(self) -> list[str]:
        """Put the stored state of every service back in its place; return the names of the services."""
        return [path.stem for path in sorted(self.folder.glob("*.state")) if self._load(path)]

    def save(self, service: str) -> None:
        """Write the state of a service if it changed; when this returns, a kill loses nothing of it."""
        with self._writing[service]:
            if service == "kms":
                teach_pickle()
            with lock:
                content = HEADER + pickle.dumps(_snapshot(service), protocol=5)
            if content != self._written.get(service):
                write_private(self.folder / f"{service}.state", content)
                self._written[service] = content

    def has_room(self, service: str) -> bool:
        """Return whether the disk can take the next state of a service in addition to the one that it replaces."""
        needed = 2 * len(self._written.get(service, b"")) + _SPARE_BYTES
        return shutil.disk_usage(self.folder).free >= needed

    def _load(self, path: Path) -> bool:
        content = _content(path)
        if not content.startswith(HEADER) and _VERSION.match(content):
            aside = path.with_suffix(".other-version")
            path.replace(aside)
            log.warning("State of %s was written by another version; it was moved to %s", path.stem, aside)
            return False
        backends = backends_of(path.stem)
        for account, regions in _unpickled(path, content).items():
            for region, backend in regions.items():
                backends[account][region] = backend
                resume = getattr(backend, "resume", None)
                if resume:
                    resume()
        self._written[path.stem] = content
        return True


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path, error.strerror or type(error).__name__) from error


def _unpickled(path: Path, content: bytes) -> dict[str, dict[str, Any]]:
    """Return the state in a file. Raises StateDamaged: an empty state must not take the place of a damaged one."""
    if not content.startswith(HEADER):
        raise _damaged(path, "no header")
    try:
        state = _Unpickler(io.BytesIO(content[len(HEADER) :])).load()
        return {str(account): dict(regions) for account, regions in state.items()}
    except Exception as error:  # a damaged pickle may raise anything
        raise _damaged(path, type(error).__name__) from error


def _damaged(path: Path, why: str) -> StateDamaged:
    return StateDamaged(
        f"The state of {path.stem} is damaged ({why}): {path}. "
        f"Try: restore that file from a copy, or rename it to start with an empty {path.stem}, then ./lab up"
    )


class _Unpickler(pickle.Unpickler):
    """Reads the lab's own state: the file has mode 600."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class, even if it has moved since the state was written."""
        return super().find_class(MOVED.get((module, name), module), name)


def _snapshot(service: str) -> dict[str, dict[str, Any]]:
    return {account: dict(regions.items()) for account, regions in list(backends_of(service).items())}


_store: Store | None = None


def use(store: Store | None) -> None:
    """Make this process keep its state in `store`, or only in memory if it is None."""
    global _store
    _store = store


def has_room(service: str) -> bool:
    """Return whether what a service is about to change could be stored: a call that is refused must change nothing."""
    return _store is None or _store.has_room(service)


def save(service: str) -> None:
    """Store what a service has changed. For work that ends outside a request, such as a crawl or a query.

    Raises:
        RuntimeError: the caller holds `lock`. Remedy: call it after the `with lock:` block.
    """
    if lock._is_owned():  # type: ignore[attr-defined]
        raise RuntimeError(
            "save() was called while holding the state lock: that can deadlock. Call it after the block."
        )
    if _store is not None:
        _store.save(service)
