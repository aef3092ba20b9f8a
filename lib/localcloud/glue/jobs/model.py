"""What Glue keeps of a job: its definition, its runs and its bookmarks. Pickled as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from moto.glue.exceptions import EntityNotFoundException, JobRunNotFoundException

from localcloud.glue.jobs.capacity import dpus

Json = dict[str, Any]

STARTING, RUNNING, STOPPING = "STARTING", "RUNNING", "STOPPING"
STOPPED, SUCCEEDED, FAILED, TIMEOUT = "STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT"
ACTIVE: Final = frozenset((STARTING, RUNNING, STOPPING))
MAX_RUNS: Final = 1000
"""Runs that the lab remembers of a job; AWS forgets them after 90 days."""
MAX_BOOKMARKS: Final = 100


def now() -> datetime:
    """Return the time as all of a job's times are kept."""
    return datetime.now(UTC)


@dataclass
class JobRun:
    """One run of a job. `pid` and `born` identify its process as long as it may run."""

    job: str
    arguments: dict[str, str]
    settings: Json
    """Members of the definition that hold for this run, such as Timeout and WorkerType."""
    command: Json
    id: str = field(default_factory=lambda: f"jr_{uuid4().hex}{uuid4().hex}")
    attempt: int = 0
    previous: str | None = None
    state: str = STARTING
    started: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)
    completed: datetime | None = None
    error: str | None = None
    pid: int | None = None
    born: str | None = None
    began: datetime | None = None
    """When the process started; the time before counts for nothing."""
    committed: bool = False

    def change(self, state: str, error: str | None = None) -> None:
        """Bring the run into another state, and note when."""
        self.state, self.updated, self.error = state, now(), error
        if state not in ACTIVE:
            self.completed, self.pid, self.born = self.updated, None, None

    @property
    def seconds(self) -> int:
        """The whole seconds that the process ran."""
        return round(((self.completed or now()) - self.began).total_seconds()) if self.began else 0

    @property
    def log_group(self) -> str:
        """The first part of the names of the log groups."""
        return "/aws-glue/python-jobs" if self.command.get("Name") == "pythonshell" else "/aws-glue/jobs"

    def as_dict(self) -> Json:
        """Return the run as GetJobRun does; members without a value are left out."""
        members = {
            "Id": self.id,
            "Attempt": self.attempt,
            "PreviousRunId": self.previous,
            "JobName": self.job,
            "JobMode": "SCRIPT",
            "StartedOn": self.started,
            "LastModifiedOn": self.updated,
            "CompletedOn": self.completed,
            "JobRunState": self.state,
            "Arguments": self.arguments or None,
            "ErrorMessage": self.error,
            "PredecessorRuns": [],
            "ExecutionTime": self.seconds,
            "DPUSeconds": self.seconds * dpus(self.settings) if self.completed else None,
            "LogGroupName": self.log_group,
            **self.settings,
        }
        return {key: value for key, value in members.items() if value is not None}


@dataclass
class Bookmark:
    """What a run had read when it committed."""

    run: str
    attempt: int
    number: int
    content: str
    """JSON: the state of each source by its transformation_ctx."""


@dataclass
class Job:
    """A job. Its runs are in the order of their start."""

    name: str
    definition: Json
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)
    runs: list[JobRun] = field(default_factory=list)
    bookmarks: list[Bookmark] = field(default_factory=list)
    version: int = 0
    """How often the bookmark changed."""

    def as_dict(self) -> Json:
        """Return the job as GetJob does."""
        return {
            "Name": self.name,
            "JobMode": "SCRIPT",
            "CreatedOn": self.created,
            "LastModifiedOn": self.updated,
            **self.definition,
        }

    def run(self, run_id: str) -> JobRun:
        """Return the run with this ID."""
        for run in self.runs:
            if run.id == run_id:
                return run
        raise JobRunNotFoundException(run_id)

    def add(self, run: JobRun) -> None:
        """Add a run, and forget the oldest that ended when there are too many."""
        self.runs.append(run)
        if len(self.runs) > MAX_RUNS:
            self.runs.remove(next(old for old in self.runs if old.state not in ACTIVE))

    def active(self) -> list[JobRun]:
        """Return the runs that have not ended."""
        return [run for run in self.runs if run.state in ACTIVE]

    def commit(self, run: JobRun, content: str) -> None:
        """Make what a run committed the bookmark of the job; once for each content."""
        run.committed = True
        if self.bookmarks and (self.bookmarks[-1].run, self.bookmarks[-1].content) == (run.id, content):
            return
        self.version += 1
        number = self.bookmarks[-1].number + 1 if self.bookmarks else 1
        self.bookmarks = [*self.bookmarks, Bookmark(run.id, run.attempt, number, content)][-MAX_BOOKMARKS:]

    def bookmark(self, run_id: str | None = None) -> Json:
        """Return the bookmark, or the one that a run left, as GetJobBookmark does."""
        matches = [number for number, entry in enumerate(self.bookmarks) if run_id in (None, entry.run)]
        if not matches:
            raise EntityNotFoundException(f"Continuation for job {self.name} not found.")
        entry = self.bookmarks[matches[-1]]
        return {
            "JobName": self.name,
            "Version": self.version,
            "Run": entry.number,
            "Attempt": entry.attempt,
            "PreviousRunId": self.bookmarks[matches[-1] - 1].run if matches[-1] else None,
            "RunId": entry.run,
            "JobBookmark": entry.content,
        }

    def rewind(self, run_id: str | None) -> Json:
        """Forget the bookmark, or what was read after a run; return the bookmark as it is then."""
        last = self.bookmark(run_id)
        self.version += 1
        if run_id is None:
            self.bookmarks = []
            return {**last, "Version": self.version, "JobBookmark": "{}"}
        while self.bookmarks[-1].run != run_id:
            self.bookmarks.pop()
        return self.bookmark()
