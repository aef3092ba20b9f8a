"""The folders of an upgrade, and the steps between them that a kill may interrupt at any point.

The old data folder is only read, until the new one is complete and on disk: then it is renamed, and the new one takes
its name. The file `ready` says that this point was reached.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil

from localcloud.errors import LocalCloudError
from localcloud.home import Home, write_private
from localcloud.process import wait_until
from localcloud.services.postgres import UPGRADE, Postgres

_MB = 1_000_000
_SPARE_MB = 200
"""What a new, empty warehouse takes, and a little more."""
_LEFT_BEHIND = ("postmaster.pid", "postmaster.opts", ".s.PGSQL*")


class Folders:
    """The data folder, the upgrade's own folder next to it, and where the old one is kept."""

    def __init__(self, home: Home) -> None:
        self.data = home.folder("data") / Postgres.name
        self.work = home.folder("data") / UPGRADE
        self.copy, self.new, self.ready = self.work / "copy", self.work / "new", self.work / "ready"
        self.before = home.folder("data") / f"{Postgres.name}.before-upgrade"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second upgrade of this lab from starting. Raises LocalCloudError."""
        descriptor = os.open(self.data.parent, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise LocalCloudError(
                "an upgrade of this lab is already running. Try: wait until it ends, then ./lab up"
            ) from None
        finally:
            os.close(descriptor)

    def finish(self) -> None:
        """Complete an upgrade that was interrupted after its new folder was ready; throw away any other rest."""
        if self.ready.exists() and self._still_valid():
            self._swap()
        if self.work.exists():
            shutil.rmtree(self.work)

    def begin(self) -> None:
        """Copy the old data folder, once nothing writes to it. Raises LocalCloudError if the disk has no room."""
        self._await_quiet()
        self._require_room()
        self.work.mkdir(mode=0o700)
        shutil.copytree(self.data, self.copy, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_BEHIND))
        self.new.mkdir(mode=0o700)
        for path in (self.copy, *self.copy.rglob("*")):
            _same_owner(path, self.data)

    def complete(self) -> None:
        """Put the new data folder, which is on disk, in the place of the old one."""
        write_private(self.ready, control(self.data))
        _flush(self.work)
        self._swap()
        shutil.rmtree(self.work)

    def _swap(self) -> None:
        if not (self.new / "PG_VERSION").exists():
            return  # it was done before
        if (self.data / "PG_VERSION").exists():
            if self.before.exists():
                shutil.rmtree(self.before)
            self.data.rename(self.before)
        self.new.rename(self.data)
        _flush(self.data.parent)

    def _still_valid(self) -> bool:
        """Return whether nobody used the old folder after the new one was made from it."""
        moved = not (self.data / "PG_VERSION").exists() or not self.new.exists()
        return moved or control(self.data) == self.ready.read_text()

    def _await_quiet(self) -> None:
        if not wait_until(lambda: not _users(self.data), 20):
            raise LocalCloudError(
                f"the warehouse is still used by the process {_users(self.data)[0]}. Try: ./lab down, then ./lab up"
            )

    def _require_room(self) -> None:
        needed, free = 2 * size_mb(self.data) + _SPARE_MB, shutil.disk_usage(self.data).free / _MB
        if free < needed:
            raise LocalCloudError(
                f"the upgrade of the warehouse needs {needed:.0f} MB on the disk, and {free:.0f} MB are free; nothing "
                "was changed. Try: make room, then ./lab up"
            )


def control(data: Path) -> str:
    """Return a digest of the file that PostgreSQL writes at each start and stop."""
    return hashlib.sha256((data / "global" / "pg_control").read_bytes()).hexdigest()


def size_mb(folder: Path) -> float:
    """Return how much the files of a folder hold."""
    return sum(path.lstat().st_size for path in folder.rglob("*")) / _MB


def _users(data: Path) -> list[int]:
    """Return the processes of PostgreSQL that work in a folder."""
    pids = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.name().startswith("postgres") and Path(process.cwd()) == data.resolve():
                pids.append(process.pid)
    return pids


def _same_owner(path: Path, like: Path) -> None:
    if os.getuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
