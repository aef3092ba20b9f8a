"""The parts of a query: SELECT blocks, their clauses and items, found by words without knowing the whole grammar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from localcloud.redshift.sql.lexer import Token, closing, lowered

_CLAUSES = ("FROM", "WHERE", "GROUP", "HAVING", "QUALIFY", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "INTO")
SET_OPERATORS = ("UNION", "EXCEPT", "INTERSECT")
_NO_ALIAS = {
    *(
        "END",
        "NULL",
        "TRUE",
        "FALSE",
        "UNKNOWN",
        "PRECISION",
        "VARYING",
        "ZONE",
        "YEAR",
        "MONTH",
        "DAY",
        "HOUR",
        "MINUTE",
    ),
    *("SECOND", "ROWS", "ROW", "FOLLOWING", "PRECEDING", "ALL", "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_USER"),
}
_OPERATORS = {
    *(
        "AND",
        "OR",
        "NOT",
        "IS",
        "IN",
        "LIKE",
        "ILIKE",
        "BETWEEN",
        "SIMILAR",
        "TO",
        "ZONE",
        "THEN",
        "ELSE",
        "WHEN",
        "CASE",
    ),
    *(
        "DISTINCT",
        "FROM",
        "AS",
        "INTERVAL",
        "DATE",
        "TIMESTAMP",
        "TIMESTAMPTZ",
        "TIME",
        "SELECT",
        "TOP",
        "ALL",
        "ESCAPE",
    ),
    *("COLLATE", "OVER", "BY", "ON", "ANY", "SOME", "ARRAY", "DOUBLE", "CHARACTER", "WITH", "WITHOUT", "AT"),
}


@dataclass
class Item:
    """One entry of a select list: its words, and its name where it has one (AS or after the expression)."""

    start: int
    end: int
    alias: str = ""
    expression_end: int = 0


@dataclass
class Block:
    """One SELECT: index ranges of its words; a clause that is absent is not in `clauses`."""

    start: int
    end: int
    list_start: int
    items: list[Item] = field(default_factory=list)
    clauses: dict[str, tuple[int, int]] = field(default_factory=dict)
    distinct: bool = False
    top: tuple[int, int] | None = None
    """The words of TOP, and of its number."""

    def text(self, sql: str, words: list[Token], clause: str) -> str:
        """Return a clause as it is written, with its first word; nothing where the block has none."""
        if clause not in self.clauses:
            return ""
        start, end = self.clauses[clause]
        return sql[words[start].start : words[end - 1].end]


def folded(token: Token) -> str:
    """Return a name as it is stored."""
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else lowered(token.text)


def is_name(token: Token) -> bool:
    """Tell whether a word could be a name."""
    return token.kind in ("word", "quoted")


def find_blocks(words: list[Token]) -> list[Block]:
    """Return the SELECT blocks of the outermost level, in their order."""
    starts, ends, place = list[int](), list[int](), 0
    while place < len(words):
        if words[place].text in ("(", "["):
            place = closing(words, place)
        elif words[place].upper == "SELECT":
            starts.append(place)
        elif words[place].upper in SET_OPERATORS and len(ends) < len(starts):
            ends.append(place)
        place += 1
    ends += [len(words)] * (len(starts) - len(ends))
    return [_block(words, start, end) for start, end in zip(starts, ends, strict=False)]


def unwrapped(words: list[Token]) -> list[Token]:
    """Return the words of a query without the parentheses around the whole of it."""
    while words and words[0].text == "(" and closing(words, 0) == len(words) - 1:
        words = words[1:-1]
    return words


def select_levels(words: list[Token]) -> Iterator[tuple[list[Token], Block]]:
    """Yield each SELECT block on any level, with the words that its positions count in."""
    for place, word in enumerate(words):
        if word.upper == "SELECT":
            level = words[place : _level_end(words, place)]
            for block in find_blocks(level)[:1]:
                yield level, block


def _level_end(words: list[Token], place: int) -> int:
    depth = 0
    for index in range(place, len(words)):
        depth += (words[index].text == "(") - (words[index].text == ")")
        if depth < 0:
            return index
    return len(words)


def _block(words: list[Token], start: int, end: int) -> Block:
    place, block = start + 1, Block(start, end, start + 1)
    if place < end and words[place].upper in ("DISTINCT", "ALL"):
        block.distinct = words[place].upper == "DISTINCT"
        place += 1
    if place + 1 < end and words[place].upper == "TOP" and words[place + 1].kind in ("number", "parameter"):
        block.top = (place, place + 1)
        place += 2
    block.list_start = place
    _find_clauses(words, block)
    list_end = min((first for first, _ in block.clauses.values()), default=end)
    block.items = [_item(words, first, last) for first, last in parts(words, place, list_end) if last > first]
    return block


def _find_clauses(words: list[Token], block: Block) -> None:
    found, place = list[tuple[str, int]](), block.list_start
    while place < block.end:
        word = words[place].upper
        if words[place].text in ("(", "["):
            place = closing(words, place)
        elif word in _CLAUSES and _begins_clause(words, place, word, [name for name, _ in found]):
            found.append((word, place))
        place += 1
    bounds = [at for _, at in found] + [block.end]
    for number, (name, at) in enumerate(found):
        block.clauses.setdefault(name, (at, bounds[number + 1]))


def _begins_clause(words: list[Token], place: int, word: str, seen: list[str]) -> bool:
    after = words[place + 1].text.upper() if place + 1 < len(words) else ""
    before = words[place - 1]
    if word in ("GROUP", "ORDER"):
        return after == "BY"
    if word == "FROM":
        return before.upper != "DISTINCT" and "FROM" not in seen
    if word in ("WINDOW", "OFFSET", "LIMIT", "FETCH", "QUALIFY", "INTO", "FOR"):
        return before.text not in (".", ",", "AS", "as", "SELECT", "select") and after not in (",", "", "FROM", ".")
    return True


def parts(words: list[Token], start: int, end: int) -> list[tuple[int, int]]:
    """Return where the parts between commas of one level begin and end."""
    found, first, place = list[tuple[int, int]](), start, start
    while place < end:
        if words[place].text in ("(", "["):
            place = closing(words, place)
        elif words[place].text == ",":
            found.append((first, place))
            first = place + 1
        place += 1
    return [*found, (first, end)]


def _item(words: list[Token], start: int, end: int) -> Item:
    item = Item(start, end, expression_end=end)
    if end - start < 2 or not is_name(words[end - 1]):
        return item
    before = words[end - 2]
    if before.upper == "AS":
        item.alias, item.expression_end = folded(words[end - 1]), end - 2
    elif (
        words[end - 1].upper not in _NO_ALIAS
        and before.upper not in _OPERATORS
        and (before.kind in ("word", "quoted", "number", "string", "parameter") or before.text in (")", "]", "*"))
        and before.text != "."
        and not (before.text == "*" and end - start > 2)
    ):
        item.alias, item.expression_end = folded(words[end - 1]), end - 1
    return item
