"""CREATE PROCEDURE: what Redshift forbids of it, and what the engine and the gateway keep.

The gateway runs a body itself, except for SECURITY DEFINER: only the engine can take another user's rights.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_PROCEDURE.html
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.procedures import checks
from localcloud.redshift.procedures.parser import parse
from localcloud.redshift.procedures.tree import Argument, Procedure
from localcloud.redshift.sql import Plan, edits, routines
from localcloud.redshift.sql.edits import Edit, apply, swap, text, written
from localcloud.redshift.sql.lexer import Token, Tokens, closing, lex
from localcloud.redshift.sql.names import folded, literal, name_end, string_value
from localcloud.redshift.sql.tree import parts

_MODES = ("IN", "OUT", "INOUT")
_STUB = "$lab$BEGIN PERFORM redshift_lab.not_here(); END$lab$"


def plan(tokens: Tokens) -> Plan:
    """Return the plan of a CREATE PROCEDURE. Raises SqlError at what Redshift, or the lab, does not take."""
    procedure, body = read(tokens)
    definer = any(token.upper == "DEFINER" for token in tokens)
    checks.check(procedure, parse(lex(procedure.source)), definer=definer)
    made, noted = routines.create(tokens)
    if not definer:
        made = text(apply(tokens, [*_engine_edits(tokens), swap(body, _STUB)]))
    return Plan(made, then=f"{noted}, {_note(tokens, procedure)}")


def _note(tokens: Tokens, procedure: Procedure) -> str:
    name, given, _ = routines.signature(tokens)
    declared = json.dumps({key: value for key, value in asdict(procedure).items() if key not in ("name", "source")})
    return f"redshift_lab.note_procedure({name}, {given}, {literal(procedure.source)}, {literal(declared)}::json)"


def _engine_edits(tokens: Tokens) -> list[Edit]:
    """Return the changes to what comes before and after the body."""
    taken = [edits.replace(token, token) for token in tokens if token.upper == "NONATOMIC"]
    taken += [edits.replace(tokens[at], tokens[at + 3]) for at in _settings(tokens)]
    return [*taken, *routines.argument_edits(tokens)]


def _settings(tokens: Tokens) -> list[int]:
    """Return where the SET options of a procedure begin."""
    return [
        index
        for index, token in enumerate(tokens[:-3])
        if token.upper == "SET" and tokens[index + 2].upper in ("TO", "=") and index > 2
    ]


def read(tokens: Tokens) -> tuple[Procedure, Token]:
    """Return the procedure that a statement creates, and the token that holds its body. Raises SqlError."""
    start = next(index for index, token in enumerate(tokens) if token.upper == "PROCEDURE") + 1
    opening = name_end(tokens, start)
    if opening >= len(tokens) or tokens[opening].text != "(":
        raise SqlError("42601", "syntax error at end of input")
    last = closing(tokens, opening)
    body = next(
        (
            token
            for index, token in enumerate(tokens)
            if index > last and token.kind == "string" and tokens[index - 1].upper == "AS"
        ),
        None,
    )
    if body is None:
        raise SqlError("42601", "the body of the routine is missing")
    arguments = [_argument(tokens[a:b]) for a, b in parts(tokens, opening + 1, last) if a < b]
    settings = {folded(tokens[at + 1]): _value(tokens[at + 3]) for at in _settings(tokens)}
    procedure = Procedure(folded(tokens[opening - 1]), arguments, string_value(body), settings=settings)
    return replace(procedure, nonatomic=any(token.upper == "NONATOMIC" for token in tokens)), body


def _value(token: Token) -> str:
    return string_value(token) if token.kind == "string" else folded(token)


def _argument(tokens: Tokens) -> Argument:
    mode = next((token.upper for token in tokens[:2] if token.upper in _MODES), "IN")
    start = routines.type_start(tokens)
    name = next((folded(token) for token in tokens[:start] if token.upper not in _MODES), "")
    if start >= len(tokens):
        raise not_supported(f"the argument {written(tokens)}")
    return Argument(name, mode, written(tokens[start:]))
