"""The SELECTs of a statement, each with its clauses and items, as ranges of tokens.

A statement is read into this tree without the whole grammar: parentheses nest, keywords begin clauses, commas part
items (https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_synopsis.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.keywords import CLAUSES, ENDS_EXPRESSION, GOES_ON, QUERIES, SET_OPERATORS
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.names import folded, is_name


@dataclass(slots=True)
class Item:
    """One entry of a select list: its tokens, and its name where it has one (AS or after the expression)."""

    start: int
    end: int
    alias: str = ""
    expression_end: int = 0

    def is_star(self, tokens: Tokens) -> bool:
        """Return whether it stands for all columns, or for all of one table."""
        last = self.end - 1
        return tokens[last].text == "*" and (last == self.start or tokens[last - 1].text == ".")


@dataclass(slots=True)
class Select:
    """One SELECT: index ranges of its tokens; a clause that is absent is not in `clauses`."""

    start: int
    end: int
    list_start: int
    items: list[Item] = field(default_factory=list)
    clauses: dict[str, tuple[int, int]] = field(default_factory=dict)
    distinct: bool = False
    top: tuple[int, int] | None = None
    """The indexes of TOP, and of its number."""

    def clause(self, tokens: Tokens, name: str) -> Tokens:
        """Return the tokens of a clause, with its first word; none if the SELECT does not have it."""
        start, end = self.clauses.get(name, (0, 0))
        return tokens[start:end]

    def range_of(self, name: str) -> tuple[int, int]:
        """Return where a clause begins and ends; an empty range at the end if there is none."""
        return self.clauses.get(name, (self.end, self.end))


class Groups:
    """Where the parentheses and brackets of a list of tokens close."""

    def __init__(self, tokens: Tokens) -> None:
        self._closings, opened = dict[int, int](), list[int]()
        for index, token in enumerate(tokens):
            text = token.text
            if text == "(" or text == "[":  # as in `closing`
                opened.append(index)
            elif (text == ")" or text == "]") and opened:
                self._closings[opened.pop()] = index

    def end(self, opening: int) -> int:
        """Return the index of what closes a parenthesis or bracket. Raises SqlError if nothing does."""
        try:
            return self._closings[opening]
        except KeyError:
            raise SqlError("42601", "syntax error at end of input") from None


def outer_selects(tokens: Tokens) -> list[Select]:
    """Return the SELECTs of the outermost level, in their order."""
    groups, starts, ends, index = Groups(tokens), list[int](), list[int](), 0
    while index < len(tokens):
        token = tokens[index]
        if token.text in ("(", "["):
            index = groups.end(index)
        elif token.upper == "SELECT":
            starts.append(index)
        elif token.upper in SET_OPERATORS and len(ends) < len(starts):
            ends.append(index)
        index += 1
    ends += [len(tokens)] * (len(starts) - len(ends))
    return [_select(tokens, groups, start, end) for start, end in zip(starts, ends, strict=False)]


def unwrapped(tokens: Tokens) -> Tokens:
    """Return the tokens of a query without the parentheses around the whole of it."""
    while tokens and tokens[0].text == "(" and closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def selects(tokens: Tokens) -> Iterator[Select]:
    """Yield each SELECT on any level, in the order in which they begin."""
    groups: Groups | None = None
    for index, token in enumerate(tokens):
        if token.upper == "SELECT":
            groups = groups or Groups(tokens)
            yield _select(tokens, groups, index, _select_end(tokens, groups, index))


def _select_end(tokens: Tokens, groups: Groups, start: int) -> int:
    """Return the index after the last token of a SELECT: a set operator, or the end of its level."""
    index = start
    while index < len(tokens):
        token = tokens[index]
        if token.text in ("(", "["):
            index = groups.end(index)
        elif token.text in (")", "]") or token.upper in SET_OPERATORS:
            return index
        index += 1
    return index


def _select(tokens: Tokens, groups: Groups, start: int, end: int) -> Select:
    index, select = start + 1, Select(start, end, start + 1)
    if index < end and tokens[index].upper in ("DISTINCT", "ALL"):
        select.distinct = tokens[index].upper == "DISTINCT"
        index += 1
    if index + 1 < end and tokens[index].upper == "TOP" and tokens[index + 1].kind in ("number", "parameter"):
        select.top = (index, index + 1)
        index += 2
    select.list_start = index
    _find_clauses(tokens, groups, select)
    list_end = min((first for first, _ in select.clauses.values()), default=end)
    listed = parts(tokens, index, list_end)
    select.items = [_item(tokens, first, last) for first, last in listed if last > first]
    return select


def _find_clauses(tokens: Tokens, groups: Groups, select: Select) -> None:
    clauses, index = list[tuple[str, int]](), select.list_start
    while index < select.end:
        word = tokens[index].upper
        if tokens[index].text in ("(", "["):
            index = groups.end(index)
        elif word in CLAUSES and _begins_clause(tokens, index, word, [name for name, _ in clauses]):
            clauses.append((word, index))
        index += 1
    bounds = [at for _, at in clauses] + [select.end]
    for number, (name, at) in enumerate(clauses):
        select.clauses.setdefault(name, (at, bounds[number + 1]))


def _begins_clause(tokens: Tokens, index: int, word: str, seen: list[str]) -> bool:
    after = tokens[index + 1].text.upper() if index + 1 < len(tokens) else ""
    before = tokens[index - 1]
    if word in ("GROUP", "ORDER"):
        return after == "BY"
    if word == "FROM":
        return before.upper != "DISTINCT" and "FROM" not in seen
    if word in ("WINDOW", "OFFSET", "LIMIT", "FETCH", "QUALIFY", "INTO", "FOR"):
        return before.upper not in (".", ",", "AS", "SELECT") and after not in (",", "", "FROM", ".")
    return True


def parts(tokens: Tokens, start: int, end: int) -> list[tuple[int, int]]:
    """Return where the parts between commas of one level begin and end."""
    ranges, first, index = list[tuple[int, int]](), start, start
    while index < end:
        text = tokens[index].text
        if text in ("(", "["):
            index = closing(tokens, index)
        elif text == ",":
            ranges.append((first, index))
            first = index + 1
        index += 1
    return [*ranges, (first, end)]


def _item(tokens: Tokens, start: int, end: int) -> Item:
    item, last = Item(start, end, expression_end=end), tokens[end - 1]
    if end - start < 2 or not is_name(last):
        return item
    before = tokens[end - 2]
    if before.upper == "AS":
        item.alias, item.expression_end = folded(last), end - 2
    elif last.upper not in ENDS_EXPRESSION and before.upper not in GOES_ON and _may_end(before, end - start):
        item.alias, item.expression_end = folded(last), end - 1
    return item


def _may_end(token: Token, length: int) -> bool:
    """Return whether an expression may end with a token before the alias; a star only where it is all of the item."""
    if token.text == "*":
        return length == 2
    return token.kind in ("word", "quoted", "number", "string", "parameter") or token.text in (")", "]")


def is_query(tokens: Tokens, opening: int) -> bool:
    """Return whether a parenthesis opens a subquery."""
    return tokens[opening].text == "(" and opening + 1 < len(tokens) and tokens[opening + 1].upper in QUERIES


def outside_subqueries(tokens: Tokens, start: int, end: int) -> Iterator[int]:
    """Yield the indexes of a range but those of subqueries."""
    index = start
    while index < end:
        if is_query(tokens, index):
            index = closing(tokens, index)
        else:
            yield index
        index += 1


def find_outer(tokens: Tokens, keywords: tuple[str, ...], start: int = 0) -> int | None:
    """Return the index of the first of some words outside of parentheses; None if there is none."""
    index = start
    while index < len(tokens):
        if tokens[index].text == "(":
            index = closing(tokens, index)
        elif tokens[index].upper in keywords:
            return index
        index += 1
    return None


def level_end(tokens: Tokens, start: int) -> int:
    """Return the index at which the parentheses around a token close, or the end of all."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth < 0:
            return index
    return len(tokens)
