"""Cursors of a procedure, of which one may be open at a time.

https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-constraints.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures import tree
from localcloud.redshift.procedures.binding import Bound, bind
from localcloud.redshift.procedures.engine import Answer
from localcloud.redshift.procedures.frame import Frame
from localcloud.redshift.procedures.scope import Scope, Variable
from localcloud.redshift.procedures.values import Values
from localcloud.redshift.sql.names import identifier


class Cursors:
    """Opens, reads and closes cursors in the transaction of the call."""

    def __init__(self, frame: Frame, values: Values) -> None:
        self._frame, self._values = frame, values

    def name(self, variable: str, scope: Scope) -> str:
        """Return the name of the cursor that a variable holds. Raises SqlError at null."""
        value = scope.variable(variable).value
        if value is None:
            raise SqlError("22004", f'cursor variable "{variable}" is null')
        return value

    async def open(self, statement: tree.Open, scope: Scope) -> None:
        """Open the cursor of a variable. Raises SqlError."""
        variable = scope.variable(statement.cursor)
        query, inside = statement.query, scope
        if variable.query:
            if statement.query:
                raise SqlError("42601", f'cursor "{variable.name}" is bound to its query')
            query, inside = variable.query, await self._parameters(variable, statement.arguments, scope)
        elif not statement.query:
            raise SqlError("42601", f'cursor "{variable.name}" has no query')
        if variable.value is None:
            variable.value = f"<unnamed portal {len(self._frame.transactions.cursors) + self._frame.depth}>"
        await self._declare(variable.value, query, inside, dynamic=statement.dynamic)

    async def _parameters(self, variable: Variable, arguments: tuple[str, ...], scope: Scope) -> Scope:
        if len(arguments) != len(variable.parameters):
            raise SqlError("42601", f'cursor "{variable.name}" takes {len(variable.parameters)} arguments')
        declared = tuple(tree.Declaration(name, kind) for name, kind in variable.parameters)
        inner = Scope(scope)
        await self._values.declare(declared, inner)
        for parameter, text in zip(declared, arguments, strict=True):
            await self._values.assign(parameter.name, await self._values.value(text, scope), inner)
        return inner

    async def open_loop(self, loop: tree.Each, scope: Scope) -> str:
        """Open the cursor of a FOR loop, and return its name."""
        name = f"<for {self._frame.depth} {loop.line} {id(loop) % 10000}>"
        await self._declare(name, loop.query, scope, dynamic=loop.dynamic)
        return name

    async def _declare(self, name: str, query: str, scope: Scope, *, dynamic: bool) -> None:
        transactions = self._frame.transactions
        if name in transactions.cursors:
            raise SqlError("42P03", f'cursor "{name}" already in use')
        if transactions.cursors:
            raise SqlError("0A000", "nested cursors are not supported: only one cursor can be open at a time")
        if dynamic:
            text, _ = await self._values.value(query, scope)
            if text is None:
                raise SqlError("22004", "query string argument of EXECUTE is null")
            bound = Bound(text, (), text)
        else:
            bound = bind(query, scope)
        await transactions.hold()
        declared = f"DECLARE {identifier(name)} CURSOR FOR {bound.sql}"
        await self._frame.statements.run(Bound(declared, bound.values, bound.shown), self._never)
        transactions.cursors.add(name)

    async def _never(self) -> None:
        raise SqlError("XX000", "a cursor has ended the transaction")

    async def next(self, name: str) -> Answer:
        """Return the next row of a cursor. Raises SqlError if it is not open: a commit has closed it, too."""
        transactions = self._frame.transactions
        if name not in transactions.cursors and not (transactions.in_block and not transactions.nonatomic):
            raise SqlError("34000", f'cursor "{name}" does not exist')
        fetch = f"FETCH 1 FROM {identifier(name)}"
        return await self._frame.statements.run(Bound(fetch, (), fetch), self._never)

    async def close(self, name: str) -> None:
        """Close a cursor; one that a transaction's end has closed is not there."""
        if name not in self._frame.transactions.cursors:
            raise SqlError("34000", f'cursor "{name}" does not exist')
        close = f"CLOSE {identifier(name)}"
        await self._frame.statements.run(Bound(close, (), close), self._never)
        self._frame.transactions.cursors.discard(name)
