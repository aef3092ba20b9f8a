"""What the stream has stored: a thread that reads each new commit of the lake once."""

from __future__ import annotations

from collections import Counter
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from smartcity.dashboard.worker import Worker
from smartcity.lake import Lake, commits

_EVERY_S: Final = 3.0


class LakeWatch(Worker):
    """Counts the stored rows by zone. `trouble` says why the lake can't be read, or is None."""

    def __init__(self, lake: Lake) -> None:
        super().__init__("lake")
        self.rows: Counter[str] = Counter()
        self.batches = 0
        self.trouble: str | None = None
        self._store, self._last = lake.store(), -1

    def turn(self) -> None:
        """Look once, then wait."""
        try:
            self._look()
            self.trouble = None
        except (BotoCoreError, ClientError) as error:
            self.trouble = type(error).__name__
        self._end.wait(_EVERY_S)

    def _look(self) -> None:
        # A pending batch ends the listing, and is looked at again.
        for batch, files in commits.complete(self._store, after=self._last):
            for file in files:
                self.rows[file.zone] += file.rows
            self.batches, self._last = self.batches + 1, batch
