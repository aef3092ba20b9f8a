"""Where a statement reads tables and views: names after FROM and JOIN that no WITH of theirs defines.

https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause30.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.redshift.sql.keywords import AFTER_TABLE, SET_WORDS
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import folded, is_name, joined, path_end
from localcloud.redshift.sql.tree import level_end

_WITH_FROM = {"EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION"}
"""Functions whose arguments hold a FROM that reads no table."""
_AFTER_TABLES = "SELECT WHERE GROUP ORDER HAVING LIMIT SET VALUES QUALIFY OFFSET WHEN"
_ENDS = SET_WORDS | set(_AFTER_TABLES.split())
"""What ends the tables of a FROM."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that is read: its tokens, as they are written, and whether an alias follows."""

    start: int
    end: int
    path: str
    named: bool


@dataclass(frozen=True, slots=True)
class _Common:
    """A name that a WITH defines, and the tokens between which it means that."""

    name: str
    start: int
    end: int


def references(tokens: Tokens) -> list[Reference]:
    """Return the tables and views that a statement reads, by their names of one or two parts."""
    common = list(_common_tables(tokens))
    return [
        reference
        for index in _openings(tokens)
        if (reference := _reference(tokens, index + 1)) is not None and not _is_common(tokens, reference, common)
    ]


def follows_alias(tokens: Tokens, index: int) -> bool:
    """Return whether an alias follows a table, with AS or without."""
    if index >= len(tokens):
        return False
    return tokens[index].upper == "AS" or (is_name(tokens[index]) and tokens[index].upper not in AFTER_TABLE)


def _openings(tokens: Tokens) -> Iterator[int]:
    """Yield the indexes after which a table is read: FROM, JOIN, USING, and the commas between tables."""
    levels = [""]
    for index, token in enumerate(tokens):
        if token.text == "(":
            levels.append(_opened(tokens, index, levels[-1]))
        elif token.text == ")" and len(levels) > 1:
            levels.pop()
        levels[-1] = _state(tokens, index, levels[-1])
        if levels[-1] in ("table", "list") and token.upper in ("FROM", "JOIN", "USING", ",", "("):
            yield index


def _opened(tokens: Tokens, index: int, outside: str) -> str:
    """Return the state within a parenthesis: of a function, of tables that are joined, or of anything else."""
    before = tokens[index - 1].upper if index else ""
    if before in _WITH_FROM:
        return "function"
    return "list" if outside in ("table", "list") and before in ("FROM", "JOIN", ",", "(") else ""


def _state(tokens: Tokens, index: int, state: str) -> str:
    """Return whether a token is within the tables of a FROM: `table` right where one is expected, `list` after it."""
    word, before = tokens[index].upper, tokens[index - 1].upper if index else ""
    if state == "function":
        return state
    if word == "FROM":
        return "" if before in ("DELETE", "DISTINCT") else "table"
    if word == "USING":
        return "table" if index + 1 < len(tokens) and tokens[index + 1].text != "(" else state
    if word in _ENDS:
        return ""
    return "list" if state == "table" and word not in ("(", ",") else state


def _reference(tokens: Tokens, index: int) -> Reference | None:
    """Return the name that is read there; None if it is a subquery, a function, or a name of more parts."""
    if index >= len(tokens) or not is_name(tokens[index]):
        return None
    end = path_end(tokens, index)
    if end - index > 3 or (end < len(tokens) and tokens[end].text == "("):
        return None
    return Reference(index, end, joined(tokens[index:end]), follows_alias(tokens, end))


def _is_common(tokens: Tokens, reference: Reference, common: list[_Common]) -> bool:
    if reference.end - reference.start > 1:
        return False
    name = folded(tokens[reference.start])
    return any(table.name == name and table.start <= reference.start < table.end for table in common)


def _common_tables(tokens: Tokens) -> Iterator[_Common]:
    """Yield what each WITH defines. A name means that after its own query, or in it where the WITH is RECURSIVE."""
    for index, token in enumerate(tokens):
        if token.upper != "WITH":
            continue
        recursive = index + 1 < len(tokens) and tokens[index + 1].upper == "RECURSIVE"
        at, end = index + 1 + recursive, level_end(tokens, index)
        while (body := _body(tokens, at)) is not None:
            last = closing(tokens, body)
            yield _Common(folded(tokens[at]), body if recursive else last, end)
            if last + 1 >= len(tokens) or tokens[last + 1].text != ",":
                break
            at = last + 2


def _body(tokens: Tokens, index: int) -> int | None:
    """Return where the parenthesis of the query opens that a WITH defines a name by."""
    if index >= len(tokens) or not is_name(tokens[index]):
        return None
    index += 1
    if index < len(tokens) and tokens[index].text == "(":
        index = closing(tokens, index) + 1
    is_query = index + 1 < len(tokens) and tokens[index].upper == "AS" and tokens[index + 1].text == "("
    return index + 1 if is_query else None
