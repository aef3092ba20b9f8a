"""Names of the list used in it and in conditions: `SELECT price * 2 AS double, double + 1`.

https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html (lateral column alias references)
"""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import Edit, apply, swap
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, is_name
from localcloud.redshift.sql.tree import Item, Select, outside_subqueries


async def resolve(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Put the expression in the place of its name, where a later item or a condition uses the name."""
    named = {item.alias: item for item in select.items if item.alias and not _names_itself(tokens, item)}
    if not named:
        return tokens
    uses = [index for index in _later(tokens, select) if _is_use(tokens, index, named)]
    uses = [index for index in uses if index >= named[folded(tokens[index])].end]
    if not uses:
        return tokens
    source = select.clause(tokens, "FROM")
    real = set(await context.names_of("SELECT * ", source)) if source else set[str]()
    uses = [index for index in uses if folded(tokens[index]) not in real]
    edits = _edits(tokens, select, named, uses)
    return apply(tokens, edits) if edits else tokens


def _edits(tokens: Tokens, select: Select, named: Mapping[str, Item], uses: list[int]) -> list[Edit]:
    texts, edits = dict[str, Tokens](), list[Edit]()
    for item in select.items:
        inside = _replaced(tokens, uses, texts, item.start, item.expression_end)
        edits += inside
        if item.alias in named and item.alias not in texts:
            texts[item.alias] = apply(tokens[item.start : item.expression_end], inside)
    return edits + _replaced(tokens, uses, texts, select.items[-1].end, select.end)


def _replaced(tokens: Tokens, uses: list[int], texts: Mapping[str, Tokens], start: int, end: int) -> list[Edit]:
    return [
        swap(tokens[index], "(", texts[folded(tokens[index])], ")")
        for index in uses
        if start <= index < end and folded(tokens[index]) in texts
    ]


def _names_itself(tokens: Tokens, item: Item) -> bool:
    """Return whether an item is a column under its own name."""
    span = tokens[item.start : item.expression_end]
    is_path = all(is_name(token) or token.text == "." for token in span)
    return is_path and is_name(span[-1]) and folded(span[-1]) == item.alias


def _later(tokens: Tokens, select: Select) -> list[int]:
    """Return where a name of the list may be used: items, conditions, but not FROM or a subquery."""
    start, end = select.range_of("FROM")
    bare = select.range_of("ORDER"), select.range_of("GROUP")
    return [
        index
        for index in outside_subqueries(tokens, select.list_start, select.end)
        if not start <= index < end and not any(_is_whole_key(tokens, index, *span) for span in bare)
    ]


def _is_whole_key(tokens: Tokens, index: int, start: int, end: int) -> bool:
    """Return whether a token is all of a key of ORDER BY or GROUP BY: the engine knows names of the list there."""
    if not start <= index < end:
        return False
    before, follows = tokens[index - 1].upper, tokens[index + 1].upper if index + 1 < end else ","
    return before in (",", "BY") and follows in (",", "ASC", "DESC", "NULLS")


def _is_use(tokens: Tokens, index: int, named: Mapping[str, Item]) -> bool:
    token = tokens[index]
    if not is_name(token) or folded(token) not in named or tokens[index - 1].upper in (".", "::", "AS"):
        return False
    item = next((item for item in named.values() if item.start <= index < item.end), None)
    if item is not None and index >= item.expression_end:
        return False  # it is the name that an item is given
    return index + 1 == len(tokens) or tokens[index + 1].text not in (".", "(")
