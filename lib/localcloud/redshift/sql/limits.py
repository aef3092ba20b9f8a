"""What Redshift's grammar has with limits of its own: sorted aggregates of one order, no LIMIT below a set operation...

The engine would answer each of these; Redshift refuses them.
"""

from __future__ import annotations

from collections.abc import Iterator

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.blocks import SET_OPERATORS, find_blocks, select_levels
from localcloud.redshift.sql.lexer import Token, closing

_SORTED = {"LISTAGG", "PERCENTILE_CONT", "MEDIAN"}


def check(words: list[Token]) -> None:
    """Raise SqlError, with Redshift's text, at what it refuses."""
    for level, block in select_levels(words):
        _check_orders(list(_outer(level, block.start + 1, block.end)))
    _check_set_operations(words)
    if words[0].upper == "WITH" and any(
        word.upper == "MERGE" and words[place + 1].upper == "INTO" for place, word in enumerate(words[:-1])
    ):
        raise SqlError("0A000", "WITH is not supported in MERGE")
    if words[0].upper == "INSERT":
        _check_values(words)
    if words[0].upper == "UPDATE":
        _check_update(words)


def _outer(words: list[Token], start: int, end: int) -> Iterator[Token]:
    """Yield the words of a block without those of subqueries."""
    place = start
    while place < end:
        if words[place].text == "(" and words[place + 1].upper in ("SELECT", "WITH"):
            place = closing(words, place)
        else:
            yield words[place]
        place += 1


def _check_orders(words: list[Token]) -> None:
    orders = set[str]()
    for place, word in enumerate(words[:-1]):
        if word.upper in _SORTED and words[place + 1].text == "(":
            end = closing(words, place + 1)
            within = [one.upper for one in words[end + 1 : end + 4]] == ["WITHIN", "GROUP", "("]
            last = closing(words, end + 3) if within else end
            over = last + 1 < len(words) and words[last + 1].upper == "OVER"
            key = words[end + 6 : last] if within else words[place + 2 : end] if word.upper == "MEDIAN" else []
            if key and not over:
                orders.add(" ".join(one.text.lower() for one in key).removesuffix(" asc"))
    if len(orders) > 1:
        raise SqlError("0A000", "within group ORDER BY clauses for aggregate functions must be the same")


def _check_set_operations(words: list[Token]) -> None:
    for place, word in enumerate(words):
        if word.text != "(" or words[place + 1].upper != "SELECT":
            continue
        end = closing(words, place)
        after = words[end + 1].upper if end + 1 < len(words) else ""
        before = words[place - 1].upper if place else ""
        if before not in ("", "(", "AS", "ALL", "MINUS", *SET_OPERATORS):
            continue
        joined = after in (*SET_OPERATORS, "MINUS") or before in (*SET_OPERATORS, "MINUS")
        joined = joined or (before == "ALL" and words[place - 2].upper == "UNION")
        inner = words[place + 1 : end]
        if joined and any("LIMIT" in block.clauses for block in find_blocks(inner)):
            raise SqlError("0A000", "LIMIT may not be used within input to set operations.")


def _check_values(words: list[Token]) -> None:
    start = next((place for place, word in enumerate(words) if word.upper in ("VALUES", "SELECT")), len(words))
    if start + 1 >= len(words) or words[start].upper != "VALUES":
        return
    end = closing(words, start + 1)
    if end + 1 < len(words) and words[end + 1].text == "," and any(one.upper == "SELECT" for one in words[start:]):
        raise SqlError("0A000", "can't use subqueries in multi-row VALUES")


def _check_update(words: list[Token]) -> None:
    place, within = 0, False
    while place < len(words) - 1:
        word = words[place].upper
        if word == "(":
            place = closing(words, place)
        within = (within or word == "FROM") and word != "WHERE"
        if within and word in ("LEFT", "RIGHT", "FULL") and words[place + 1].upper in ("OUTER", "JOIN"):
            raise SqlError("0A000", "Target table must be part of an equijoin predicate")
        place += 1
