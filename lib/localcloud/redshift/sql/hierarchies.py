"""CONNECT BY as a table that is defined by reference to itself.

https://docs.aws.amazon.com/redshift/latest/dg/r_CONNECT_BY_clause.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import Edit, apply, before, made, replace, swap
from localcloud.redshift.sql.keywords import IN_CONDITIONS
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import identifier, is_name
from localcloud.redshift.sql.sources import Source, sources
from localcloud.redshift.sql.tree import Select


async def walk(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Return the tokens with the hierarchy of a SELECT made by the engine. Raises SqlError."""
    marks = _marks(tokens, select)
    if "CONNECT" not in marks:
        if "START" in marks:
            raise SqlError("42601", "START WITH needs CONNECT BY")
        return tokens
    stop = min(marks.values())
    source = _source(tokens, select, stop)
    table, name = tokens[source.start : source.path_end], identifier(source.name)
    root = tokens[slice(*_span(select, marks, "START"))] if "START" in marks else made("true")
    up = _stepped(tokens, *_span(select, marks, "CONNECT"), name)
    rows = made(table, f" AS {name}")
    inner = made(
        f"(WITH RECURSIVE hierarchy AS (SELECT {name}.*, 1 AS level FROM ",
        *(rows, " WHERE ", root, f" UNION ALL SELECT {name}.*, up.level + 1 FROM ", rows),
        *(" JOIN hierarchy AS up ON ", up, f") SELECT * FROM hierarchy) AS {name}"),
    )
    last = max(_span(select, marks, mark)[1] for mark in marks)
    edits = [replace(tokens[source.start], tokens[source.end - 1], inner), replace(tokens[stop], tokens[last - 1])]
    return apply(tokens, edits + await _starred(tokens, select, context, rows))


def _marks(tokens: Tokens, select: Select) -> dict[str, int]:
    """Return where START WITH and CONNECT BY are in a SELECT."""
    marks, index = dict[str, int](), select.list_start
    while index + 1 < select.end:
        word = tokens[index].upper
        if word == "(":
            index = closing(tokens, index)
        elif (word, tokens[index + 1].upper) in (("START", "WITH"), ("CONNECT", "BY")):
            marks[word] = index
        index += 1
    return marks


def _span(select: Select, marks: dict[str, int], mark: str) -> tuple[int, int]:
    """Return where the condition after a mark begins and ends."""
    start = marks[mark] + 2
    others = [index for index in marks.values() if index > start]
    ends = [first for name, (first, _) in select.clauses.items() if first > start and name != "FROM"]
    return start, min([*others, *ends, select.end])


def _source(tokens: Tokens, select: Select, stop: int) -> Source:
    if "FROM" not in select.clauses:
        raise SqlError("42601", "CONNECT BY needs a table")
    start, end = select.clauses["FROM"]
    listed = sources(tokens, start, min(end, stop))
    if len(listed) != 1 or not listed[0].name:
        raise not_supported("CONNECT BY over more than one table", hint="put the join into a view or a WITH")
    return listed[0]


def _stepped(tokens: Tokens, start: int, end: int, name: str) -> Tokens:
    """Return the condition with PRIOR read from the row above and all else from this one."""
    edits, index, seen = list[Edit](), start, False
    while index < end:
        token = tokens[index]
        if token.upper == "PRIOR":
            seen, last = True, index + 3 if index + 2 < end and tokens[index + 2].text == "." else index + 1
            edits.append(replace(token, tokens[last], "up.", tokens[last]))
            index = last
        elif token.upper == "LEVEL":
            edits.append(swap(token, "(up.level + 1)"))
        elif _is_column(tokens, index):
            edits.append(before(token, f"{name}."))
        index += 1
    if not seen:
        raise SqlError("42601", "CONNECT BY needs a condition with PRIOR")
    return apply(tokens[start:end], edits)


def _is_column(tokens: Tokens, index: int) -> bool:
    """Return whether a token is a column without its table."""
    token, follows = tokens[index], tokens[index + 1].text if index + 1 < len(tokens) else ""
    is_part = tokens[index - 1].text in (".", "::") or follows in ("(", ".")
    return is_name(token) and not is_part and token.upper not in IN_CONDITIONS


async def _starred(tokens: Tokens, select: Select, context: Context, rows: Tokens) -> list[Edit]:
    """Return the change of a bare `*`, which does not stand for LEVEL."""
    stars = [item for item in select.items if item.end - item.start == 1 and tokens[item.start].text == "*"]
    if not stars:
        return []
    names = ", ".join(identifier(name) for name in await context.names_of("SELECT * FROM ", rows))
    return [swap(tokens[item.start], names) for item in stars]
