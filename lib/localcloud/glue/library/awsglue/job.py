"""The life of a job in its script: `init`, then the work, then `commit`, which stores the bookmark."""

from __future__ import annotations

from typing import Any, ClassVar

from .running import Run

ENABLED, PAUSED = "job-bookmark-enable", "job-bookmark-pause"


class Job:
    """A job as its script sees it."""

    active: ClassVar[Job | None] = None
    """The job whose `init` was called in this process."""

    def __init__(self, glue_context: Any) -> None:
        self._glue_context = glue_context
        self._option = ""
        self._read: dict[str, Any] = {}
        self.run: Run | None = None

    def init(self, job_name: str, args: dict[str, Any] | None = None) -> None:
        """Begin the job; `args` is what getResolvedOptions returned."""
        self.run = Run.current()
        self._option = (args or {}).get("job_bookmark_option") or ""
        self._read = {}
        Job.active = self

    def isInitialized(self) -> bool:
        return self.run is not None

    @property
    def reads_only_new(self) -> bool:
        """Whether sources skip what earlier runs read."""
        return self._option in (ENABLED, PAUSED)

    @property
    def keeps_books(self) -> bool:
        """Whether a commit stores a bookmark."""
        return self._option == ENABLED

    def seen(self, transformation_ctx: str) -> dict[str, Any]:
        """Return what earlier runs read from a source; nothing without a bookmark."""
        return self.run.bookmark.get(transformation_ctx, {}) if self.run and self.reads_only_new else {}

    def note(self, transformation_ctx: str, state: dict[str, Any]) -> None:
        """Note what a source has read, for the commit."""
        self._read[transformation_ctx] = state

    def commit(self) -> None:
        """Store the bookmark, if the job keeps one."""
        if self.run is None:
            raise RuntimeError("Job.commit was called before Job.init.")
        if self.keeps_books:
            self.run.bookmark = {**self.run.bookmark, **self._read}
            self.run.commit(self.run.bookmark)
