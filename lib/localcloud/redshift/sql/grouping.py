"""GROUP BY ALL: the rows are grouped by all columns of the list but the aggregated ones.

https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_clause.html
"""

from __future__ import annotations

from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import apply, swap
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.tree import Item, Select, outside_subqueries
from localcloud.redshift.sql.windows import FRAMED

_BY_PLACE = {"FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"}
_ENGINES = {"STRING_AGG", "ARRAY_AGG", "PERCENTILE_CONT", "PERCENTILE_DISC", "ANY_VALUE"}
_AGGREGATES = (FRAMED - _BY_PLACE) | _ENGINES
"""Aggregates as the engine calls them: LISTAGG is STRING_AGG by now, MEDIAN an ARRAY_AGG."""


async def expand(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Return the tokens with the numbers of the grouped columns instead of ALL."""
    start, end = select.clauses.get("GROUP", (0, 0))
    if end - start != 3 or tokens[start + 2].upper != "ALL":
        return tokens
    # Without a key all rows are one group.
    keys = ", ".join(await _keys(tokens, select, context)) or "()"
    return apply(tokens, [swap(tokens[start + 2], keys)])


async def _keys(tokens: Tokens, select: Select, context: Context) -> list[str]:
    keys, number = list[str](), 1
    for item in select.items:
        width = await _width(tokens, select, item, context)
        if not _is_computed_of_groups(tokens, item.start, item.expression_end):
            keys += [str(key) for key in range(number, number + width)]
        number += width
    return keys


async def _width(tokens: Tokens, select: Select, item: Item, context: Context) -> int:
    """Return how many columns an item stands for: one, or those of its tables where it is a star."""
    if not item.is_star(tokens):
        return 1
    star = tokens[item.start : item.end]
    return len(await context.columns("SELECT ", star, " ", select.clause(tokens, "FROM")))


def _is_computed_of_groups(tokens: Tokens, start: int, end: int) -> bool:
    """Return whether an expression calls an aggregate or a window function, outside of subqueries."""
    for index in outside_subqueries(tokens, start, end):
        called = index + 1 < end and tokens[index + 1].text == "(" and tokens[index].upper in _AGGREGATES
        window = index > start and tokens[index].upper == "OVER" and tokens[index - 1].text == ")"
        if called or window:
            return True
    return False
