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

    async def _sql(self, one: tree.Sql, scope: Scope) -> None:
        answer = await self._values.run(one.text, scope)
        self._count = answer.count
        first = one.text.lstrip().split(None, 1)[0].upper()
        if first in ("SELECT", "WITH") and answer.types and not one.into:
            raise SqlError(
                "42601",
                "query has no destination for result data",
                hint="If you want to discard the results of a SELECT, use PERFORM instead.",
            )
        self.found(scope, bool(answer.count) if first in _FIND else None)
        if one.into:
            await self._values.take(one.into, answer, scope)
        await self._frame.transactions.statement_ended()

    async def _perform(self, one: tree.Perform, scope: Scope) -> None:
        answer = await self._values.run(one.text, scope)
        self._count = answer.count
        self.found(scope, bool(answer.count))
        await self._frame.transactions.statement_ended()

    async def _execute(self, one: tree.Execute, scope: Scope) -> None:
        text, _ = await self._values.value(one.command, scope)
        if text is None:
            raise SqlError("22004", "query string argument of EXECUTE is null")
        words = text.split(None, 1)
        verb = words[0].upper().rstrip(";") if words else ""
        if verb in ("COMMIT", "ROLLBACK", "END", "ABORT", "BEGIN", "START"):
            raise SqlError("0A000", f"{verb} cannot be run by EXECUTE")
        if verb == "CALL":
            await self._call(text, scope, self._frame)
            return
        answer = await self._values.run_text(text)
        self._count = answer.count
        if one.into:
            await self._values.take(one.into, answer, scope)
        await self._frame.transactions.statement_ended()

    async def _call_other(self, one: tree.Call, scope: Scope) -> None:
        await self._call(f"CALL {one.name}({', '.join(one.arguments)})", scope, self._frame)

    def found(self, scope: Scope, value: bool | None) -> None:
        """Set FOUND, where a statement sets it."""
        if value is not None:
            scope.variable("found").value = "t" if value else "f"

    async def _raise(self, one: tree.Raise, scope: Scope) -> None:
        if not one.level:
            if self._frame.caught is None:
                raise SqlError("0Z002", "RAISE without parameters cannot be used outside an exception handler")
            raise self._frame.caught
        text = messages.formatted(one.format, [await self._values.shown(each, scope) for each in one.arguments])
        if one.level == "EXCEPTION":
            raise SqlError("P0001", text)
        messages.send(self._frame.host, one.level, text)

    async def _open(self, one: tree.Open, scope: Scope) -> None:
        await self._cursors.open(one, scope)

    async def _fetch(self, one: tree.Fetch, scope: Scope) -> None:
        answer = await self._cursors.next(self._cursors.name(one.cursor, scope))
        self.found(scope, bool(answer.rows))
        await self._values.take(one.into, answer, scope)

    async def _close(self, one: tree.Close, scope: Scope) -> None:
        await self._cursors.close(self._cursors.name(one.cursor, scope))

    async def _diagnose(self, one: tree.Diagnose, scope: Scope) -> None:
        await self._values.assign(one.variable, (str(self._count), "bigint"), scope)

    async def _transact(self, one: tree.Transact, _scope: Scope) -> None:
        if one.verb == "START":
            await self._frame.transactions.start()
        else:
            await self._frame.transactions.end(one.verb)

    async def _assign(self, one: tree.Assign, scope: Scope) -> None:
        await self._values.assign(one.target, await self._values.value(one.value, scope), scope)
