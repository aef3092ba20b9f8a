"""Runs jobs: a process for each run, and a thread that waits for it, copies its output and notes how it ended."""

from __future__ import annotations

import logging
import time
from threading import Thread
from typing import Final

from moto.glue.exceptions import ConcurrentRunsExceededException
from moto.glue.models import glue_backends

from localcloud.aws import persistence
from localcloud.aws.errors import ApiError
from localcloud.glue.job_log import RunLog
from localcloud.glue.jobs import process
from localcloud.glue.jobs.definition import COMMANDS
from localcloud.glue.jobs.model import (
    ACTIVE,
    FAILED,
    RUNNING,
    STOPPED,
    STOPPING,
    SUCCEEDED,
    TIMEOUT,
    Job,
    JobRun,
)
from localcloud.glue.jobs.process import JobProcess
from localcloud.glue.state import GlueBackend

log = logging.getLogger(__name__)

MINUTE_S: Final = 60
LOOK_S: Final = 0.25
"""Seconds between two looks at a process and its output."""
LOST: Final = "Internal service error: the lab was stopped while the job ran. Start the job again."
_NO_COMMAND: Final = "Could not find command for the given criteria"

_running: dict[str, JobProcess] = {}
"""Run id -> its process. Processes are never part of the stored state."""


def start(backend: GlueBackend, job: Job, run: JobRun) -> None:
    """Begin a run; it continues after this returns. The caller holds the state lock."""
    if len(job.active()) >= job.definition["ExecutionProperty"].get("MaxConcurrentRuns", 1):
        raise ConcurrentRunsExceededException(f"Job with name {job.name} already running")
    _begin(backend, job, run)


def stop(run: JobRun) -> None:
    """Ask a run to end; its process is killed."""
    if run.state not in ACTIVE:
        raise ApiError("JobRunInTerminalStateException", f"Job run {run.id} is in the state {run.state}.")
    run.change(STOPPING)
    if run.id in _running:
        _running[run.id].kill()


def stop_all() -> None:
    """End the processes of all runs, as when the server ends."""
    for each in list(_running.values()):
        each.kill()


def recover() -> None:
    """Bring the runs to an end that were going on when the process of this state died, and end their processes."""
    lost: list[JobRun] = []
    with persistence.lock:
        for _account, _region, backend in list(glue_backends.iter_backends()):
            for job in list(getattr(backend, "jobs", {}).values()):
                for run in job.active():
                    _bring_to_end(backend, job, run)  # type: ignore[arg-type]
                    lost.append(run)
    _keep(lost)


def _bring_to_end(backend: GlueBackend, job: Job, run: JobRun) -> None:
    """End a run that its server has left; it succeeded if its script had come to its end."""
    process.end_orphan(run)
    run_log = RunLog(backend, run)
    run_log.restart()
    came_to_end, error = process.result(run)
    succeeded = came_to_end and not error
    _settle(job, run, run_log, SUCCEEDED if succeeded else FAILED, None if succeeded else error or LOST)


def _begin(backend: GlueBackend, job: Job, run: JobRun) -> None:
    job.add(run)
    Thread(target=_work, args=(backend, job, run), name=f"job-{run.id[:12]}", daemon=True).start()


def _work(backend: GlueBackend, job: Job, run: JobRun) -> None:
    run_log = RunLog(backend, run)
    try:
        state, error = _watch(job, run, run_log)
    except Exception as failure:
        log.exception("run %s of job %s", run.id, job.name)
        state, error = FAILED, f"Internal service error: {type(failure).__name__}: {failure}"
    with persistence.lock:
        _settle(job, run, run_log, state, error)
    _keep([run])
    with persistence.lock:
        if state == FAILED and run.attempt < job.definition["MaxRetries"] and job is backend.jobs.get(job.name):
            _begin(backend, job, _again(run))


def _again(run: JobRun) -> JobRun:
    first = run.id.partition("_attempt_")[0]
    attempt = run.attempt + 1
    again = JobRun(run.job, run.arguments, run.settings, run.command, f"{first}_attempt_{attempt}")
    again.attempt, again.previous = attempt, run.id
    return again


def _watch(job: Job, run: JobRun, run_log: RunLog) -> tuple[str, str | None]:
    """Run the process to its end; return the state of the run and its error."""
    if run.command.get("Name") not in COMMANDS or not run.command.get("ScriptLocation"):
        return FAILED, f"JobName:{job.name} and JobRunId:{run.id} failed to execute with exception {_NO_COMMAND}"
    with persistence.lock:
        if run.state == STOPPING:
            return STOPPED, None
        started = JobProcess.start(job, run)
        _running[run.id] = started
        started.identify(run)
        run.change(RUNNING)
        run.began = run.updated
    try:
        persistence.save("glue")
        in_time = _wait(run, started, run_log)
    finally:
        started.kill()
        started.close()
        _running.pop(run.id, None)
    if run.state == STOPPING:
        return STOPPED, None
    return _outcome(run, started) if in_time else (TIMEOUT, None)


def _wait(run: JobRun, started: JobProcess, run_log: RunLog) -> bool:
    """Return whether the process ended before the run's timeout."""
    deadline = time.monotonic() + run.settings["Timeout"] * MINUTE_S
    while not started.ended(LOOK_S):
        if time.monotonic() > deadline:
            return False
        with persistence.lock:
            run_log.copy()
    return True


def _outcome(run: JobRun, ended: JobProcess) -> tuple[str, str | None]:
    code = ended.popen.returncode
    if code == 0:
        return SUCCEEDED, None
    return FAILED, process.result(run)[1] or f"Command failed with exit code {code if code >= 0 else 128 - code}"


def _settle(job: Job, run: JobRun, run_log: RunLog, state: str, error: str | None) -> None:
    """Note the end of a run and what it committed. The caller holds the state lock."""
    run_log.copy(last=True)
    if error and not process.result(run)[1]:
        run_log.add(error)
    content = process.committed(run)
    if content is not None:
        job.commit(run, content)
    run.change(state, error)


def _keep(runs: list[JobRun]) -> None:
    """Store how runs ended; their folders stay until that is on disk, so that the next start can do it."""
    if not runs:
        return
    try:
        persistence.save("logs")
        persistence.save("glue")
    except OSError:
        log.exception("state of job runs")
        return
    for run in runs:
        process.forget(run)
