"""CREATE PROCEDURE: what Redshift forbids of it, and what the engine and the gateway keep.

The gateway runs a body itself, but for SECURITY DEFINER: only the engine can take another user's rights.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_PROCEDURE.html
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.procedures import checks
from localcloud.redshift.procedures.parser import parse
from localcloud.redshift.procedures.tree import Argument, Procedure
from localcloud.redshift.sql import Plan, routines
from localcloud.redshift.sql.blocks import folded, parts
from localcloud.redshift.sql.ddl import name_end
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, literal, string_value

_MODES = ("IN", "OUT", "INOUT")
_STUB = "$lab$BEGIN PERFORM redshift_lab.not_here(); END$lab$"


def plan(sql: str, words: list[Token]) -> Plan:
    """Return the plan of a CREATE PROCEDURE. Raises SqlError at what Redshift, or the lab, does not take."""
    procedure, body = read(sql, words)
    definer = any(one.upper == "DEFINER" for one in words)
    checks.check(procedure, parse(procedure.source), definer=definer)
    made, noted = routines.create(sql, words)
    if not definer:
        made = apply(sql, [*_engine_edits(words), Edit(body.start, body.end, _STUB)])
    return Plan(made, then=f"{noted}, {_note(sql, words, procedure)}")


def _note(sql: str, words: list[Token], procedure: Procedure) -> str:
    name, given, _ = routines.signature(sql, words)
    told = json.dumps({key: value for key, value in asdict(procedure).items() if key not in ("name", "source")})
    return f"redshift_lab.note_procedure({name}, {given}, {literal(procedure.source)}, {literal(told)}::json)"


def _engine_edits(words: list[Token]) -> list[Edit]:
    """Return the changes to what stands before and after the body."""
    edits = [Edit(word.start, word.end, "") for word in words if word.upper == "NONATOMIC"]
    return [*edits, *routines.argument_edits(words), *(Edit(a, b, "") for a, b in _settings_places(words))]


def _settings_places(words: list[Token]) -> list[tuple[int, int]]:
    return [(words[at].start, words[at + 3].end) for at in _settings(words)]


def _settings(words: list[Token]) -> list[int]:
    """Return where the SET options of a procedure begin."""
    return [
        place
        for place, word in enumerate(words[:-3])
        if word.upper == "SET" and words[place + 2].upper in ("TO", "=") and place > 2
    ]


def read(sql: str, words: list[Token]) -> tuple[Procedure, Token]:
    """Return the procedure that a statement creates, and the word that holds its body. Raises SqlError."""
    start = next(place for place, word in enumerate(words) if word.upper == "PROCEDURE") + 1
    opening = name_end(words, start)
    if opening >= len(words) or words[opening].text != "(":
        raise SqlError("42601", "syntax error at end of input")
    last = closing(words, opening)
    body = next(
        (
            word
            for place, word in enumerate(words)
            if place > last and word.kind == "string" and words[place - 1].upper == "AS"
        ),
        None,
    )
    if body is None:
        raise SqlError("42601", "the body of the routine is missing")
    arguments = [_argument(sql, words[a:b]) for a, b in parts(words, opening + 1, last) if a < b]
    settings = {folded(words[at + 1]): _value(words[at + 3]) for at in _settings(words)}
    found = Procedure(folded(words[opening - 1]), arguments, string_value(body), settings=settings)
    return replace(found, nonatomic=any(word.upper == "NONATOMIC" for word in words)), body


def _value(token: Token) -> str:
    return string_value(token) if token.kind == "string" else folded(token)


def _argument(sql: str, words: list[Token]) -> Argument:
    mode = next((word.upper for word in words[:2] if word.upper in _MODES), "IN")
    start = routines.type_start(words)
    name = next((folded(word) for word in words[:start] if word.upper not in _MODES), "")
    if start >= len(words):
        raise not_supported(f"the argument {sql[words[0].start : words[-1].end]}")
    return Argument(name, mode, sql[words[start].start : words[-1].end])
