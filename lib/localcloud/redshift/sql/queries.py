"""Queries, the innermost first: each SELECT goes through the rules that know one part of Redshift's SELECT each.

https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_synopsis.html
"""

from __future__ import annotations

from localcloud.redshift.sql import (
    aliases,
    decimals,
    exclude,
    grouping,
    hierarchies,
    navigation,
    outer_joins,
    pivot,
    qualify,
    super_joins,
    top,
    unions,
    unnesting,
)
from localcloud.redshift.sql.context import Context, Rule
from localcloud.redshift.sql.edits import Edit, Part, apply
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.sources import sources_of
from localcloud.redshift.sql.tree import Select, is_query, outer_selects

RULES: tuple[tuple[Rule, frozenset[str]], ...] = (
    (outer_joins.rewrite, frozenset("+")),
    (hierarchies.walk, frozenset(("CONNECT", "START"))),
    (unnesting.unnest, frozenset((".", "[", "UNPIVOT"))),
    (pivot.rewrite, frozenset(("PIVOT", "UNPIVOT"))),
    (exclude.spell_out, frozenset(("EXCLUDE",))),
    (grouping.expand, frozenset(("ALL",))),
    (super_joins.check, frozenset(("RIGHT", "FULL"))),
    (navigation.navigate, frozenset((".", "["))),
    (aliases.resolve, frozenset()),
    (decimals.divide, frozenset()),
    (qualify.filter_outside, frozenset(("QUALIFY",))),
    (top.limit, frozenset(("TOP",))),
)
"""The rules of one SELECT in the order in which they are applied, each with the words of which it needs one."""


async def rewrite_queries(tokens: Tokens, context: Context) -> Tokens:
    """Return a statement with all its queries in the engine's SQL; the same list if nothing changed."""
    selects = outer_selects(tokens)
    prefix = _with(tokens, selects)
    names = frozenset(source.name for select in selects for source in sources_of(tokens, select) if source.name)
    inner = await _nested(tokens, context.within((), names))
    if inner is not tokens:
        tokens, selects = inner, outer_selects(inner)
    if prefix:
        context = context.within(_with(tokens, selects), frozenset())
    for number in range(len(selects) - 1, -1, -1):
        tokens = await _rewrite_select(tokens, number, context)
    return await unions.align(tokens, context) if context.typed else tokens


def _is_with(tokens: Tokens, index: int) -> bool:
    return tokens[index].upper == "WITH" and index + 1 < len(tokens) and tokens[index + 1].text != "("


def _with(tokens: Tokens, selects: list[Select]) -> tuple[Part, ...]:
    """Return the WITH that comes before the first SELECT of this level."""
    first = next((index for index in range(len(tokens)) if _is_with(tokens, index)), None)
    if first is None or not selects or first > selects[0].start:
        return ()
    return tokens[first : selects[0].start], tokens[selects[0].start].space


async def _nested(tokens: Tokens, context: Context) -> Tokens:
    edits, index, seen, recursive = list[Edit](), 0, False, False
    while index < len(tokens):
        if _is_with(tokens, index):
            seen = True
            # A table that is defined by reference to itself has no columns yet.
            recursive = tokens[index + 1].upper == "RECURSIVE"
        if tokens[index].text == "(" and is_query(tokens, index):
            end = closing(tokens, index)
            inner = tokens[index + 1 : end]
            before = _earlier(tokens, index, edits) if seen else ()
            new = await rewrite_queries(inner, context.within(before, frozenset(), typed=not recursive))
            if new is not inner:
                edits.append(Edit(inner[0], inner[-1], new))
            index = end
        index += 1
    return apply(tokens, edits) if edits else tokens


def _earlier(tokens: Tokens, end: int, edits: list[Edit]) -> tuple[Part, ...]:
    """Return the common table expressions that are complete before an index, to be seen by a query there."""
    first = next(index for index in range(len(tokens)) if _is_with(tokens, index))
    depth, last = 0, 0
    for index in range(first, end):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        closes = depth == 0 and tokens[index].text == ")"
        if closes and index + 1 < len(tokens) and tokens[index + 1].upper != "AS":
            last = index
            if index + 1 < end and tokens[index + 1].text != ",":
                break
    return (apply(tokens[first : last + 1], edits), " ") if last else ()


async def _rewrite_select(tokens: Tokens, number: int, context: Context) -> Tokens:
    """Apply all rules to one SELECT of the outermost level, which is read again where a rule has changed it."""
    selects = outer_selects(tokens)
    for rule, needed in RULES:
        if needed and needed.isdisjoint(context.keywords):
            continue
        if number >= len(selects):
            break
        new = await rule(tokens, selects[number], context)
        if new is not tokens:
            tokens, selects = new, outer_selects(new)
    return tokens
