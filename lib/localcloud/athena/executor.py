"""Queries on their way: each in a thread of its own, a bounded number at a time, every change of state stored."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.athena import metadata_file, read_errors, source_checks
from localcloud.athena.engine import QueryEngine
from localcloud.athena.execution import Execution
from localcloud.athena.failure import SYSTEM, QueryCancelled, QueryFailed
from localcloud.athena.history import History
from localcloud.athena.job import CUTOFF, STOPPED, Job, Outcome, Prepared
from localcloud.athena.results import encrypt, encryption_of, put, write_rows
from localcloud.athena.statements import families

log = logging.getLogger(__name__)

AT_ONCE = 10
"""Queries that run at the same time; the others are QUEUED."""
ACTIVE_LIMIT = 200
"""The maximum number of running and queued queries; AWS has such a quota, too."""
HOLD_S = 0.1
"""A request for a running query waits at most this long for the query to end. Clients that poll then poll less often,
and each poll takes CPU time from the engine."""

_NOT_STORED = "The query ended, but its outcome could not be stored"
_REMEDY = "What it wrote is on S3. Try: free some space on the lab's disk, and look before you run it again"


class Executor:
    """Runs executions and keeps them in the history."""

    def __init__(self, engine: QueryEngine, clients: Mapping[str, Any], history: History) -> None:
        self.history = history
        self._engine, self._clients = engine, clients
        self._jobs: dict[str, Job] = {}
        self._not_stored: dict[str, Execution] = {}
        """Queries whose end the history could not take."""
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    @property
    def active(self) -> int:
        """How many queries run or wait."""
        return len(self._jobs)

    def start(self, execution: Execution, prepared: Prepared) -> None:
        """Queue a query; it runs when a slot is free."""
        job = Job(execution, self._engine, self._clients, prepared)
        job.prepare = lambda sql: source_checks.prepared(job, sql)
        self.history.save(execution)
        with self._lock:
            self._jobs[execution.id] = job
        threading.Thread(target=self._run, args=(job,), name=f"query-{execution.id}", daemon=True).start()

    def find(self, query_id: str) -> Execution | None:
        """Return a query as it stands now."""
        job = self._jobs.get(query_id)
        if job is None:
            return self._not_stored.get(query_id) or self.history.get(query_id)
        job.execution.statistics = job.statistics()
        return job.execution

    def find_after(self, query_id: str, limit_s: float) -> Execution | None:
        """Return a query when it has ended, or after that many seconds."""
        job = self._jobs.get(query_id)
        if job is not None:
            job.ended.wait(limit_s)
        return self.find(query_id)

    def stop(self, query_id: str) -> None:
        """End a query that has not ended."""
        job = self._jobs.get(query_id)
        if job is not None:
            job.stop()

    def _run(self, job: Job) -> None:
        try:
            with self._slots:
                self._answer(job)
        finally:
            with self._lock:
                self._jobs.pop(job.execution.id, None)
            job.ended.set()

    def _answer(self, job: Job) -> None:
        execution = job.execution
        execution.state, execution.started = "RUNNING", time.time()
        try:
            if job.stopped:
                raise QueryCancelled(STOPPED)
            self.history.save(execution)
            encryption_of(execution.configuration)
            _store(job, families.run(job))
            state, reason, error = "SUCCEEDED", "", None
        except QueryCancelled as cancelled:
            job.stop()
            state, reason, error = "CANCELLED", str(cancelled), None
        except QueryFailed as failed:
            state, reason, error = _ending(job, read_errors.located(job, failed))
        except (ClientError, BotoCoreError) as failed:
            state, reason, error = _ending(job, service_failure(failed))
        except RecursionError:
            state, reason, error = _ending(job, QueryFailed("SYNTAX_ERROR", "line 1:1: statement is nested too deeply"))
        except Exception:
            log.exception("Query %s failed inside the lab", execution.id)
            text = "The query failed inside the lab; its log has the trace (`./lab logs aws`)"
            state, reason, error = _ending(job, QueryFailed("GENERIC_INTERNAL_ERROR", text, SYSTEM))
        _clean(job)
        execution.statistics = job.statistics()
        execution.reason, execution.error, execution.completed = reason, error, time.time()
        execution.state = state
        self._keep(job)

    def _keep(self, job: Job) -> None:
        """Store how a query ended. If that fails, it is FAILED, as it will be after a restart."""
        execution = job.execution
        try:
            self.history.save(execution)
        except sqlite3.Error as error:
            log.exception("The end of query %s could not be stored", execution.id)
            failed = QueryFailed("GENERIC_INTERNAL_ERROR", f"{_NOT_STORED}: {error}. {_REMEDY}", SYSTEM)
            execution.state, execution.reason, execution.error = _ending(job, failed)
            self._not_stored[execution.id] = execution


def _ending(job: Job, failed: QueryFailed) -> tuple[str, str, dict[str, Any] | None]:
    if job.stopped:
        return "CANCELLED", STOPPED, None
    if failed.code == "EXCEEDED_SCAN_LIMIT":
        return "CANCELLED", CUTOFF, None
    return "FAILED", failed.reason, failed.athena_error()


def service_failure(error: Exception) -> QueryFailed:
    """Return what an error of S3 or Glue means for the query."""
    if not isinstance(error, ClientError):
        return QueryFailed("GENERIC_INTERNAL_ERROR", f"{error}. Try: ./lab status", SYSTEM)
    code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == "EntityNotFoundException":
        return QueryFailed("HIVE_DDL", f"FAILED: SemanticException {text}", prefix=False)
    return QueryFailed("HIVE_METASTORE_ERROR" if "Exception" in code else "HIVE_FILESYSTEM_ERROR", f"{code}: {text}")


def _store(job: Job, outcome: Outcome) -> None:
    execution = job.execution
    execution.form, execution.columns = outcome.form, outcome.columns
    has_id = execution.id in outcome.suffix
    execution.location = execution.output + (outcome.suffix if has_id else execution.id + outcome.suffix)
    if outcome.form != "none":
        write_rows(job.s3, execution, outcome.pages)
    if outcome.files is not None:
        execution.manifest = f"{execution.location}-manifest.csv"
        encrypt(job.s3, outcome.files, execution.configuration)
        listed = "".join(f"{url}\n" for url in outcome.files)
        put(job.s3, execution.manifest, listed.encode(), execution.configuration)
    engine_id = job.statements[-1].query_id if job.statements else execution.id
    encoded = metadata_file.encode(engine_id, execution.columns)
    put(job.s3, f"{execution.location}.metadata", encoded, execution.configuration)
    execution.update_count = outcome.update_count


def _clean(job: Job) -> None:
    for clean in job.cleanups:
        try:
            clean()
        except Exception:
            log.exception("Query %s left something behind", job.execution.id)
