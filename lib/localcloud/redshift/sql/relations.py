"""Where a statement reads tables and views: names after FROM and JOIN that no WITH of theirs defines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.lexer import Token, closing

_WITH_FROM = {"EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION"}
"""Functions whose arguments hold a FROM that reads no table."""
_AFTER = {
    *("WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "NATURAL", "ON"),
    *("UNION", "EXCEPT", "INTERSECT", "MINUS", "QUALIFY", "WITH", "OFFSET", "PIVOT", "UNPIVOT", "USING", "SET", "WHEN"),
    *("FETCH", "FOR", "WINDOW"),
}
"""Words after a table that are no alias of it."""


@dataclass(frozen=True)
class Reference:
    """A name that is read: its words, as they are written, and whether an alias follows."""

    start: int
    end: int
    path: str
    named: bool


@dataclass(frozen=True)
class _Common:
    """A name that a WITH defines, and the words between which it means that."""

    name: str
    start: int
    end: int


def references(words: list[Token]) -> list[Reference]:
    """Return the tables and views that a statement reads, by their names of one or two parts."""
    common = list(_common_tables(words))
    return [
        reference
        for place in _openings(words)
        if (reference := _reference(words, place + 1)) is not None and not _is_common(words, reference, common)
    ]


def _openings(words: list[Token]) -> Iterator[int]:
    """Yield the words after which a table is read: FROM, JOIN, USING, and the commas between tables."""
    levels = [""]
    for place, word in enumerate(words):
        if word.text == "(" and word.kind == "operator":
            levels.append(_opened(words, place, levels[-1]))
        elif word.text == ")" and word.kind == "operator" and len(levels) > 1:
            levels.pop()
        levels[-1] = _state(words, place, levels[-1])
        if levels[-1] in ("table", "list") and (word.upper in ("FROM", "JOIN", "USING", ",", "(")):
            yield place


def _opened(words: list[Token], place: int, outside: str) -> str:
    """Return the state within a parenthesis: of a function, of tables that are joined, or of anything else."""
    before = words[place - 1].upper if place else ""
    if before in _WITH_FROM:
        return "function"
    return "list" if outside in ("table", "list") and before in ("FROM", "JOIN", ",", "(") else ""


def _state(words: list[Token], place: int, state: str) -> str:
    """Return whether a word is within the tables of a FROM: `table` right where one is expected, `list` after it."""
    word, before = words[place].upper, words[place - 1].upper if place else ""
    if state == "function":
        return state
    if word == "FROM":
        return "" if before in ("DELETE", "DISTINCT") else "table"
    if word == "USING":
        return "table" if place + 1 < len(words) and words[place + 1].text != "(" else state
    if word in ("SELECT", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "SET", "VALUES", "QUALIFY", "OFFSET", "WHEN"):
        return ""
    if word in ("UNION", "EXCEPT", "INTERSECT", "MINUS"):
        return ""
    return "list" if state == "table" and word not in ("(", ",") else state


def _reference(words: list[Token], place: int) -> Reference | None:
    """Return the name that is read there; None where it is a subquery, a function, or a name of more parts."""
    end = place + 1
    if place >= len(words) or not is_name(words[place]):
        return None
    while end + 1 < len(words) and words[end].text == "." and is_name(words[end + 1]):
        end += 2
    after = words[end] if end < len(words) else None
    if end - place > 3 or (after is not None and after.text == "("):
        return None
    path = "".join(word.text for word in words[place:end])
    named = after is not None and (after.upper == "AS" or (is_name(after) and after.upper not in _AFTER))
    return Reference(place, end, path, named)


def _is_common(words: list[Token], reference: Reference, common: list[_Common]) -> bool:
    if reference.end - reference.start > 1:
        return False
    name = folded(words[reference.start])
    return any(one.name == name and one.start <= reference.start < one.end for one in common)


def _common_tables(words: list[Token]) -> Iterator[_Common]:
    """Yield what each WITH defines. A name means that after its own query, or in it where the WITH is RECURSIVE."""
    for place, word in enumerate(words):
        if word.upper != "WITH":
            continue
        recursive = place + 1 < len(words) and words[place + 1].upper == "RECURSIVE"
        at, end = place + 1 + recursive, _level_end(words, place)
        while (body := _body(words, at)) is not None:
            last = closing(words, body)
            yield _Common(folded(words[at]), body if recursive else last, end)
            if last + 1 >= len(words) or words[last + 1].text != ",":
                break
            at = last + 2


def _body(words: list[Token], place: int) -> int | None:
    """Return where the parenthesis of the query opens that a WITH defines a name by."""
    if place >= len(words) or not is_name(words[place]):
        return None
    place += 1
    if place < len(words) and words[place].text == "(":
        place = closing(words, place) + 1
    is_query = place + 1 < len(words) and words[place].upper == "AS" and words[place + 1].text == "("
    return place + 1 if is_query else None


def _level_end(words: list[Token], place: int) -> int:
    depth = 0
    for index in range(place, len(words)):
        depth += (words[index].text == "(") - (words[index].text == ")")
        if depth < 0:
            return index
    return len(words)
