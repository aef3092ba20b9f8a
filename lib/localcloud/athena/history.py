"""All query executions of the lab, in one SQLite file: a kill loses none that was answered for."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path
from threading import RLock

from localcloud.athena.execution import FINAL, Execution

KEPT_DAYS = 45
"""Days for which Athena keeps the history of queries."""
_TABLE = """
CREATE TABLE IF NOT EXISTS execution (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, workgroup TEXT NOT NULL, token TEXT NOT NULL,
    state TEXT NOT NULL, submitted REAL NOT NULL, query TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_workgroup ON execution (workgroup, number);
CREATE INDEX IF NOT EXISTS by_token ON execution (token) WHERE token <> '';
"""


class History:
    """The stored executions. Safe for threads."""

    def __init__(self, file: Path | None) -> None:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
        self._lock = RLock()
        self._db = sqlite3.connect(file or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + _TABLE)
        self._forget()
        self._end_interrupted()

    def save(self, execution: Execution) -> None:
        """Store an execution as it stands."""
        body = json.dumps(execution.stored())
        values = (execution.id, execution.workgroup, execution.token, execution.state, execution.submitted)
        with self._lock:
            self._db.execute(
                "INSERT INTO execution (id, workgroup, token, state, submitted, query, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body",
                (*values, execution.query, body),
            )

    def get(self, query_id: str) -> Execution | None:
        """Return the execution of that id."""
        return self._load("SELECT body FROM execution WHERE id = ?", query_id)

    def by_token(self, token: str) -> Execution | None:
        """Return the execution that a client started with that request token."""
        return self._load("SELECT body FROM execution WHERE token = ?", token) if token else None

    def reusable(self, wanted: Execution, max_age_s: float) -> Execution | None:
        """Return the newest execution that answered the same question within the age, if there is one."""
        with self._lock:
            rows = self._db.execute(
                "SELECT body FROM execution WHERE workgroup = ? AND state = 'SUCCEEDED' AND query = ? "
                "AND submitted > ? ORDER BY number DESC",
                (wanted.workgroup, wanted.query, time.time() - max_age_s - 3600),
            ).fetchall()
        for (body,) in rows:
            earlier = Execution.load(json.loads(body))
            facts = (earlier.database, earlier.catalog, earlier.parameters, earlier.reused, earlier.form)
            fresh = (earlier.completed or 0) > time.time() - max_age_s
            if fresh and facts == (wanted.database, wanted.catalog, wanted.parameters, False, "csv"):
                return earlier
        return None

    def page(self, workgroup: str, before: int | None, size: int) -> list[tuple[int, str]]:
        """Return number and id of a workgroup's executions, the newest first, older than number `before`."""
        with self._lock:
            rows = self._db.execute(
                "SELECT number, id FROM execution WHERE workgroup = ? AND number < ? ORDER BY number DESC LIMIT ?",
                (workgroup, before if before is not None else 1 << 62, size),
            )
            return list(rows)

    def drop_workgroup(self, workgroup: str) -> None:
        """Forget the executions of a workgroup."""
        with self._lock:
            self._db.execute("DELETE FROM execution WHERE workgroup = ?", (workgroup,))

    def _load(self, sql: str, value: str) -> Execution | None:
        with self._lock:
            row = self._db.execute(sql, (value,)).fetchone()
        return Execution.load(json.loads(row[0])) if row else None

    def _forget(self) -> None:
        self._db.execute("DELETE FROM execution WHERE submitted < ?", (time.time() - KEPT_DAYS * 86400,))

    def _end_interrupted(self) -> None:
        marks = ", ".join("?" for _ in FINAL)
        for (body,) in self._db.execute(f"SELECT body FROM execution WHERE state NOT IN ({marks})", FINAL).fetchall():  # noqa: S608
            execution = Execution.load(json.loads(body))
            execution.state, execution.completed = "FAILED", time.time()
            execution.reason = "GENERIC_INTERNAL_ERROR: The lab was stopped while the query ran. Try: run it again"
            self.save(execution)
