"""GROUP BY ALL: the rows are grouped by all columns of the list but the aggregated ones.

https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_clause.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.redshift.sql.blocks import Block, Item
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing
from localcloud.redshift.sql.windows import FRAMED

if TYPE_CHECKING:
    from localcloud.redshift.sql.queries import Context

_BY_PLACE = {"FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"}
_ENGINES = {"STRING_AGG", "ARRAY_AGG", "PERCENTILE_CONT", "PERCENTILE_DISC", "ANY_VALUE"}
_AGGREGATES = (FRAMED - _BY_PLACE) | _ENGINES
"""Aggregates as the engine calls them: LISTAGG is STRING_AGG by now, MEDIAN an ARRAY_AGG."""


def expand(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Return the text with the numbers of the grouped columns in place of ALL. Raises NeedsColumns."""
    start, end = block.clauses.get("GROUP", (0, 0))
    if end - start != 3 or words[start + 2].upper != "ALL":
        return sql
    # Without a key all rows are one group.
    keys = ", ".join(_keys(sql, words, block, context)) or "()"
    return apply(sql, [Edit(words[start + 2].start, words[start + 2].end, keys)])


def _keys(sql: str, words: list[Token], block: Block, context: Context) -> list[str]:
    keys, number = list[str](), 1
    for item in block.items:
        width = _width(sql, words, block, item, context)
        if not _is_computed_of_groups(words, item.start, item.expression_end):
            keys += [str(key) for key in range(number, number + width)]
        number += width
    return keys


def _width(sql: str, words: list[Token], block: Block, item: Item, context: Context) -> int:
    """Return how many columns an item stands for: one, or those of its tables where it is a star."""
    span = words[item.start : item.end]
    if span[-1].text != "*" or (len(span) > 1 and span[-2].text != "."):
        return 1
    start, end = block.clauses["FROM"]
    source = sql[words[start].start : words[end - 1].end]
    return len(context.columns(f"SELECT {sql[span[0].start : span[-1].end]} {source}"))


def _is_computed_of_groups(words: list[Token], start: int, end: int) -> bool:
    """Tell whether an expression calls an aggregate or a window function, outside of subqueries."""
    place = start
    while place < end:
        called = place + 1 < end and words[place + 1].text == "(" and words[place].upper in _AGGREGATES
        window = place > start and words[place].upper == "OVER" and words[place - 1].text == ")"
        if words[place].text == "(" and words[place + 1].upper in ("SELECT", "WITH"):
            place = closing(words, place)
        elif called or window:
            return True
        place += 1
    return False
