"""Lines of JSON that the engine's system views read, in a file of the engine's folder.

When the file is full it is kept next to a new one, so that it does not grow without end.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)
_SIZE = 1_000_000
"""Bytes of a file that is full: a few thousand lines."""


def now() -> str:
    """Return the moment as a journal has it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat()


class Journal:
    """A file of lines, the newest at its end."""

    def __init__(self, file: Path, size: int = _SIZE) -> None:
        self._file, self._full, self._size = file, file.with_suffix(f".1{file.suffix}"), size
        self._open: int | None = None

    def write(self, entry: dict[str, Any]) -> None:
        """Add a line. If the disk is full, only the line is lost, not what it records."""
        line = json.dumps(entry) + "\n"
        try:
            if self._open is not None and os.fstat(self._open).st_size > self._size:
                os.close(self._open)
                self._open = None
                self._file.replace(self._full)
            if self._open is None:
                self._open = _private(self._file)
            os.write(self._open, line.encode())
        except OSError as error:
            _log.warning("%s lost a line: %s", self._file.name, error)

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield what the file and the full one before it hold, except for lines that a kill has cut off."""
        for file in (self._full, self._file):
            for line in file.read_text().splitlines() if file.exists() else ():
                try:
                    yield dict(json.loads(line))
                except ValueError:
                    continue


def _private(file: Path) -> int:
    """Open a file that only the engine can read, which runs as another user where the lab's is root."""
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    if os.getuid() == 0:
        os.fchown(opened, file.parent.stat().st_uid, -1)
    if os.fstat(opened).st_size:
        os.write(opened, b"\n")  # after a line that a kill has cut off
    return opened
