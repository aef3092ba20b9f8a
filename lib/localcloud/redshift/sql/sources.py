"""The entries of a FROM clause: what each reads, and the name that it is known by."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.lexer import Token, closing

_STOP = {
    *("JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "ON", "USING", "OUTER", "PIVOT", "UNPIVOT", "AT"),
    *("TABLESAMPLE", "WHERE", "GROUP", "ORDER", "AS"),
}


@dataclass
class Source:
    """One entry of FROM: where its words are, what it reads, the name it is known by."""

    start: int
    end: int
    path: list[Token]
    name: str
    at: str = ""
    unpivot: bool = False
    path_end: int = 0


def sources(words: list[Token], start: int, end: int) -> list[Source]:
    """Return the entries of a FROM clause (its first word included in the range)."""
    found, place = list[Source](), start + 1
    while place < end:
        source = _source(words, place, end)
        found.append(source)
        place = max(source.end, place + 1)
        while place < end and not (words[place].text == "," or words[place].upper == "JOIN"):
            place = closing(words, place) + 1 if words[place].text == "(" else place + 1
        place += 1
    return found


def _source(words: list[Token], place: int, end: int) -> Source:
    start, unpivot = place, False
    if words[place].upper == "UNPIVOT" and place + 1 < end and is_name(words[place + 1]):
        unpivot, place = True, place + 1
    if words[place].upper == "LATERAL":
        place += 1
    path_start = place
    if words[place].text == "(":
        place = closing(words, place) + 1
    elif is_name(words[place]):
        place = path_end(words, place, end)
        if place < end and words[place].text == "(":
            place = closing(words, place) + 1
    else:
        place += 1
    path = words[path_start:place]
    source = Source(start, place, path, folded(path[-1]) if is_name(path[-1]) else "", unpivot=unpivot, path_end=place)
    if place + 1 < end and words[place].upper == "AS" and is_name(words[place + 1]):
        source.name, place = folded(words[place + 1]), place + 2
    elif place < end and is_name(words[place]) and words[place].upper not in _STOP:
        source.name, place = folded(words[place]), place + 1
    if place + 1 < end and words[place].upper == "AT" and is_name(words[place + 1]):
        source.at, place = folded(words[place + 1]), place + 2
    if place < end and words[place].text == "(":
        place = closing(words, place) + 1
    source.end = place
    return source


def path_end(words: list[Token], place: int, end: int) -> int:
    """Return the index after a path such as a.b[0].c that begins at a name."""
    place += 1
    while place < end:
        if words[place].text == "." and place + 1 < end and is_name(words[place + 1]):
            place += 2
        elif words[place].text == "[":
            place = closing(words, place) + 1
        else:
            break
    return place
