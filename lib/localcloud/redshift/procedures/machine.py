"""Runs the body of a procedure, one statement after another.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures import tree
from localcloud.redshift.procedures.cursors import Cursors
from localcloud.redshift.procedures.engine import reworded_error
from localcloud.redshift.procedures.frame import Frame
from localcloud.redshift.procedures.scope import Scope, Variable
from localcloud.redshift.procedures.steps import Nested, Steps
from localcloud.redshift.procedures.values import Values

_CANCELED = "57014"


class Left(Exception):
    """EXIT or CONTINUE on its way to the loop that it is of."""

    def __init__(self, label: str, *, goes_on: bool) -> None:
        super().__init__(label)
        self.label, self.goes_on = label, goes_on

    def is_of(self, label: str) -> bool:
        """Return whether a loop with a label is meant."""
        return not self.label or self.label == label


class Returned(Exception):
    """RETURN on its way to the end of the procedure."""


@dataclass
class Thrown(Exception):
    """An error that a handler has seen to: its transaction is over."""

    error: SqlError


class Machine:
    """Runs one procedure; nested calls have machines of their own, with the same transaction."""

    def __init__(self, frame: Frame, values: Values, cursors: Cursors, call: Nested) -> None:
        self._frame, self._values, self._cursors = frame, values, cursors
        self._steps = Steps(frame, values, cursors, call)
        self._handlers: list[tuple[tree.Block, Scope]] = []
        """The blocks with a CONTINUE_HANDLER around the statement that runs."""
        self._failed: SqlError | None = None
        """The error of a CONTINUE_HANDLER itself, which it does not see to."""
        self._run: dict[type[tree.Statement], Callable[[Any, Scope], Awaitable[None]]] = {
            **self._steps.run,
            tree.Block: self._block,
            tree.If: self._if,
            tree.Case: self._case,
            tree.Loop: self._loop,
            tree.Count: self._for_count,
            tree.Each: self._for_each,
            tree.Leave: self._leave,
            tree.Return: self._return,
            tree.Nothing: self._nothing,
        }

    async def run(self, block: tree.Block, scope: Scope) -> None:
        """Run the outermost block. Raises SqlError, or Thrown where a handler has seen to the error."""
        try:
            await self._block(block, scope)
        except Returned:
            pass
        except Left as left:
            raise SqlError("42601", f"there is no loop or block with the label {left.label}") from None

    async def _all(self, statements: tuple[tree.Statement, ...], scope: Scope) -> None:
        for statement in statements:
            if self._handlers and not isinstance(statement, tree.Block):
                await self._guarded(statement, scope)
            else:
                await self._run[type(statement)](statement, scope)

    async def _guarded(self, statement: tree.Statement, scope: Scope) -> None:
        """Run a statement within a CONTINUE_HANDLER: after an error the handler runs, and the next statement."""
        block, outside = self._handlers[-1]
        try:
            await self._run[type(statement)](statement, scope)
        except (SqlError, Thrown) as error:
            if _of(error) is self._failed:
                raise
            handlers, self._handlers = self._handlers, self._handlers[:-1]
            try:
                await self._handle(block, outside, _of(error))
            except SqlError as failure:
                self._failed = failure
                raise
            finally:
                self._handlers = handlers

    async def _block(self, block: tree.Block, outer: Scope) -> None:
        scope = Scope(outer, block.label)
        await self._values.declare(block.declarations, scope)
        try:
            if block.continues:
                self._handlers.append((block, scope))
            elif block.handler is not None:
                self._handlers, kept = [], self._handlers
            await self._all(block.body, scope)
        except Left as left:
            if left.goes_on or not left.label or left.label != block.label:
                raise
        except (SqlError, Thrown) as error:
            if block.handler is None or block.continues:
                raise
            await self._handle(block, scope, _of(error))
        finally:
            if block.continues:
                self._handlers.pop()
            elif block.handler is not None:
                self._handlers = kept

    async def _handle(self, block: tree.Block, scope: Scope, error: SqlError) -> None:
        """Run a handler in a transaction of its own; by default the error is thrown again after it."""
        if error.code == _CANCELED or block.handler is None:
            raise error
        await self._frame.transactions.recover(error)
        seen = reworded_error(error)
        inner = Scope(scope, names={})
        inner.names["sqlerrm"] = Variable("sqlerrm", "varchar", seen.message)
        inner.names["sqlstate"] = Variable("sqlstate", "varchar", seen.code)
        outside, self._frame.caught = self._frame.caught, seen
        try:
            await self._all(block.handler, inner)
        except Returned:
            if self._frame.transactions.nonatomic:
                raise
        finally:
            self._frame.caught = outside
        if not self._frame.transactions.nonatomic:
            await self._frame.transactions.handled_end()
            raise Thrown(seen)

    # control

    async def _if(self, statement: tree.If, scope: Scope) -> None:
        for condition, body in statement.branches:
            if await self._values.holds(condition, scope):
                await self._all(body, scope)
                return
        if statement.otherwise is not None:
            await self._all(statement.otherwise, scope)

    async def _case(self, statement: tree.Case, scope: Scope) -> None:
        for condition, body in statement.branches:
            test = f"({statement.searched}) IN ({condition}\n)" if statement.searched else condition
            if await self._values.holds(test, scope):
                await self._all(body, scope)
                return
        if statement.otherwise is None:
            raise SqlError("20000", "case not found", hint="CASE statement is missing ELSE part.")
        await self._all(statement.otherwise, scope)

    async def _loop(self, loop: tree.Loop, scope: Scope) -> None:
        while not loop.condition or await self._values.holds(loop.condition, scope):
            if not await self._once(loop.label, loop.body, scope):
                return

    async def _once(self, label: str, body: tuple[tree.Statement, ...], scope: Scope) -> bool:
        """Run a loop's body; return whether the loop continues."""
        try:
            await self._all(body, scope)
        except Left as left:
            if not left.is_of(label):
                raise
            return left.goes_on
        return True

    async def _for_count(self, loop: tree.Count, scope: Scope) -> None:
        first, last, step = [await self._values.integer(text, scope) for text in (loop.first, loop.last, loop.step)]
        if step <= 0:
            raise SqlError("22023", "BY value of FOR loop must be greater than zero")
        counter = Variable(loop.variable, "integer")
        inner = Scope(scope, loop.label, {loop.variable: counter})
        steps = range(first, last - 1, -step) if loop.reverse else range(first, last + 1, step)
        for number in steps:
            counter.value = str(number)
            if not await self._once(loop.label, loop.body, inner):
                break
        self._steps.set_found(scope, bool(steps))

    async def _for_each(self, loop: tree.Each, scope: Scope) -> None:
        name = await self._cursors.open_loop(loop, scope)
        any_row = False
        try:
            while (answer := await self._cursors.next(name)).rows:
                any_row = True
                await self._values.take(loop.targets, answer, scope)
                if not await self._once(loop.label, loop.body, scope):
                    break
        except (Left, Returned):
            await self._cursors.close(name)
            raise
        await self._cursors.close(name)
        self._steps.set_found(scope, any_row)

    async def _leave(self, statement: tree.Leave, scope: Scope) -> None:
        if not statement.condition or await self._values.holds(statement.condition, scope):
            raise Left(statement.label, goes_on=statement.goes_on)

    async def _return(self, _statement: tree.Return, _scope: Scope) -> None:
        raise Returned

    async def _nothing(self, _statement: tree.Nothing, _scope: Scope) -> None:
        pass


def _of(error: SqlError | Thrown) -> SqlError:
    return error.error if isinstance(error, Thrown) else error
