"""Declarations of variables and cursors, and the bounds of a loop over integers.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-structure.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures.tree import Declaration
from localcloud.redshift.procedures.words import Words
from localcloud.redshift.sql.edits import written
from localcloud.redshift.sql.lexer import closing, lex


def read(words: Words) -> list[Declaration]:
    """Return the declarations up to the next DECLARE or BEGIN. Raises SqlError."""
    found = list[Declaration]()
    while words.peek() not in ("BEGIN", "DECLARE"):
        found.append(_declaration(words))
        words.expect(";")
    return found


def _declaration(words: Words) -> Declaration:
    name = words.name()
    if words.accept("ALIAS", "FOR"):
        return Declaration(name, alias=_number(words))
    if words.peek() == "CURSOR":
        return _cursor(words, name)
    constant = words.accept("CONSTANT")
    kind = words.until("NOT", "DEFAULT", ":=", "=", ";")
    not_null = words.accept("NOT", "NULL")
    default = ""
    if words.accept("DEFAULT") or words.accept(":=") or words.accept("="):
        default = words.until(";")
    if not kind:
        raise words.error()
    if not_null and not default:
        raise SqlError("22004", f'variable "{name}" must have a default value, since it is declared NOT NULL')
    return Declaration(name, kind, default, constant, not_null)


def _number(words: Words) -> int:
    token = words.next()
    if token.kind != "parameter":
        raise SqlError("42601", f'syntax error at or near "{token.text}"')
    return int(token.text[1:])


def _cursor(words: Words, name: str) -> Declaration:
    words.expect("CURSOR")
    parameters = [one.split(None, 1) for one in words.enclosed()] if words.peek() == "(" else []
    if not words.accept("FOR"):
        words.expect("IS")
    named = tuple((first.lower(), kind) for first, kind in parameters)
    return Declaration(name, "refcursor", query=words.until(";"), parameters=named)


def bounds(text: str) -> tuple[str, str, str] | None:
    """Return what comes before and after the two dots of a FOR over integers, and its step; None for a query."""
    tokens, index = lex(text), 0
    while index + 1 < len(tokens):
        if tokens[index].text in ("(", "["):
            index = closing(tokens, index)
        elif tokens[index].text == "." and tokens[index + 1].text[0] == "." and not tokens[index + 1].space:
            first, rest = written(tokens[:index]), written(tokens[index + 1 :])[1:]
            step = next((at for at, token in enumerate(tokens) if token.upper == "BY" and at > index), None)
            if step is None:
                return first, rest, "1"
            return first, written(tokens[index + 1 : step])[1:], written(tokens[step + 1 :])
        index += 1
    return None
