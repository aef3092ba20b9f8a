"""Calls that make or search SUPERs: ARRAY, OBJECT, OBJECT_TRANSFORM, ARRAY_CONTAINS and the like.

https://docs.aws.amazon.com/redshift/latest/dg/c_Array_Functions.html, r_object_transform_function.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.call import Call
from localcloud.redshift.sql.edits import between, made
from localcloud.redshift.sql.keywords import QUERIES
from localcloud.redshift.sql.lexer import Tokens


def array(call: Call) -> Tokens:
    """Return an ARRAY of values."""
    if call.arguments and call.arguments[0] and call.arguments[0][0].upper in QUERIES:
        return call.plain()
    return made("redshift_lab.made(redshift_lab.array_of(", _items(call), "))")


def object_(call: Call) -> Tokens:
    """Return an OBJECT of names and values."""
    return made("redshift_lab.made(redshift_lab.object_of(", _items(call, names=True), "))")


def _items(call: Call, names: bool = False) -> Tokens:
    """Return the arguments as JSON values; of an object, each first of two is a name."""
    return between(
        ", ",
        [
            value if names and number % 2 == 0 else made("redshift_lab.item(", value, ")")
            for number, value in enumerate(call.arguments)
        ],
    )


def of_super(call: Call) -> Tokens:
    """Return a call of a function on SUPER, for which a text literal is a string; the engine would read it as JSON."""
    call.arguments = [
        made("redshift_lab.as_super(", value, ")") if len(value) == 1 and value[0].kind == "string" else value
        for value in call.arguments
    ]
    return call.plain(f'"{call.name.lower()}"')


def transform(call: Call) -> Tokens:
    """Return an OBJECT_TRANSFORM(value KEEP path, ... SET path, value, ...). Raises SqlError if it is none."""
    value, clauses = _clauses(call)
    given = clauses.get("SET", [])
    if not value or len(given) % 2:
        raise SqlError("42601", "OBJECT_TRANSFORM needs a value, and a value for each path of SET")
    keep = "true" if "KEEP" in clauses else "false"
    paths, set_paths = (between(", ", part) for part in (clauses.get("KEEP", []), given[::2]))
    arrays = made("ARRAY[", paths, "]::text[], ARRAY[", set_paths, "]::text[], NULL::json")
    items = between(", ", [made("redshift_lab.item(", part, ")") for part in given[1::2]])
    return made("redshift_lab.object_transform(", value, f", {keep}, ", arrays, ", " if items else "", items, ")")


def _clauses(call: Call) -> tuple[Tokens, dict[str, list[Tokens]]]:
    """Return the value, and the arguments after KEEP and SET."""
    value, clauses, clause = Tokens(), dict[str, list[Tokens]](), ""
    for tokens in call.arguments:
        starts = [at for at, token in enumerate(tokens) if token.upper in ("KEEP", "SET") and _is_clause(tokens, at)]
        index = 0
        for start in [*starts, len(tokens)]:
            if start > index and clause:
                clauses[clause].append(tokens[index:start])
            elif start > index:
                value = tokens[index:start]
            if start < len(tokens):
                clause = tokens[start].upper
                clauses.setdefault(clause, [])
            index = start + 1
    return value, clauses


def _is_clause(tokens: Tokens, index: int) -> bool:
    depth = sum((token.text == "(") - (token.text == ")") for token in tokens[:index])
    return depth == 0 and index + 1 < len(tokens) and tokens[index + 1].kind == "string"


def search(call: Call) -> Tokens:
    """Return an ARRAY_CONTAINS or ARRAY_POSITION, which look for any value."""
    rest = [part for value in call.arguments[2:] for part in (", ", value)]
    value = made("redshift_lab.item(", call.argument(1), ")")
    return made(f"redshift_lab.{call.name.lower()}(", call.argument(0), ", ", value, *rest, ")")
