"""Declarations of variables and cursors, and the bounds of a loop over integers.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-structure.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures.body_reader import BodyReader
from localcloud.redshift.procedures.tree import Declaration
from localcloud.redshift.sql.edits import written
from localcloud.redshift.sql.lexer import closing, lex


def read(reader: BodyReader) -> list[Declaration]:
    """Return the declarations up to the next DECLARE or BEGIN. Raises SqlError."""
    declared = list[Declaration]()
    while reader.peek() not in ("BEGIN", "DECLARE"):
        declared.append(_declaration(reader))
        reader.expect(";")
    return declared


def _declaration(reader: BodyReader) -> Declaration:
    name = reader.name()
    if reader.take("ALIAS", "FOR"):
        return Declaration(name, alias=_number(reader))
    if reader.peek() == "CURSOR":
        return _cursor(reader, name)
    constant = reader.take("CONSTANT")
    kind = reader.until("NOT", "DEFAULT", ":=", "=", ";")
    not_null = reader.take("NOT", "NULL")
    default = ""
    if reader.take("DEFAULT") or reader.take(":=") or reader.take("="):
        default = reader.until(";")
    if not kind:
        raise reader.error()
    if not_null and not default:
        raise SqlError("22004", f'variable "{name}" must have a default value, since it is declared NOT NULL')
    return Declaration(name, kind, default, constant, not_null)


def _number(reader: BodyReader) -> int:
    token = reader.next()
    if token.kind != "parameter":
        raise SqlError("42601", f'syntax error at or near "{token.text}"')
    return int(token.text[1:])


def _cursor(reader: BodyReader, name: str) -> Declaration:
    reader.expect("CURSOR")
    parameters = [parameter.split(None, 1) for parameter in reader.enclosed()] if reader.peek() == "(" else []
    if not reader.take("FOR"):
        reader.expect("IS")
    named = tuple((first.lower(), kind) for first, kind in parameters)
    return Declaration(name, "refcursor", query=reader.until(";"), parameters=named)


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
