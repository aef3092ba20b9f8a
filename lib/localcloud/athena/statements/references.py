"""The tables that the text of a query names after FROM and JOIN."""

from __future__ import annotations

from collections.abc import Iterator

from localcloud.athena.reader import Token, scan

Name = tuple[str, ...]
"""One to three parts, in lower case."""

ENDS = ("WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "INTERSECT", "EXCEPT", "WINDOW")
"""Words that end a list of tables."""


def tables(sql: str) -> set[Name]:
    """Return the names of tables, views and common table expressions that a query reads from."""
    return {name for _, name in references(scan(sql))}


def references(tokens: list[Token]) -> Iterator[tuple[int, Name]]:
    """Yield where each name begins in a list of tokens, and the name."""
    lists = [False]  # by depth of parentheses: whether a list of tables continues there
    wanted = False
    at = 0
    while at < len(tokens):
        word = tokens[at].upper()
        if wanted and tokens[at].kind in ("word", "name") and word not in ("LATERAL", "UNNEST", "TABLE", "SELECT"):
            name, end = path(tokens, at)
            if tokens[end].upper() != "(":
                yield at, name
            wanted, at = False, end
            continue
        wanted = _wanted(word, lists, wanted)
        at += 1


def _wanted(word: str, lists: list[bool], wanted: bool) -> bool:
    """Keep book of the parentheses; return whether the next name is that of a table."""
    if word == "(":
        lists.append(wanted)  # FROM (a CROSS JOIN b)
        return wanted
    if word == ")":
        if len(lists) > 1:
            lists.pop()
        return False
    if word in ("FROM", "JOIN"):
        lists[-1] = True
        return True
    if word in ENDS or word == "SELECT":
        lists[-1] = False
    return word == "," and lists[-1]


def path(tokens: list[Token], at: int) -> tuple[Name, int]:
    """Return the dotted name that begins at a token, and where it ends."""
    parts = [tokens[at].text.lower()]
    at += 1
    while tokens[at].text == "." and tokens[at + 1].kind in ("word", "name"):
        parts.append(tokens[at + 1].text.lower())
        at += 2
    return tuple(parts), at
