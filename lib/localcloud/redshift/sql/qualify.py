"""QUALIFY: a condition on window functions, which the engine knows in an outer SELECT alone.

https://docs.aws.amazon.com/redshift/latest/dg/r_QUALIFY_clause.html
"""

from __future__ import annotations

from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import Part, apply, made, replace
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, identifier, is_name
from localcloud.redshift.sql.tree import Select

_TAIL = ("LIMIT", "OFFSET", "FETCH")
_IN_KEYS = ("ASC", "DESC", "NULLS", "FIRST", "LAST", ",")


async def filter_outside(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Filter in an outer SELECT by the condition computed in the inner one."""
    if "QUALIFY" not in select.clauses:
        return tokens
    start, end = select.clauses["QUALIFY"]
    list_end = select.items[-1].end
    items, head = tokens[select.list_start : list_end], tokens[list_end:start]
    columns = await context.names_of("SELECT ", items, " ", head)
    order, key = _outer_order(tokens, select, columns)
    inner = made("SELECT ", items, ", (", tokens[start + 1 : end], ")", *key, " ", head)
    names = [f"q{number}" for number in range(len(columns))]
    listed = ", ".join([*names, "qualified", *(["ordered"] if key else [])])
    shown = ", ".join(f"{name} AS {identifier(old)}" for name, old in zip(names, columns, strict=True))
    distinct = "DISTINCT " if select.distinct else ""
    new = list[Part](("SELECT ", distinct, shown, " FROM (", inner, f") AS qualifying ({listed}) WHERE qualified"))
    for clause in (order, *(select.clause(tokens, name) for name in _TAIL)):
        new += [" ", clause] if clause else []
    tail = any(name in select.clauses for name in ("ORDER", *_TAIL))
    last = select.end - 1 if tail else end - 1
    return apply(tokens, [replace(tokens[select.start], tokens[last], *new)])


def _outer_order(tokens: Tokens, select: Select, names: list[str]) -> tuple[Tokens, tuple[Part, ...]]:
    """Return the ORDER BY of the outer SELECT, and the key that the inner one must compute for it."""
    order = select.clause(tokens, "ORDER")
    if not order:
        return order, ()
    keys = [token for token in order[2:] if token.upper not in _IN_KEYS]
    if all(token.kind == "number" or (is_name(token) and folded(token) in names) for token in keys):
        return order, ()
    return made("ORDER BY ordered"), (", row_number() OVER (", order, ")")
