"""Each `*` in the lists of a query's SELECTs, and the tables whose columns it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.athena.reader import Token
from localcloud.athena.statements.references import ENDS, Name, path, references

_BEFORE = ("SELECT", "DISTINCT", "ALL", ",")
_QUERY = ("SELECT", "WITH", "VALUES", "TABLE")
_OPEN, _CLOSE = "([", ")]"


@dataclass(frozen=True)
class Star:
    """A `*` or `name.*`: its place in the text, and where the tables of its FROM begin in the list of tokens."""

    start: int
    end: int
    qualifier: Name
    tables: frozenset[int]
    alone: bool
    """Whether FROM has one item only."""


def stars(tokens: list[Token]) -> Iterator[Star]:
    """Yield the stars of all lists."""
    named = [at for at, _ in references(tokens)]
    for at, token in enumerate(tokens):
        if token.text != "*" or token.kind != "mark" or at == 0:
            continue
        if tokens[at - 1].upper() in _BEFORE:
            first, qualifier = at, Name()
        elif tokens[at - 1].text == ".":
            first = _start(tokens, at - 1)
            qualifier = path(tokens, first)[0]
        else:
            continue
        tables, alone = _from(tokens, at, named)
        yield Star(tokens[first].start, token.end, qualifier, tables, alone)


def _start(tokens: list[Token], dot: int) -> int:
    """Return where the dotted name before a dot begins."""
    at = dot - 1
    while at > 1 and tokens[at - 1].text == ".":
        at -= 2
    return at


def _from(tokens: list[Token], at: int, named: list[int]) -> tuple[frozenset[int], bool]:
    """Return the tables of the FROM that follows a place in a list, subqueries aside."""
    inside, alone = False, True
    skipped: list[bool] = []  # by open parenthesis: whether a subquery is in it
    tables = set[int]()
    for index in range(at + 1, len(tokens)):
        word = tokens[index].upper()
        if word and word in _OPEN:
            skipped.append(any(skipped) or not inside or tokens[index + 1].upper() in _QUERY)
            alone = alone and (any(skipped) or not inside)
        elif word and word in _CLOSE:
            if not skipped:
                break
            skipped.pop()
        elif any(skipped):
            continue
        elif word == "FROM":
            inside = True
        elif inside and not skipped and word in ENDS:
            break
        elif inside and word in (",", "JOIN"):
            alone = False
        elif inside and index in named:
            tables.add(index)
    return frozenset(tables), alone
