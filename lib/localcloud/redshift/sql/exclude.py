"""SELECT * EXCLUDE (...): all columns of a star but those named.

https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.blocks import Block, Item, folded, is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, identifier

if TYPE_CHECKING:
    from localcloud.redshift.sql.queries import Context


def spell_out(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Return the text with the columns that a star keeps in place of it. Raises NeedsColumns."""
    edits = list[Edit]()
    for item in block.items:
        for place in range(item.start, item.end - 1):
            if words[place].text == "*" and words[place + 1].upper == "EXCLUDE":
                edits.append(_excluded(sql, words, block, item, place, context))
    return apply(sql, edits) if edits else sql


def _excluded(sql: str, words: list[Token], block: Block, item: Item, star: int, context: Context) -> Edit:
    given = [folded(word) for word in words[star + 2 : item.end] if is_name(word)]
    whole = sql[words[item.start].start : words[star].end]
    qualifier = whole[:-1]
    found = context.columns(f"SELECT {whole} {block.text(sql, words, 'FROM')}")
    missing = [name for name in given if name not in {column.name for column in found}]
    if missing:
        raise SqlError("42703", f'column "{missing[0]}" does not exist')
    kept = [qualifier + identifier(column.name) for column in found if column.name not in given]
    if not kept:
        raise SqlError("42601", "EXCLUDE leaves no column")
    return Edit(words[item.start].start, words[item.end - 1].end, ", ".join(kept))
