"""Literals and parameters that go into SUPER columns: they stay text, which the engine would read as JSON.

Those that go into GEOMETRY and GEOGRAPHY columns are read as WKT or hexadecimal WKB.

https://docs.aws.amazon.com/redshift/latest/dg/ingest-super.html
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import Edit, apply, swap
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.names import folded, name_end
from localcloud.redshift.sql.tree import Select, outer_selects, parts
from localcloud.redshift.sql.unions import operands


async def as_text(tokens: Tokens, context: Context) -> Tokens:
    """Return an INSERT or UPDATE with its bare literals for SUPER and spatial columns as text."""
    verb = tokens[0].upper if tokens else ""
    if verb == "INSERT" and len(tokens) > 4 and tokens[1].upper == "INTO":
        return await _insert(tokens, context)
    if verb == "UPDATE" and len(tokens) > 4:
        return await _update(tokens, context)
    return tokens


def _is_bare(tokens: Tokens, first: int, end: int) -> bool:
    return end - first == 1 and tokens[first].kind in ("string", "parameter")


async def _insert(tokens: Tokens, context: Context) -> Tokens:
    end = name_end(tokens, 2)
    table, listed = tokens[2:end], list[str]()
    if end < len(tokens) and tokens[end].text == "(":
        last = closing(tokens, end)
        listed, end = [folded(token) for token in tokens[end + 1 : last] if token.text != ","], last + 1
    if end < len(tokens) and tokens[end].upper in ("SELECT", "WITH", "("):
        bare = _bare_items(tokens[end:])
    elif end < len(tokens) and tokens[end].upper == "VALUES":
        bare = _bare_values(tokens, end + 1)
    else:
        return tokens
    if not bare:
        return tokens
    forms = await _forms(context, table, listed)
    return apply(tokens, [forms[column](token) for column, token in bare if column in forms])


def _bare_values(tokens: Tokens, index: int) -> list[tuple[int, Token]]:
    """Return the bare literals in the rows of VALUES, each with the number of its column."""
    bare = list[tuple[int, Token]]()
    while index < len(tokens) and tokens[index].text == "(":
        last = closing(tokens, index)
        row = parts(tokens, index + 1, last)
        bare += [(column, tokens[span[0]]) for column, span in enumerate(row) if _is_bare(tokens, *span)]
        index = last + 2
    return bare


def _bare_items(tokens: Tokens) -> list[tuple[int, Token]]:
    """Return the bare literals in the lists of a query, each with the number of its column."""
    joined = operands(tokens) or [(tokens, select) for select in outer_selects(tokens)[:1]]
    return [
        (column, level[item.start])
        for level, select in joined
        for column, item in enumerate(select.items)
        if _is_bare(level, item.start, item.expression_end) and not _has_star(level, select, column)
    ]


def _has_star(tokens: Tokens, select: Select, before: int) -> bool:
    """Return whether a star precedes an item, so that its place is not that of its column."""
    return any(tokens[item.end - 1].text == "*" for item in select.items[:before])


async def _forms(context: Context, table: Tokens, listed: list[str]) -> dict[int, Callable[[Token], Edit]]:
    """Return how a literal becomes a value of the listed columns (none: of all) that are SUPER or spatial.

    A column that the table has not is left to the engine.
    """
    columns = await context.columns("SELECT * FROM ", table)
    forms = {column.name: _text for column in columns if context.is_super(column)}
    forms |= {column.name: _typed_text for column in columns if context.session.types.is_spatial(column.type)}
    named = enumerate(listed or [column.name for column in columns])
    return {number: forms[name] for number, name in named if name in forms}


def _text(token: Token) -> Edit:
    return swap(token, "redshift_lab.as_super(", token, ")")


def _typed_text(token: Token) -> Edit:
    """Return a text as one, so that its cast reads it; the engine would read it as a list of numbers."""
    return swap(token, token, "::text")


async def _update(tokens: Tokens, context: Context) -> Tokens:
    start = next((index for index, token in enumerate(tokens) if token.upper == "SET"), None)
    if start is None:
        return tokens
    stop = next((at for at in range(start, len(tokens)) if tokens[at].upper in ("FROM", "WHERE")), len(tokens))
    values = {
        folded(tokens[first]): tokens[end - 1]
        for first, end in parts(tokens, start + 1, stop)
        if end - first == 3 and tokens[first + 1].text == "=" and _is_bare(tokens, end - 1, end)
    }
    if not values:
        return tokens
    forms = await _forms(context, tokens[1 : name_end(tokens, 1)], list(values))
    return apply(tokens, [form(list(values.values())[number]) for number, form in forms.items()])
