"""CALL of a client: the engine describes it, the gateway runs it, with parameters that come when it is bound.

https://docs.aws.amazon.com/redshift/latest/dg/r_CALL_procedure.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.redshift.errors import not_supported
from localcloud.redshift.procedures import call, choosing
from localcloud.redshift.procedures.call import Caller
from localcloud.redshift.procedures.choosing import Candidate, Request
from localcloud.redshift.procedures.scope import Value, bare, type_of
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Bound, Frame
from localcloud.redshift.protocol.parameters import NONE, types_used
from localcloud.redshift.session.prepared import Prepared, Running
from localcloud.redshift.sql import Facts, Plan, Session, calling, statement, translate
from localcloud.redshift.sql.lexer import Tokens, parameters_of


async def prepare(tokens: Tokens, session: Session, facts: Facts) -> Prepared:
    """Return a CALL ready to be run. Raises SqlError."""
    request = choosing.read(tokens)
    described = await calling.with_out_arguments(tokens, facts)
    if await _is_security(request, facts):
        return Prepared(await translate(described, session, facts))
    return Prepared(Plan.of(described), Call(request), bind=lambda bound, types: Call(request, bound, types))


async def _is_security(request: Request, facts: Facts) -> bool:
    """Return whether the engine runs the procedure, which has SECURITY DEFINER."""
    query = "SELECT DISTINCT security::text FROM redshift_lab.find_procedures($1, $2)"
    answers = {row[0] for row in await facts.rows(query, request.name, str(len(request.arguments)))}
    if len(answers) > 1:
        raise not_supported(f"a choice between procedures {request.name} with and without SECURITY DEFINER")
    return answers == {"true"}


@dataclass(frozen=True)
class Call:
    """A CALL that the gateway runs, with the values of its parameters and their types."""

    request: Request
    bound: Bound | None = None
    types: bytes = NONE

    async def run(self, context: Running) -> str:
        """Run it; return its tag, or nothing if the answer with its results was sent already. Raises SqlError."""
        candidates = await choosing.candidates(context, self.request)
        values, numbers = await self._values(context, candidates)
        procedure = (await choosing.chosen(context, self.request, candidates, numbers)).procedure
        context.link.on_notice = lambda fields: context.client.deliver(frames.error(fields, b"N"))
        try:
            caller = Caller(context, in_block=context.in_block, nonatomic=procedure.nonatomic)
            results = await caller.run(procedure, values)
        finally:
            context.link.on_notice = None
        query = call.result_query(procedure, results)
        if not query:
            return "CALL"
        await context.answer(query, "CALL", self.bound)
        return ""

    async def _values(self, context: Running, candidates: list[Candidate]) -> tuple[list[Value], list[int]]:
        """Return the values of the arguments with the names of their types, and the numbers of these."""
        if not self.request.arguments:
            return [], []
        columns, rows = list[frames.Column](), list[list[bytes | None]]()

        def take(frame: Frame) -> None:
            if frame.kind == b"T":
                columns.extend(frames.columns(frame.body))
            elif frame.kind == b"D":
                rows.append(frames.row(frame.body))

        given = await context.prepare(statement(_given(self.request, candidates)), self.types)
        await self._ask(context, given.plan.sql, take)
        numbers = [column.type for column in columns]
        lists = [
            "{" + ",".join(str(number) for number in listed) + "}"
            for listed in (numbers, [c.modifier for c in columns])
        ]
        names = await context.link.query(_TYPE_NAMES, *lists)
        texts = [None if value is None else value.decode() for value in rows[0]]
        return list(zip(texts, [(row[0] or b"").decode() for row in names], strict=True)), numbers

    async def _ask(self, context: Running, sql: str, take: Callable[[Frame], None]) -> None:
        name, link = "redshift_lab_call", context.link
        binding = frames.bind(name, name) if self.bound is None else _rebound(self.bound, name)
        types = types_used(parameters_of(sql), self.types, context.engine.types)
        requests = [link.ask(frames.parse(name, sql, types)), link.ask(binding)]
        requests += [link.ask(frames.describe(b"P", name), take), link.ask(frames.execute(name), take)]
        requests += [link.ask(frames.close(what, name)) for what in (b"P", b"S")]
        await link.settled(*requests)


_TYPE_NAMES = "SELECT pg_catalog.plain_format_type(t::oid, m::integer) FROM unnest($1::text[], $2::text[]) u(t, m)"


def _given(request: Request, candidates: list[Candidate]) -> str:
    """Return the query of the arguments. A parameter alone is of the type that the one procedure declares."""
    texts = list(request.arguments)
    if len(candidates) == 1:
        declared = [argument.type for argument in candidates[0].procedure.arguments if argument.is_given]
        for index, (text, kind) in enumerate(zip(texts, declared, strict=True)):
            if text.startswith("$") and text[1:].isdigit() and "%" not in kind:
                texts[index] = f"CAST({text} AS {bare(type_of(kind))})"
    return "SELECT " + ", ".join(texts)


def _rebound(bound: Bound, name: str) -> Frame:
    """Return a Bind of the client's values to another statement, whose results come as text."""
    return bound._replace(portal=name, statement=name, tail=b"\0\0").frame()
