"""CALL: the procedure runs with its arguments, and what comes back.

https://docs.aws.amazon.com/redshift/latest/dg/r_CALL_procedure.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures import tree
from localcloud.redshift.procedures.binding import bind
from localcloud.redshift.procedures.choosing import Request, candidates, chosen, read
from localcloud.redshift.procedures.cursors import Cursors
from localcloud.redshift.procedures.engine import Statements, reworded_error
from localcloud.redshift.procedures.frame import Frame
from localcloud.redshift.procedures.machine import Machine, Thrown
from localcloud.redshift.procedures.parser import parse
from localcloud.redshift.procedures.scope import Scope, Value, Variable
from localcloud.redshift.procedures.transactions import Transactions
from localcloud.redshift.procedures.values import Values
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.sql.folding import fold
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.sql.names import literal

_DEPTH = 16


class Caller:
    """Runs the procedures of one top-level CALL."""

    def __init__(self, host: Running, *, in_block: bool, nonatomic: bool) -> None:
        self._host = host
        self._transactions = Transactions(host, in_block=in_block, nonatomic=nonatomic)
        self._statements = Statements(host)

    async def run(self, procedure: tree.Procedure, given: list[Value]) -> list[Variable]:
        """Run a procedure in its transaction; return its results. Raises SqlError, with nothing left half done."""
        frame = Frame(self._host, self._transactions, self._statements)
        await self._transactions.begin()
        try:
            results = await self._invoke(procedure, given, frame)
            await self._transactions.finish()
        except Thrown as thrown:
            raise await self._failed(thrown.error) from None
        except SqlError as error:
            raise await self._failed(error) from None
        return results

    async def _failed(self, error: SqlError) -> SqlError:
        """Return the error for the client, with the engine in the state that the client expects after it."""
        transactions = self._transactions
        if transactions.in_block and not transactions.handled:
            return error
        await transactions.abandon(error)
        if transactions.in_block:
            await transactions.leave_failed()
        return reworded_error(error)

    async def _invoke(self, procedure: tree.Procedure, given: list[Value], frame: Frame) -> list[Variable]:
        values = Values(frame)
        scope = await self._scope(procedure, given, values)
        machine = Machine(frame, values, Cursors(frame, values), self.nested)
        before = await self._set(procedure.settings)
        self._transactions.fixed += bool(procedure.settings)
        await machine.run(parse(fold(lex(procedure.source), frame.host.sql)), scope)
        self._transactions.fixed -= bool(procedure.settings)
        await self._set(before)
        names = [argument.name for argument in procedure.arguments]
        positions = [name or f"${index + 1}" for index, name in enumerate(names)]
        return [
            scope.variable(name)
            for name, argument in zip(positions, procedure.arguments, strict=True)
            if argument.is_returned
        ]

    async def _scope(self, procedure: tree.Procedure, given: list[Value], values: Values) -> Scope:
        """Return the arguments of a call as variables, each with what is given, and FOUND."""
        scope, left = Scope(label=procedure.name), iter(given)
        scope.names["found"] = Variable("found", "boolean", "f")
        for index, argument in enumerate(procedure.arguments):
            name = argument.name or f"${index + 1}"
            variable = scope.names[name] = Variable(name, await values.type(argument.type))
            scope.positions.append(name if argument.name else "")
            if argument.is_given:
                await values.put(variable, next(left))
        _number(scope, procedure)
        return scope

    async def _set(self, settings: dict[str, str]) -> dict[str, str]:
        """Set parameters, and return what they were."""
        before = dict[str, str]()
        for name, value in settings.items():
            rows = await self._host.link.query("SELECT pg_catalog.plain_current_setting($1)", name)
            before[name] = (rows[0][0] or b"").decode()
            await self._host.link.query("SELECT pg_catalog.plain_set_config($1, $2, false)", name, value)
        return before

    async def nested(self, sql: str, scope: Scope, frame: Frame) -> None:
        """Run a CALL within a procedure, and log it as its own statement."""
        log = self._host.log
        record = log.inner(bind(sql, scope).shown)
        try:
            await self._nested(sql, scope, frame)
        except SqlError as error:
            log.inner_ended(record, error.message)
            raise
        except Thrown as thrown:
            log.inner_ended(record, thrown.error.message)
            raise
        log.inner_ended(record)

    async def _nested(self, sql: str, scope: Scope, frame: Frame) -> None:
        """Run a CALL within a procedure; variables that it gives for INOUT arguments take the results."""
        request, values = read(lex(sql)), Values(frame)
        if frame.depth >= _DEPTH:
            raise SqlError("54001", f"procedures can be nested to a depth of {_DEPTH} at most")
        given = [await values.value(text, scope) for text in request.arguments]
        known = await candidates(self._host, request)
        candidate = await chosen(self._host, request, known, await self._numbers(given))
        if candidate.security:
            await self._by_engine(request, given)
            return
        procedure = candidate.procedure
        if procedure.nonatomic != self._transactions.nonatomic:
            raise SqlError("0A000", "procedures that call one another must have the same transaction mode")
        if any(argument.mode == "OUT" for argument in procedure.arguments):
            raise SqlError("0A000", "a nested call cannot have OUT arguments", hint="declare them INOUT")
        inner = Frame(self._host, self._transactions, self._statements, frame.depth + 1)
        results = iter(await self._invoke(procedure, given, inner))
        for text, argument in zip(request.arguments, procedure.arguments, strict=True):
            if argument.mode == "INOUT":
                result = next(results)
                await values.assign(_variable_of(text), (result.value, result.type), scope)

    async def _numbers(self, given: list[Value]) -> list[int]:
        """Return the engine's numbers of types."""
        names = ",".join('"' + kind + '"' for _, kind in given)
        rows = await self._host.link.query(
            "SELECT coalesce(to_regtype(t)::oid, 0)::text FROM unnest($1::text[]) t", f"{{{names}}}"
        )
        return [int(row[0] or 0) for row in rows]

    async def _by_engine(self, request: Request, given: list[Value]) -> None:
        arguments = ", ".join("NULL" if value is None else f"{literal(value)}::{kind}" for value, kind in given)
        await self._host.link.query(f"CALL {request.name}({arguments})")


def _variable_of(text: str) -> str:
    return text.strip().lower() if '"' not in text else text.strip().strip('"')


def _number(scope: Scope, procedure: tree.Procedure) -> None:
    """Let $1 and the like stand for arguments, by the order in which all of them are declared."""
    for index, argument in enumerate(procedure.arguments):
        scope.positions[index] = argument.name or f"${index + 1}"


def result_query(procedure: tree.Procedure, results: list[Variable]) -> str:
    """Return the query of one row that answers a CALL; nothing if no argument is returned."""
    returned = [argument for argument in procedure.arguments if argument.is_returned]
    if not returned:
        return ""
    columns = []
    for number, (argument, variable) in enumerate(zip(returned, results, strict=True), 1):
        kind = "varchar" if variable.type == "refcursor" else variable.type
        text = "NULL" if variable.value is None else literal(variable.value)
        name = '"' + (argument.name or f"column{number}") + '"'
        columns.append(f"CAST({text} AS {kind}) AS {name}")
    return "SELECT " + ", ".join(columns)
