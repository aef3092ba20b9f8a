"""Variables in SQL: each becomes a parameter of the engine's statement, with its type."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.procedures.scope import Record, Scope, Value, Variable
from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, tokens

_TAKE_VALUES = {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "(", "DECLARE", "VALUES"}
_NAMES_FOLLOW = {"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "AS", ".", "::"}


@dataclass(frozen=True)
class Bound:
    """A statement with parameters, their values, and the statement as logs show it."""

    sql: str
    values: tuple[str | None, ...]
    shown: str


def bind(sql: str, scope: Scope) -> Bound:
    """Return a statement with its variables as parameters; DDL takes none, as in Redshift."""
    words = tokens(sql)
    if not words or not _takes_values(words):
        return Bound(sql, (), sql)
    edits, shown, values = list[Edit](), list[Edit](), list[str | None]()
    kept = _kept(words)
    place = 0
    while place < len(words):
        end = _path_end(words, place)
        found = None if place in kept else _value(words, place, end, scope)
        if found is not None:
            values.append(found[0])
            start, stop = words[place].start, words[end - 1].end
            edits.append(Edit(start, stop, _parameter(len(values), *found)))
            shown.append(Edit(start, stop, f" ${len(values)} "))
        place = end
    return Bound(apply(sql, edits), tuple(values), apply(sql, shown))


def _parameter(number: int, value: str | None, kind: str) -> str:
    if kind == "numeric":  # without a scale it would have none
        kind = f"numeric(38,{len((value or '').partition('.')[2])})"
    if kind == "super":
        return f"json_parse(${number}::varchar)"
    return f"CAST(${number} AS {'varchar' if kind in ('refcursor', 'text', 'unknown') else kind})"


def _takes_values(words: list[Token]) -> bool:
    first = words[0].upper
    created = first == "CREATE" and any(word.upper in ("SELECT", "WITH") for word in words)
    return first in _TAKE_VALUES or (created and not any(word.upper == "VIEW" for word in words[:5]))


def _path_end(words: list[Token], place: int) -> int:
    """Return the index after a name with what follows its dots."""
    end = place + 1
    if is_name(words[place]):
        while end + 1 < len(words) and words[end].text == "." and is_name(words[end + 1]):
            end += 2
    return end


def _value(words: list[Token], place: int, end: int, scope: Scope) -> Value | None:
    word = words[place]
    if word.kind == "parameter":
        return scope.read(word.text)
    before = words[place - 1] if place else None
    if not is_name(word) or (before is not None and before.upper in _NAMES_FOLLOW):
        return None
    if end < len(words) and words[end].text == "(":
        return None
    found = scope.find(folded(word))
    if isinstance(found, Record) and end - place == 1:
        return None
    if isinstance(found, Variable) and end - place > 1:
        return None
    return scope.read(".".join(folded(one) for one in words[place:end:2]))


def _kept(words: list[Token]) -> set[int]:
    """Return the places of names that are columns for certain: what INSERT lists, and what UPDATE sets."""
    kept = set[int]()
    for place, word in enumerate(words[:-1]):
        if word.upper == "INTO":
            at = _path_end(words, place + 1)
            if at < len(words) and words[at].text == "(" and words[at + 1].upper not in ("SELECT", "WITH"):
                kept |= set(range(at, closing(words, at)))
        sets = word.upper == "SET" or (word.text == "," and _in_set(words, place))
        if sets and place + 2 < len(words) and words[place + 2].text == "=":
            kept.add(place + 1)
    return kept


def _in_set(words: list[Token], place: int) -> bool:
    """Return whether a comma is between the settings of an UPDATE."""
    depth = 0
    for index in range(place - 1, -1, -1):
        depth += (words[index].text == ")") - (words[index].text == "(")
        if depth < 0 or (depth == 0 and words[index].upper in ("SELECT", "FROM", "WHERE", "BY", "VALUES")):
            return False
        if depth == 0 and words[index].upper == "SET":
            return True
    return False
