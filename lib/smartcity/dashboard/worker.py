"""A thread that works until it is told to stop."""

from __future__ import annotations

import threading
from typing import Self


class Worker:
    """Calls `turn` again and again in a thread of its own; the process does not wait for it at its end."""

    def __init__(self, name: str) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def stop(self, limit_s: float = 10) -> None:
        """End after the present turn, within the limit."""
        self._end.set()
        self._thread.join(limit_s)

    def turn(self) -> None:
        """Do a bit of the work; it may wait for a second or so."""
        raise NotImplementedError

    def close(self) -> None:
        """Give back what the work needed."""

    def _run(self) -> None:
        while not self._end.is_set():
            self.turn()
        self.close()
