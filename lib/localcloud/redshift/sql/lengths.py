"""Text literals that become columns, of a CREATE TABLE AS or a view: VARCHAR with the length of the literal.

The engine would make a column of its own type `text`, which Redshift does not have.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
"""

from __future__ import annotations

from localcloud.redshift.sql.blocks import Block, Item, find_blocks, unwrapped
from localcloud.redshift.sql.lexer import Edit, Token, apply, string_value, tokens


def of_literals(query: str) -> str:
    """Return a query whose columns of nothing but text literals have the length of the longest one."""
    words = unwrapped(tokens(query))
    blocks = find_blocks(words)
    edits = [edit for at in range(_columns(blocks)) for edit in _column(words, [block.items[at] for block in blocks])]
    return apply(query, edits) if edits else query


def _columns(blocks: list[Block]) -> int:
    """Return how many columns the blocks have; 0 where they differ, which the engine refuses."""
    counts = {len(block.items) for block in blocks}
    return counts.pop() if len(counts) == 1 else 0


def _column(words: list[Token], items: list[Item]) -> list[Edit]:
    literals = [_literal(words, item) for item in items]
    texts = [string_value(token) for token in literals if token is not None]
    if len(texts) < len(items):
        return []
    size = max([1, *(len(text.encode()) for text in texts)])
    first = [' AS "?column?"' if number == 0 and not item.alias else "" for number, item in enumerate(items)]
    return [
        Edit(token.end, token.end, f"::varchar({size}){label}")
        for token, label in zip(literals, first, strict=True)
        if token is not None and size <= 65535
    ]


def _literal(words: list[Token], item: Item) -> Token | None:
    """Return the text literal that is the whole of an item."""
    token = words[item.start]
    return token if item.expression_end == item.start + 1 and token.kind == "string" else None
