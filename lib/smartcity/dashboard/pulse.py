"""The page's pulse: a thread that counts ticks, one when there is an update, for browsers to wait on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from smartcity.dashboard.worker import Worker

NEWS_S: Final = 0.5
"""Updates are sent at most this often."""

_LOOK_S: Final = 0.05


class Pulse(Worker):
    """Raises `number` whenever what `state` returns has changed, at most every NEWS_S."""

    def __init__(self, state: Callable[[], object]) -> None:
        super().__init__("pulse")
        self.number = 0
        self._state, self._last = state, state()
        self._changed = threading.Condition()

    def turn(self) -> None:
        """Look once, then wait."""
        if (now := self._state()) == self._last:
            self._end.wait(_LOOK_S)
            return
        with self._changed:
            self._last, self.number = now, self.number + 1
            self._changed.notify_all()
        self._end.wait(NEWS_S)

    def after(self, number: int, limit_s: float) -> int:
        """Wait until the tick changes or the limit is over, and return it."""
        with self._changed:
            self._changed.wait_for(lambda: self.number != number, limit_s)
            return self.number
