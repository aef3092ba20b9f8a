"""CALL as written, and which procedure is meant by it.

https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-naming.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures import tree
from localcloud.redshift.procedures.body_reader import BodyReader
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.sql.lexer import Tokens

_FIND = (
    "SELECT shown, types, security::integer::text, allowed::integer::text, coalesce(source, ''), "
    "coalesce(told::text, '') FROM redshift_lab.find_procedures($1, $2)"
)
_CONVERSIONS = (
    "SELECT coalesce(redshift_lab.conversion(g::oid, d::oid)::text, '-') FROM unnest($1::text[], $2::text[]) u(g, d)"
)


@dataclass(frozen=True)
class Request:
    """A CALL as written: the name, and the texts of its arguments."""

    name: str
    arguments: list[str]


@dataclass
class Candidate:
    """A procedure of that name with as many arguments; `types` are the engine's numbers of the types of these."""

    procedure: tree.Procedure
    types: list[int]
    security: bool
    allowed: bool


def read(tokens: Tokens) -> Request:
    """Return what a CALL says. Raises SqlError."""
    reader = BodyReader(tokens)
    reader.expect("CALL")
    start = reader.index
    reader.path()
    request = Request(reader.between(start, reader.index), reader.enclosed())
    reader.take(";")
    if not reader.ended:
        raise reader.error()
    if any(token.upper == "SELECT" for token in tokens):
        raise SqlError("0A000", "queries cannot be arguments of CALL")
    return request


async def candidates(host: Running, request: Request) -> list[Candidate]:
    """Return the procedures of that name that take as many arguments."""
    rows = await host.link.query(_FIND, request.name, str(len(request.arguments)))
    fields = [[(value or b"").decode() for value in row] for row in rows]
    return [
        Candidate(
            _procedure(shown, source, json.loads(about or '{"arguments": [], "settings": {}, "nonatomic": false}')),
            [int(number) for number in types.split(",") if number],
            security == "1",
            allowed == "1",
        )
        for shown, types, security, allowed, source, about in fields
    ]


async def chosen(host: Running, request: Request, matches: list[Candidate], types: list[int]) -> Candidate:
    """Return the procedure whose arguments are nearest to what is given. Raises SqlError."""
    if len(matches) > 1:
        matches = await _best(host, matches, types)
    if not matches:
        raise await _missing(host, request, types)
    if len(matches) != 1:
        raise SqlError("42725", f"procedure {request.name} is not unique")
    candidate = matches[0]
    if not candidate.allowed:
        raise SqlError("42501", f"permission denied for procedure {candidate.procedure.name}")
    if not candidate.procedure.source and not candidate.security:
        raise SqlError("XX000", f"the source of {candidate.procedure.name} is not known", hint="Try: create it again")
    return candidate


async def _missing(host: Running, request: Request, types: list[int]) -> SqlError:
    """Return the error that there is no such procedure."""
    numbers = "{" + ",".join(map(str, types)) + "}"
    rows = await host.link.query("SELECT pg_catalog.format_type(t::oid, NULL) FROM unnest($1::text[]) t", numbers)
    named = ", ".join((row[0] or b"").decode() for row in rows)
    return SqlError(
        "42883",
        f"procedure {request.name}({named}) does not exist",
        hint="No procedure matches the given name and argument types. You may need to add explicit type casts.",
    )


async def _best(host: Running, matches: list[Candidate], types: list[int]) -> list[Candidate]:
    """Return the procedures that need the fewest conversions."""
    ranked = list[tuple[int, Candidate]]()
    for match in matches:
        lists = ["{" + ",".join(map(str, numbers)) + "}" for numbers in (types, match.types)]
        costs = [(row[0] or b"").decode() for row in await host.link.query(_CONVERSIONS, *lists)]
        if "-" not in costs:
            ranked.append((sum(map(int, costs)), match))
    least = min((cost for cost, _ in ranked), default=0)
    return [match for cost, match in ranked if cost == least]


def _procedure(name: str, source: str, about: dict[str, object]) -> tree.Procedure:
    arguments, settings = about["arguments"], about["settings"]
    assert isinstance(arguments, list)
    assert isinstance(settings, dict)
    return tree.Procedure(
        name, [tree.Argument(**argument) for argument in arguments], source, about["nonatomic"] is True, settings
    )
