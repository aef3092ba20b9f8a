"""The entries of a FROM clause: what each reads, and the name that it is known by."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.sql.keywords import AFTER_TABLE
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import folded, is_name
from localcloud.redshift.sql.tree import Select


@dataclass(slots=True)
class Source:
    """One entry of FROM: where its tokens are, what it reads, the name it is known by."""

    start: int
    end: int
    path: Tokens
    name: str
    at: str = ""
    unpivot: bool = False
    path_end: int = 0


def sources_of(tokens: Tokens, select: Select) -> list[Source]:
    """Return what a SELECT reads; nothing if it has no FROM."""
    return sources(tokens, *select.clauses["FROM"]) if "FROM" in select.clauses else []


def sources(tokens: Tokens, start: int, end: int) -> list[Source]:
    """Return the entries of a FROM clause (its first word included in the range)."""
    listed, index = list[Source](), start + 1
    while index < end:
        source = _source(tokens, index, end)
        listed.append(source)
        index = max(source.end, index + 1)
        while index < end and not (tokens[index].text == "," or tokens[index].upper == "JOIN"):
            index = closing(tokens, index) + 1 if tokens[index].text == "(" else index + 1
        index += 1
    return listed


def _source(tokens: Tokens, index: int, end: int) -> Source:
    start, unpivot = index, False
    if tokens[index].upper == "UNPIVOT" and index + 1 < end and is_name(tokens[index + 1]):
        unpivot, index = True, index + 1
    if tokens[index].upper == "LATERAL":
        index += 1
    first = index
    index = _read_end(tokens, index, end)
    path = tokens[first:index]
    name = folded(path[-1]) if is_name(path[-1]) else ""
    source = Source(start, index, path, name, unpivot=unpivot, path_end=index)
    if index + 1 < end and tokens[index].upper == "AS" and is_name(tokens[index + 1]):
        source.name, index = folded(tokens[index + 1]), index + 2
    elif index < end and is_name(tokens[index]) and tokens[index].upper not in AFTER_TABLE:
        source.name, index = folded(tokens[index]), index + 1
    if index + 1 < end and tokens[index].upper == "AT" and is_name(tokens[index + 1]):
        source.at, index = folded(tokens[index + 1]), index + 2
    if index < end and tokens[index].text == "(":
        index = closing(tokens, index) + 1
    source.end = index
    return source


def _read_end(tokens: Tokens, index: int, end: int) -> int:
    """Return the index after what is read: a subquery, a path, or a call."""
    if tokens[index].text == "(":
        return closing(tokens, index) + 1
    if not is_name(tokens[index]):
        return index + 1
    index = steps_end(tokens, index, end)
    return closing(tokens, index) + 1 if index < end and tokens[index].text == "(" else index


def steps_end(tokens: Tokens, index: int, end: int) -> int:
    """Return the index after a path such as a.b[0].c that begins at a name."""
    index += 1
    while index < end:
        if tokens[index].text == "." and index + 1 < end and is_name(tokens[index + 1]):
            index += 2
        elif tokens[index].text == "[":
            index = closing(tokens, index) + 1
        else:
            break
    return index
