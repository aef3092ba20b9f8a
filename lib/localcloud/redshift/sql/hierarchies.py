"""CONNECT BY as a table that is defined by itself.

https://docs.aws.amazon.com/redshift/latest/dg/r_CONNECT_BY_clause.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql.blocks import Block, is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, identifier
from localcloud.redshift.sql.sources import Source, sources

if TYPE_CHECKING:
    from localcloud.redshift.sql.queries import Context

_WORDS = {"AND", "OR", "NOT", "IS", "NULL", "IN", "BETWEEN", "LIKE", "ILIKE", "TRUE", "FALSE", "CASE", "WHEN", "THEN"}
_WORDS |= {"ELSE", "END", "CAST", "AS", "DATE", "TIMESTAMP", "INTERVAL"}


def walk(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Return the text with the hierarchy of a block made by the engine. Raises SqlError, NeedsColumns."""
    marks = _marks(words, block)
    if "CONNECT" not in marks:
        if "START" in marks:
            raise SqlError("42601", "START WITH needs CONNECT BY")
        return sql
    stop = min(marks.values())
    source = _source(words, block, stop)
    table = sql[words[source.start].start : words[source.path_end - 1].end]
    name = identifier(source.name)
    root, step = _condition(sql, words, block, marks, "START"), _span(block, marks, "CONNECT")
    up = _stepped(sql, words, *step, name)
    inner = (
        f"(WITH RECURSIVE hierarchy AS (SELECT {name}.*, 1 AS level FROM {table} AS {name} WHERE {root} "
        f"UNION ALL SELECT {name}.*, up.level + 1 FROM {table} AS {name} JOIN hierarchy AS up ON {up}) "
        f"SELECT * FROM hierarchy) AS {name}"
    )
    edits = [Edit(words[source.start].start, words[source.end - 1].end, inner)]
    last = max(_span(block, marks, mark)[1] for mark in marks)
    edits.append(Edit(words[stop].start, words[last - 1].end, ""))
    edits += _starred(words, block, context, f"SELECT * FROM {table} AS {name}")
    return apply(sql, edits)


def _marks(words: list[Token], block: Block) -> dict[str, int]:
    """Return where START WITH and CONNECT BY stand in a block."""
    found, place = dict[str, int](), block.list_start
    while place + 1 < block.end:
        pair = words[place].upper, words[place + 1].upper
        if words[place].text == "(":
            place = closing(words, place)
        elif pair in (("START", "WITH"), ("CONNECT", "BY")):
            found[pair[0]] = place
        place += 1
    return found


def _span(block: Block, marks: dict[str, int], mark: str) -> tuple[int, int]:
    """Return where the condition after a mark begins and ends."""
    start = marks[mark] + 2
    others = [place for place in marks.values() if place > start]
    ends = [first for name, (first, _) in block.clauses.items() if first > start and name != "FROM"]
    return start, min([*others, *ends, block.end])


def _condition(sql: str, words: list[Token], block: Block, marks: dict[str, int], mark: str) -> str:
    if mark not in marks:
        return "true"
    start, end = _span(block, marks, mark)
    return sql[words[start].start : words[end - 1].end]


def _source(words: list[Token], block: Block, stop: int) -> Source:
    if "FROM" not in block.clauses:
        raise SqlError("42601", "CONNECT BY needs a table")
    start, end = block.clauses["FROM"]
    found = sources(words, start, min(end, stop))
    if len(found) != 1 or not found[0].name:
        raise not_supported("CONNECT BY over more than one table", hint="put the join into a view or a WITH")
    return found[0]


def _stepped(sql: str, words: list[Token], start: int, end: int, name: str) -> str:
    """Return the condition with PRIOR read from the row above and all else from this one."""
    edits, place = list[Edit](), start
    while place < end:
        word = words[place]
        if word.upper == "PRIOR":
            last = place + 3 if place + 2 < end and words[place + 2].text == "." else place + 1
            edits.append(Edit(word.start, words[last].end, f"up.{words[last].text}"))
            place = last
        elif word.upper == "LEVEL":
            edits.append(Edit(word.start, word.end, "(up.level + 1)"))
        elif is_name(word) and words[place - 1].text not in (".", "::") and word.upper not in _WORDS:
            after = words[place + 1].text if place + 1 < len(words) else ""
            if after not in ("(", "."):
                edits.append(Edit(word.start, word.start, f"{name}."))
        place += 1
    if not any(words[at].upper == "PRIOR" for at in range(start, end)):
        raise SqlError("42601", "CONNECT BY needs a condition with PRIOR")
    first = words[start].start
    shifted = [Edit(edit.start - first, edit.end - first, edit.text) for edit in edits]
    return apply(sql[first : words[end - 1].end], shifted)


def _starred(words: list[Token], block: Block, context: Context, query: str) -> list[Edit]:
    """Return the change of a bare `*`, which does not stand for LEVEL."""
    found = [item for item in block.items if item.end - item.start == 1 and words[item.start].text == "*"]
    if not found:
        return []
    names = ", ".join(identifier(column.name) for column in context.columns(query))
    return [Edit(words[item.start].start, words[item.start].end, names) for item in found]
