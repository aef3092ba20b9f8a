"""Runs the statements of a procedure that hold no others.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures import messages, tree
from localcloud.redshift.procedures.cursors import Cursors
from localcloud.redshift.procedures.frame import Frame
from localcloud.redshift.procedures.scope import Scope
from localcloud.redshift.procedures.values import Values

_FIND = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE")
"""Statements that set FOUND."""
Nested = Callable[[str, Scope, Frame], Awaitable[None]]
"""Runs a CALL within a procedure."""


class Steps:
    """Runs one statement at a time."""

    def __init__(self, frame: Frame, values: Values, cursors: Cursors, call: Nested) -> None:
        self._frame, self._values, self._cursors, self._call = frame, values, cursors, call
        self._count = 0
        """What GET DIAGNOSTICS answers."""
        self.run: dict[type[tree.Statement], Callable[[Any, Scope], Awaitable[None]]] = {
            tree.Sql: self._sql,
            tree.Perform: self._perform,
            tree.Execute: self._execute,
            tree.Assign: self._assign,
            tree.Raise: self._raise,
            tree.Call: self._call_other,
            tree.Open: self._open,
            tree.Fetch: self._fetch,
            tree.Close: self._close,
            tree.Diagnose: self._diagnose,
            tree.Transact: self._transact,
        }
        """What runs each kind of statement, given the variables."""

    async def _sql(self, statement: tree.Sql, scope: Scope) -> None:
        answer = await self._values.run(statement.text, scope)
        self._count = answer.count
        first = statement.text.lstrip().split(None, 1)[0].upper()
        if first in ("SELECT", "WITH") and answer.types and not statement.into:
            raise SqlError(
                "42601",
                "query has no destination for result data",
                hint="If you want to discard the results of a SELECT, use PERFORM instead.",
            )
        self.set_found(scope, bool(answer.count) if first in _FIND else None)
        if statement.into:
            await self._values.take(statement.into, answer, scope)
        await self._frame.transactions.statement_ended()

    async def _perform(self, statement: tree.Perform, scope: Scope) -> None:
        answer = await self._values.run(statement.text, scope)
        self._count = answer.count
        self.set_found(scope, bool(answer.count))
        await self._frame.transactions.statement_ended()

    async def _execute(self, statement: tree.Execute, scope: Scope) -> None:
        text, _ = await self._values.value(statement.command, scope)
        if text is None:
            raise SqlError("22004", "query string argument of EXECUTE is null")
        parts = text.split(None, 1)
        verb = parts[0].upper().rstrip(";") if parts else ""
        if verb in ("COMMIT", "ROLLBACK", "END", "ABORT", "BEGIN", "START"):
            raise SqlError("0A000", f"{verb} cannot be run by EXECUTE")
        if verb == "CALL":
            await self._call(text, scope, self._frame)
            return
        answer = await self._values.run_text(text)
        self._count = answer.count
        if statement.into:
            await self._values.take(statement.into, answer, scope)
        await self._frame.transactions.statement_ended()

    async def _call_other(self, call: tree.Call, scope: Scope) -> None:
        await self._call(f"CALL {call.name}({', '.join(call.arguments)})", scope, self._frame)

    def set_found(self, scope: Scope, value: bool | None) -> None:
        """Set FOUND, where a statement sets it."""
        if value is not None:
            scope.variable("found").value = "t" if value else "f"

    async def _raise(self, statement: tree.Raise, scope: Scope) -> None:
        if not statement.level:
            if self._frame.caught is None:
                raise SqlError("0Z002", "RAISE without parameters cannot be used outside an exception handler")
            raise self._frame.caught
        text = messages.formatted(
            statement.format, [await self._values.shown(each, scope) for each in statement.arguments]
        )
        if statement.level == "EXCEPTION":
            raise SqlError("P0001", text)
        messages.send(self._frame.host, statement.level, text)

    async def _open(self, statement: tree.Open, scope: Scope) -> None:
        await self._cursors.open(statement, scope)

    async def _fetch(self, statement: tree.Fetch, scope: Scope) -> None:
        answer = await self._cursors.next(self._cursors.name(statement.cursor, scope))
        self.set_found(scope, bool(answer.rows))
        await self._values.take(statement.into, answer, scope)

    async def _close(self, statement: tree.Close, scope: Scope) -> None:
        await self._cursors.close(self._cursors.name(statement.cursor, scope))

    async def _diagnose(self, statement: tree.Diagnose, scope: Scope) -> None:
        await self._values.assign(statement.variable, (str(self._count), "bigint"), scope)

    async def _transact(self, statement: tree.Transact, _scope: Scope) -> None:
        if statement.verb == "START":
            await self._frame.transactions.start()
        else:
            await self._frame.transactions.end(statement.verb)

    async def _assign(self, statement: tree.Assign, scope: Scope) -> None:
        await self._values.assign(statement.target, await self._values.value(statement.value, scope), scope)
