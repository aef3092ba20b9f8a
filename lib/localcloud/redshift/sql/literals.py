"""Literals and parameters that go into SUPER columns: they stay text. The engine would read them as JSON.

https://docs.aws.amazon.com/redshift/latest/dg/ingest-super.html
"""

from __future__ import annotations

from localcloud.redshift import wire
from localcloud.redshift.sql.blocks import Block, find_blocks, folded, parts
from localcloud.redshift.sql.ddl import name_end
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, tokens
from localcloud.redshift.sql.queries import Context
from localcloud.redshift.sql.unions import operands


def as_text(sql: str, context: Context) -> str:
    """Return an INSERT ... VALUES or UPDATE with its bare literals for SUPER columns as text. Raises NeedsColumns."""
    words = tokens(sql)
    verb = words[0].upper if words else ""
    if verb == "INSERT" and len(words) > 4 and words[1].upper == "INTO":
        return _insert(sql, words, context)
    if verb == "UPDATE" and len(words) > 4:
        return _update(sql, words, context)
    return sql


def _is_bare(words: list[Token], first: int, end: int) -> bool:
    return end - first == 1 and words[first].kind in ("string", "parameter")


def _insert(sql: str, words: list[Token], context: Context) -> str:
    end = name_end(words, 2)
    table, listed = sql[words[2].start : words[end - 1].end], list[str]()
    if end < len(words) and words[end].text == "(":
        last = closing(words, end)
        listed, end = [folded(word) for word in words[end + 1 : last] if word.text != ","], last + 1
    if end < len(words) and words[end].upper in ("SELECT", "WITH", "("):
        return _insert_select(sql, words[end:], context, (table, listed))
    if end >= len(words) or words[end].upper != "VALUES":
        return sql
    rows = list[list[tuple[int, int]]]()
    place = end + 1
    while place < len(words) and words[place].text == "(":
        last = closing(words, place)
        rows.append(parts(words, place + 1, last))
        place = last + 2
    if not any(_is_bare(words, *span) for row in rows for span in row):
        return sql
    supers = _supers(context, table, listed)
    return apply(
        sql, [_text(words[row[at][0]]) for row in rows for at in supers if at < len(row) and _is_bare(words, *row[at])]
    )


def _insert_select(sql: str, words: list[Token], context: Context, target: tuple[str, list[str]]) -> str:
    """Return an INSERT ... SELECT with the bare literals in its lists for SUPER columns as text."""
    joined = operands(words) or [(words, block) for block in find_blocks(words)[:1]]
    bare = [
        (at, level[item.start])
        for level, block in joined
        for at, item in enumerate(block.items)
        if _is_bare(level, item.start, item.expression_end) and not _has_star(level, block, at)
    ]
    if not bare:
        return sql
    supers = set(_supers(context, *target))
    return apply(sql, [_text(word) for at, word in bare if at in supers])


def _has_star(words: list[Token], block: Block, before: int) -> bool:
    """Tell whether a star precedes an item, so that its place is not that of its column."""
    return any(words[item.end - 1].text == "*" for item in block.items[:before])


def _supers(context: Context, table: str, listed: list[str]) -> list[int]:
    """Return which of the listed columns (none: of all) are SUPER; one that the table has not is left to the engine."""
    found = context.columns(f"SELECT * FROM {table}")
    supers = {column.name for column in found if wire.types.get(column.type) == wire.SUPER}
    return [at for at, name in enumerate(listed or [column.name for column in found]) if name in supers]


def _text(word: Token) -> Edit:
    return Edit(word.start, word.end, f"redshift_lab.as_super({word.text})")


def _update(sql: str, words: list[Token], context: Context) -> str:
    start = next((place for place, word in enumerate(words) if word.upper == "SET"), None)
    if start is None:
        return sql
    table = sql[words[1].start : words[name_end(words, 1) - 1].end]
    stops = {"FROM", "WHERE"}
    stop = next((place for place in range(start, len(words)) if words[place].upper in stops), len(words))
    found = {
        folded(words[first]): words[end - 1]
        for first, end in parts(words, start + 1, stop)
        if end - first == 3 and words[first + 1].text == "=" and _is_bare(words, end - 1, end)
    }
    if not found:
        return sql
    supers = _supers(context, table, list(found))
    return apply(sql, [_text(list(found.values())[at]) for at in supers])
