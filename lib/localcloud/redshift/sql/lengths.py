"""Text literals that become columns, of a CREATE TABLE AS or a view: VARCHAR with the length of the literal.

The engine would make a column of its own type `text`, which Redshift does not have.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
"""

from __future__ import annotations

from localcloud.redshift.sql.edits import Edit, after, apply
from localcloud.redshift.sql.lexer import Token, Tokens
from localcloud.redshift.sql.names import string_value
from localcloud.redshift.sql.tree import Item, Select, outer_selects, unwrapped

_LONGEST = 65_535


def of_literals(query: Tokens) -> Tokens:
    """Return a query whose columns of nothing but text literals have the length of the longest one."""
    tokens = unwrapped(query)
    selects = outer_selects(tokens)
    columns = [[select.items[number] for select in selects] for number in range(_width(selects))]
    edits = [edit for items in columns for edit in _column(tokens, items)]
    return apply(query, edits) if edits else query


def _width(selects: list[Select]) -> int:
    """Return how many columns the SELECTs have; 0 where they differ, which the engine refuses."""
    counts = {len(select.items) for select in selects}
    return counts.pop() if len(counts) == 1 else 0


def _column(tokens: Tokens, items: list[Item]) -> list[Edit]:
    literals = [token for item in items if (token := _literal(tokens, item)) is not None]
    size = max([1, *(len(string_value(token).encode()) for token in literals)])
    if len(literals) < len(items) or size > _LONGEST:
        return []
    labels = ["" if number or item.alias else ' AS "?column?"' for number, item in enumerate(items)]
    return [after(token, f"::varchar({size}){label}") for token, label in zip(literals, labels, strict=True)]


def _literal(tokens: Tokens, item: Item) -> Token | None:
    """Return the text literal that is the whole of an item."""
    token = tokens[item.start]
    return token if item.expression_end == item.start + 1 and token.kind == "string" else None
