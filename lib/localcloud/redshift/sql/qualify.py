"""QUALIFY: a condition on window functions, which the engine knows in an outer SELECT alone.

https://docs.aws.amazon.com/redshift/latest/dg/r_QUALIFY_clause.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.redshift.sql.blocks import Block, folded, is_name
from localcloud.redshift.sql.lexer import Token, identifier, tokens

if TYPE_CHECKING:
    from localcloud.redshift.sql.queries import Context


def filter_outside(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Filter in an outer SELECT by the condition computed in the inner one."""
    if "QUALIFY" not in block.clauses:
        return sql
    start, end = block.clauses["QUALIFY"]
    tail = [name for name in ("ORDER", "LIMIT", "OFFSET", "FETCH") if name in block.clauses]
    stop = min((block.clauses[name][0] for name in tail), default=block.end)
    items = sql[words[block.list_start].start : words[block.items[-1].end - 1].end]
    head = sql[words[block.items[-1].end].start : words[start].start]
    condition = sql[words[start + 1].start : words[end - 1].end]
    found = [column.name for column in context.columns(f"SELECT {items} {head}")]
    names = [f"q{place}" for place in range(len(found))]
    order, key = _outer_order(sql, words, block, found)
    inner = f"SELECT {items}, ({condition}){key} {head}"
    listed = ", ".join([*names, "qualified", *(["ordered"] if key else [])])
    shown = ", ".join(f"{name} AS {identifier(old)}" for name, old in zip(names, found, strict=True))
    distinct = "DISTINCT " if block.distinct else ""
    rest = " ".join(block.text(sql, words, name) for name in ("LIMIT", "OFFSET", "FETCH") if name in block.clauses)
    new = f"SELECT {distinct}{shown} FROM ({inner}) AS qualifying ({listed}) WHERE qualified {order} {rest} "
    after = words[block.end - 1].end if stop != block.end or tail else words[end - 1].end
    return sql[: words[block.start].start] + new.rstrip() + sql[after:]


def _outer_order(sql: str, words: list[Token], block: Block, names: list[str]) -> tuple[str, str]:
    """Return the ORDER BY of the outer SELECT, and the key that the inner one must compute for it."""
    text = block.text(sql, words, "ORDER")
    if not text:
        return "", ""
    keys = [
        word
        for word in tokens(text)[2:]
        if word.text != "," and word.upper not in ("ASC", "DESC", "NULLS", "FIRST", "LAST")
    ]
    if all(word.kind == "number" or (is_name(word) and folded(word) in names) for word in keys):
        return text, ""
    return "ORDER BY ordered", f", row_number() OVER ({text})"
