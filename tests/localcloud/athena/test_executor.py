"""The executor answers who asks for a query, while it runs and when it has ended."""

from __future__ import annotations

import sqlite3
import threading
from unittest.mock import MagicMock

import pytest

from localcloud.athena.execution import Execution
from localcloud.athena.executor import Executor
from localcloud.athena.history import History
from localcloud.athena.job import Job, Outcome
from localcloud.athena.statements import families

LIMIT_S = 30


def test_question_is_held_until_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request about a running query is answered when its time limit is over, or as soon as the query ends."""
    begun, go = threading.Event(), threading.Event()

    def run(_job: Job) -> Outcome:
        begun.set()
        assert go.wait(LIMIT_S)
        return Outcome()

    monkeypatch.setattr(families, "run", run)
    executor = Executor(MagicMock(), {"s3": MagicMock(), "glue": MagicMock()}, History(None))
    execution = Execution("SELECT 1", "primary", "s3://results/")
    executor.start(execution, MagicMock())
    assert begun.wait(LIMIT_S)

    found = executor.find_after(execution.id, 0.01)
    assert found is not None
    assert found.state == "RUNNING"

    states: list[str] = []
    asker = threading.Thread(target=lambda: states.append(_state(executor, execution.id)))
    asker.start()
    go.set()
    asker.join(LIMIT_S)
    assert states == ["SUCCEEDED"]


def test_question_for_unknown_query_is_not_held() -> None:
    """A query that nobody started is not found, whatever the limit."""
    executor = Executor(MagicMock(), {"s3": MagicMock(), "glue": MagicMock()}, History(None))

    assert executor.find_after("nobody", LIMIT_S) is None


def test_a_query_whose_end_cannot_be_stored_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the history can't take the end of a query, it is FAILED at once, and not RUNNING until a restart."""
    history = History(None)
    save = history.save

    def full(execution: Execution) -> None:
        if execution.completed:
            raise sqlite3.OperationalError("database or disk is full")
        save(execution)

    monkeypatch.setattr(families, "run", lambda _job: Outcome())
    monkeypatch.setattr(history, "save", full)
    executor = Executor(MagicMock(), {"s3": MagicMock(), "glue": MagicMock()}, history)
    execution = Execution("INSERT INTO t VALUES (1)", "primary", "s3://results/")
    executor.start(execution, MagicMock())

    ended = executor.find_after(execution.id, LIMIT_S)
    assert ended is not None
    assert ended.state == "FAILED"
    assert "could not be stored: database or disk is full" in ended.reason


def _state(executor: Executor, query_id: str) -> str:
    found = executor.find_after(query_id, LIMIT_S)
    return found.state if found else "unknown"
