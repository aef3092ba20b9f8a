"""Correlated subqueries that Redshift cannot rewrite as joins, and so refuses; only qualified names are seen.

https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.keywords import JOINS
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, is_name
from localcloud.redshift.sql.sources import sources_of
from localcloud.redshift.sql.tree import Item, Select, selects

_OUTER = ("LEFT", "RIGHT", "FULL")


@dataclass
class _Block:
    """One SELECT, the SELECT around it, the tables that it reads, and those of others that it names."""

    select: Select
    parent: _Block | None
    tables: set[str]
    named: set[str] = field(default_factory=set)
    own: Tokens = field(default_factory=list)
    """Its tokens outside of FROM and of its subqueries."""

    @property
    def correlated(self) -> bool:
        """Whether it names a table of the SELECT around it."""
        return self.parent is not None and not self.named.isdisjoint(self.parent.tables)


def check(tokens: Tokens) -> None:
    """Raise SqlError at a correlated subquery of a pattern that the page excludes."""
    if sum(token.upper == "SELECT" for token in tokens) < 2:
        return
    blocks = list(_blocks(tokens))
    for block in blocks:
        if block.parent is not None and (_skips(block) or (block.correlated and _is_excluded(tokens, block))):
            raise SqlError("0A000", "This type of correlated subquery pattern is not supported due to internal error")


def _blocks(tokens: Tokens) -> Iterator[_Block]:
    open_blocks, blocks = list[_Block](), list[_Block]()
    for select in selects(tokens):
        while open_blocks and open_blocks[-1].select.end <= select.start:
            open_blocks.pop()
        tables = {source.name for source in sources_of(tokens, select) if source.name}
        blocks.append(_Block(select, open_blocks[-1] if open_blocks else None, tables))
        open_blocks.append(blocks[-1])
    for block in blocks:
        inner = [each.select for each in blocks if each.parent is block]
        _read(tokens, block, inner)
        yield block


def _read(tokens: Tokens, block: _Block, inner: list[Select]) -> None:
    start, end = block.select.clauses.get("FROM", (0, 0))
    for index in range(block.select.start, block.select.end):
        if start <= index < end or any(select.start <= index < select.end for select in inner):
            continue
        block.own.append(tokens[index])
        qualifies = is_name(tokens[index]) and tokens[index - 1].text not in (".", "::")
        if qualifies and index + 1 < block.select.end and tokens[index + 1].text == ".":
            block.named.add(folded(tokens[index]))
    block.named -= block.tables


def _skips(block: _Block) -> bool:
    """Return whether a SELECT names a table of one further out than the SELECT around it."""
    parent = block.parent
    known, outer = (parent.tables, parent.parent) if parent is not None else (set[str](), None)
    while outer is not None:
        if (block.named - known) & outer.tables:
            return True
        outer = outer.parent
    return False


def _is_excluded(tokens: Tokens, block: _Block) -> bool:
    """Return whether a correlated SELECT has a window function, is part of an outer join's ON, or is grouped by."""
    if any(token.upper == "OVER" for token in block.own):
        return True
    around = block.parent.select if block.parent is not None else block.select
    start, end = around.clauses.get("FROM", (0, 0))
    if start < block.select.start < end:
        joins = {token.upper for token in tokens[start:end]} & set(_OUTER)
        return bool(joins) and tokens[block.select.start - 2].upper not in ("FROM", ",", *JOINS)
    item = next((item for item in around.items if item.start <= block.select.start < item.end), None)
    return item is not None and _is_grouped(tokens, around, item)


def _is_grouped(tokens: Tokens, around: Select, item: Item) -> bool:
    start, end = around.clauses.get("GROUP", (0, 0))
    keys = {folded(token) for token in tokens[start + 2 : end] if is_name(token)}
    keys |= {token.text for token in tokens[start + 2 : end] if token.kind == "number"}
    number = str(around.items.index(item) + 1)
    return number in keys or bool(item.alias and item.alias in keys)
