"""Query history: each statement of each session, in a journal that the engine's views on queries read.

A statement is written when its client hears of its end, and once before if it takes long.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from localcloud.redshift.journal import Journal, now
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Frame
from localcloud.redshift.sql.edits import apply, swap, text
from localcloud.redshift.sql.lexer import Token, Tokens, lex, scan

_LONG_S = 0.05
"""A statement that takes longer is written as running."""
_TEXT = 65_535
"""Characters that Redshift keeps of a statement."""
_CANCELED = "57014"
_SECRET = re.compile(
    r"\b(password|credentials|access_key_id|secret_access_key|session_token|token|master_symmetric_key)\b",
    re.IGNORECASE,
)
_SHOWS_ITSELF = re.compile(r"\b(stv_recents|sys_query_history)\b", re.IGNORECASE)
"""These views show the statement that asks them, too; stv_inflight does not."""
_TOKENS = 200
"""Tokens of a statement that decide its kind."""
_QUERIES = ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "UNLOAD")
_NO_DDL = ("DATABASE", "USER", "GROUP", "ROLE")


@dataclass
class Record:
    """One statement. Times are UTC; `ended` is empty while it runs."""

    query: int
    text: str
    user: str
    database: str
    pid: int
    transaction: int
    label: str
    type: str = ""
    """The kind of the statement as `sys_query_history` names it."""
    started: str = field(default_factory=now)
    ended: str = ""
    status: str = "running"
    error: str = ""
    rows: int | None = None


class History:
    """The statements of all sessions."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._query = self._transaction = max((entry.get("query", 0) for entry in journal.entries()), default=0)

    def query(self) -> int:
        """Return the number of a new statement."""
        self._query += 1
        return self._query

    def transaction(self) -> int:
        """Return the number of a new transaction."""
        self._transaction += 1
        return self._transaction

    def write(self, record: Record) -> None:
        """Add a statement as it stands; of its lines the last holds."""
        self._journal.write({**vars(record), "text": without_secrets(record.text)[:_TEXT]})


class SessionLog:
    """The statements of one session that run, in the order in which their answers come."""

    def __init__(self, history: History, user: str, database: str, pid: int) -> None:
        self._history, self._user, self._database, self._pid = history, user, database, pid
        self._running: deque[tuple[int, Record | None]] = deque()
        self._sent = self._answered = 0
        """Syncs that were sent, and that were answered."""
        self._transaction, self._group, self._label = 0, -1, "default"
        self._suspended: Record | None = None
        self.at_start = False
        """A procedure has ended a transaction, and run nothing since."""
        self.last = 0
        """The number of the statement that was begun last."""

    @property
    def pid(self) -> int:
        """Return the process of the session."""
        return self._pid

    @property
    def transaction(self) -> int:
        """Return the number of the current transaction."""
        return self._transaction

    def synced(self) -> None:
        """Note that a Sync was sent."""
        self._sent += 1

    def begin(self, text: str, kind: str, label: str, *, in_transaction: bool) -> None:
        """Note a statement that is sent to be run; an empty one is answered, too, but not kept."""
        if not text or (self._suspended is not None and self._suspended.text is text):
            self._running.append((self._sent, None))  # nothing, or more rows of the same
            return
        if not in_transaction and self._group != self._sent:
            self._transaction, self._group = self._history.transaction(), self._sent
        self.at_start = False
        self.last, self._label = self._history.query(), label
        record = self._record(text, kind)
        self._running.append((self._sent, record))
        if _SHOWS_ITSELF.search(text):
            self._history.write(record)
        else:
            self._look_later(record)

    def inner(self, text: str) -> Record:
        """Note a statement that a procedure runs."""
        self.at_start = False
        self.last = self._history.query()
        return self._record(text, kind_of(list(islice(scan(text), _TOKENS))))

    def _record(self, text: str, kind: str) -> Record:
        return Record(self.last, text, self._user, self._database, self._pid, self._transaction, self._label, kind)

    def inner_ended(self, record: Record, error: str = "") -> None:
        """Note the end of a procedure's statement, and how it failed if it did."""
        record.error = error
        self._end(record, "failed" if error else "success")

    def ended_transaction(self, verb: str) -> None:
        """Note that a procedure has ended a transaction: what comes next is in another."""
        self._end(self.inner(verb), "success")
        self.next_transaction()
        self.at_start = True

    def next_transaction(self) -> None:
        """Note that a procedure has begun another transaction."""
        self._transaction = self._history.transaction()

    def _look_later(self, record: Record) -> None:
        asyncio.get_running_loop().call_later(_LONG_S, self._look, record)

    def _look(self, record: Record) -> None:
        if record.ended:
            return
        if self._running[0][1] is record:
            self._history.write(record)
        else:
            self._look_later(record)  # it waits for the statements before it

    def answered(self, frame: Frame) -> None:
        """Take note of a message to the client: the end of a statement or of what a Sync closes, or an error."""
        if frame.kind == b"Z":
            self._answered += 1
        elif frame.kind in (b"C", b"I", b"s") and self._running:
            _, record = self._running.popleft()
            self._suspended = (record or self._suspended) if frame.kind == b"s" else None
            if record is not None:
                tag = frames.read_text(frame.body)[0].split() if frame.kind == b"C" else []
                record.rows = int(tag[1]) if tag[:1] == ["SELECT"] and len(tag) > 1 else None
                self._end(record, "success")
        elif frame.kind == b"E":
            self._fail(frames.error_fields(frame.body))

    def _fail(self, error: dict[str, str]) -> None:
        """End the statement that failed. Those behind it up to the Sync are not run, and so not kept."""
        failed = [record for group, record in self._running if group <= self._answered]
        self._running = deque(entry for entry in self._running if entry[0] > self._answered)
        for number, record in enumerate(failed):
            if record is None:
                continue
            if number == 0:
                record.error = error.get("M", "")
                self._end(record, "canceled" if error.get("C") == _CANCELED else "failed")
            else:
                record.ended = now()

    def _end(self, record: Record, status: str) -> None:
        record.status, record.ended = status, now()
        self._history.write(record)

    def close(self) -> None:
        """End what still runs: the client or the engine has gone."""
        for _, record in self._running:
            if record is not None:
                self._end(record, "canceled")
        self._running.clear()


def kind_of(tokens: Tokens) -> str:
    """Return the kind of a statement as `sys_query_history` names it, by its first words."""
    keywords, outer, depth = list[str](), list[str](), 0
    for token in tokens[:_TOKENS]:
        depth += (token.text == "(") - (token.text == ")")
        keywords += [token.upper] if token.text != "(" else []
        outer += [token.upper] if depth == 0 else []
    verb = keywords[0] if keywords else ""
    if verb == "WITH":
        verb = next((word for word in outer if word in _QUERIES), "SELECT")
    if verb in ("CREATE", "ALTER", "DROP"):
        if any(word in _NO_DDL for word in keywords[1:3]):
            return "UTILITY"
        return "CTAS" if verb == "CREATE" and "TABLE" in keywords[1:4] and "SELECT" in keywords else "DDL"
    if verb == "SELECT" and "INTO" in outer:
        return "CTAS"
    return verb if verb in _QUERIES else "UTILITY"


def without_secrets(sql: str) -> str:
    """Return a statement without its passwords and keys."""
    if not _SECRET.search(sql):
        return sql
    tokens = lex(sql)
    secret = [at for at, token in enumerate(tokens) if token.kind == "string" and _follows_secret(tokens[:at])]
    shown = apply(tokens, [swap(tokens[at], "''") for at in secret])
    return text(shown) + sql[len(text(tokens)) :]


def _follows_secret(before: Sequence[Token]) -> bool:
    last = [token.text.upper() for token in before[-2:]]
    if last[-1:] in (["AS"], ["="]):
        last.pop()
    return bool(last) and bool(_SECRET.fullmatch(last[-1]))
