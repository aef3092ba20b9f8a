"""CALL of a client: the plan of the statement, with parameters that come when it is bound."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from localcloud.redshift import frames
from localcloud.redshift.errors import not_supported
from localcloud.redshift.frames import Bound, Frame
from localcloud.redshift.procedures import call
from localcloud.redshift.procedures.call import Asked, Caller
from localcloud.redshift.procedures.engine import Host
from localcloud.redshift.procedures.scope import Value, bare, type_of
from localcloud.redshift.sql import Plan, Session, calling, translate
from localcloud.redshift.sql.lexer import tokens
from localcloud.redshift.sql.plan import NeedsRows
from localcloud.redshift.wire import types_used

_NOTHING = b"\0\0"


def plan(sql: str, session: Session, known: Mapping[str, Any]) -> Plan:
    """Return the plan of a CALL. The engine describes it; the gateway runs it. Raises as `translate` does."""
    asked = call.read(sql)
    described = calling.with_out_arguments(sql, tokens(sql), known)
    if _is_security(asked, known):
        return translate(described, session, known)

    def bind(bound: Bound | None, types: bytes) -> Callable[[Any], Awaitable[str]]:
        async def work(host: Any) -> str:
            return await _run(host, asked, bound, types)

        return work

    return Plan(described, work=bind(None, _NOTHING), bind=bind)


def _is_security(asked: Asked, known: Mapping[str, Any]) -> bool:
    """Return whether the engine runs the procedure, which has SECURITY DEFINER. Raises NeedsRows to be told so."""
    key = f"security:{asked.name}:{len(asked.arguments)}"
    if key not in known:
        query = "SELECT DISTINCT security::text FROM redshift_lab.find_procedures($1, $2)"
        raise NeedsRows(key, query, asked.name, str(len(asked.arguments)))
    found = {row[0] for row in known[key]}
    if len(found) > 1:
        raise not_supported(f"a choice between procedures {asked.name} with and without SECURITY DEFINER")
    return found == {"true"}


async def _run(host: Host, asked: Asked, bound: Bound | None, types: bytes) -> str:
    """Run a CALL; return its tag, or nothing where the answer with its results was sent already."""
    candidates = await call.candidates(host, asked)
    values, numbers = await _values(host, asked, candidates, bound, types)
    procedure = await call.choose(host, asked, candidates, numbers)
    host.link.on_notice = lambda fields: host.client.deliver(frames.error(fields, b"N"))
    try:
        caller = Caller(host, in_block=host.in_block, nonatomic=procedure.nonatomic)
        results = await caller.run(procedure, values)
    finally:
        host.link.on_notice = None
    query = call.result_query(procedure, results)
    if not query:
        return "CALL"
    await host.answer(query, "CALL", bound)
    return ""


def _given(asked: Asked, candidates: list[call.Candidate]) -> str:
    """Return the query of the arguments. A parameter alone is of the type that the one procedure declares."""
    texts = list(asked.arguments)
    if len(candidates) == 1:
        declared = [argument.type for argument in candidates[0].procedure.arguments if argument.is_given]
        for place, (text, kind) in enumerate(zip(texts, declared, strict=True)):
            if text.startswith("$") and text[1:].isdigit() and "%" not in kind:
                texts[place] = f"CAST({text} AS {bare(type_of(kind))})"
    return "SELECT " + ", ".join(texts)


async def _values(
    host: Host, asked: Asked, candidates: list[call.Candidate], bound: Bound | None, types: bytes
) -> tuple[list[Value], list[int]]:
    """Return the values of the arguments with the names of their types, and the numbers of these."""
    if not asked.arguments:
        return [], []
    columns, rows = list[frames.Column](), list[list[bytes | None]]()

    def take(frame: Frame) -> None:
        if frame.kind == b"T":
            columns.extend(frames.columns(frame.body))
        elif frame.kind == b"D":
            rows.append(frames.row(frame.body))

    given = (await host.prepare(_given(asked, candidates), types)).sql
    await _ask(host, given, bound, types, take)
    numbers = [column.type for column in columns]
    lists = ["{" + ",".join(str(one) for one in ones) + "}" for ones in (numbers, [c.modifier for c in columns])]
    names = await host.link.query(
        "SELECT pg_catalog.plain_format_type(t::oid, m::integer) FROM unnest($1::text[], $2::text[]) u(t, m)", *lists
    )
    texts = [None if value is None else value.decode() for value in rows[0]]
    return list(zip(texts, [(row[0] or b"").decode() for row in names], strict=True)), numbers


async def _ask(host: Host, sql: str, bound: Bound | None, types: bytes, take: Callable[[Frame], None]) -> None:
    name, link = "redshift_lab_call", host.link
    binding = frames.bind(name, name) if bound is None else _rebound(bound, name)
    asked = [link.ask(frames.parse(name, sql, types_used(sql, types))), link.ask(binding)]
    asked += [link.ask(frames.describe(b"P", name), take), link.ask(frames.execute(name), take)]
    asked += [link.ask(frames.close(what, name)) for what in (b"P", b"S")]
    await link.settled(*asked)


def _rebound(bound: Bound, name: str) -> Frame:
    """Return a Bind of the client's values to another statement, whose results come as text."""
    return bound._replace(portal=name, statement=name, tail=b"\0\0").frame()
