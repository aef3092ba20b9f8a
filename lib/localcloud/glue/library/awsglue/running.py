"""What a script's run knows from its starter, and the bookmark that it gives back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Run:
    """The run of a job: its ID, what earlier runs read, and which of them ended without a commit."""

    def __init__(self, folder: Path) -> None:
        task = json.loads((folder / "task.json").read_text())
        self._folder = folder
        self.id: str = task["run"]
        self.lost: list[str] = task["lost"]
        self.bookmark: dict[str, Any] = task["bookmark"]

    @classmethod
    def current(cls) -> Run:
        """Return the run that this process is."""
        folder = os.environ.get("LAB_GLUE_RUN")
        if not folder:
            raise RuntimeError("This process is not a run of a Glue job. Try: start the job with StartJobRun.")
        return cls(Path(folder))

    def commit(self, bookmark: dict[str, Any]) -> None:
        """Store the bookmark in one step: when this returns, no kill loses it."""
        draft = self._folder / "bookmark.draft"
        with draft.open("w") as file:
            json.dump(bookmark, file, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / "bookmark.json")
