"""Expressions of numbers, the type of each, and each division of decimals in the engine's words.

A value of the engine knows its digits after the point and no precision, so that the type of each operand is found out
here: of literals and casts by their tokens, of columns by what the engine says of them.
https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.edits import Edit, Part, apply, made
from localcloud.redshift.sql.keywords import QUERIES
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import folded, is_name, path_end
from localcloud.redshift.sql.numbers import Number
from localcloud.redshift.sql.results import COMMON, TYPES, returned
from localcloud.redshift.sql.tree import parts
from localcloud.redshift.sql.typenames import DECIMALS

Lookup = Callable[[list[str]], Number | None]
"""Returns the type of a column by its path."""
Typed = tuple[int, Number | None]
"""The index after an expression, and its type if it is a number."""


class Change(NamedTuple):
    """A range of tokens that become others; an empty range has them put before it."""

    start: int
    end: int
    new: Tokens

    def covers(self, other: Change) -> bool:
        """Return whether another change is part of this one."""
        return self.start <= other.start and other.end <= self.end

    def edit(self, tokens: Tokens) -> Edit:
        """Return it as a change of tokens."""
        if self.start == self.end:
            last = tokens[self.end - 1]
            return Edit(last, last, [*made(last), *self.new])
        return Edit(tokens[self.start], tokens[self.end - 1], self.new)


@dataclass
class Reader:
    """Reads the tokens of one query; gathers the changes of the divisions that it meets."""

    tokens: Tokens
    lookup: Lookup
    rounds: bool = False
    """Casts of decimals round, as in a statement without a table; else only those of literals do."""
    changes: list[Change] = field(default_factory=list)
    rounded: set[int] = field(default_factory=set)
    """The indexes at which operands of such casts begin."""

    def scan(self, start: int, end: int) -> Number | None:
        """Read all expressions there; return the type if they are one expression of numbers."""
        index, number, count = start, None, 0
        while index < end:
            stop, number = self._sum(index, end)
            count += 1
            index = stop if stop > index else index + 1
        return number if count == 1 else None

    def _sum(self, index: int, end: int) -> Typed:
        return self._chain(index, end, ("+", "-"), self._product)

    def _product(self, index: int, end: int) -> Typed:
        return self._chain(index, end, ("*", "/", "%"), self._unary)

    def _chain(self, start: int, end: int, operators: tuple[str, ...], operand: Callable[[int, int], Typed]) -> Typed:
        index, left = operand(start, end)
        while start < index < end and self.tokens[index].text in operators:
            stop, right = operand(index + 1, end)
            if stop == index + 1:
                return index, left
            result = numbers.computed(self.tokens[index].text, left, right)
            if self.tokens[index].text == "/" and result is not None and result.kind == "decimal":
                self._divide(start, index, stop, result)
            index, left = stop, result
        return index, left

    def _divide(self, start: int, slash: int, end: int, result: Number) -> None:
        """Cut the quotient to its scale; a division within an operand is part of the change."""
        left, right = self._new(start, slash), self._new(slash + 1, end)
        scale = result.scale
        self._cast_to(start, end, result, "div((", left, f") * 1e{scale}, ", right, f") * 1e-{scale}")

    def _settle(self, start: int, end: int, result: Number | None, of: list[Number | None]) -> None:
        """Cast a choice between values, such as a CASE, to its type: the engine would give each value its own scale."""
        if result is not None and result.kind == "decimal" and any(kind != result for kind in of):
            self._cast_to(start, end, result, self._new(start, end))

    def _cast_to(self, start: int, end: int, kind: Number, *value: Part) -> None:
        self._change(start, end, "(", *value, f"){kind.cast}")

    def _change(self, start: int, end: int, *new: Part) -> None:
        change = Change(start, end, made(*new))
        self.changes = [other for other in self.changes if not start <= other.start < end]
        self.changes.append(change)

    def _new(self, start: int, end: int) -> Tokens:
        """Return a range of tokens with the changes in it made."""
        whole = Change(start, end, [])
        inside = [change.edit(self.tokens) for change in self.changes if whole.covers(change)]
        return apply(self.tokens[start:end], inside)

    def _unary(self, index: int, end: int) -> Typed:
        signs = index
        while signs < end and self.tokens[signs].text in ("+", "-"):
            signs += 1
        stop, number = self._primary(signs, end)
        return (index, None) if stop == signs else (stop, number)

    def _primary(self, start: int, end: int) -> Typed:
        if start >= end:
            return start, None
        token, number, index = self.tokens[start], None, start
        if token.kind == "number":
            index, number = index + 1, numbers.of_literal(token.text)
        elif token.kind in ("string", "parameter"):
            index += 1
        elif token.text == "(":
            index, number = self._parenthesis(index)
        elif token.upper == "CASE":
            index, number = self._case(index, end)
        elif is_name(token):
            index, number = self._named(index, end)
        else:
            return index, None
        return self._casts(start, index, end, number)

    def _parenthesis(self, index: int) -> Typed:
        last = closing(self.tokens, index)
        if self.tokens[index + 1].upper in QUERIES:
            return last + 1, None
        return last + 1, self.scan(index + 1, last)

    def _case(self, start: int, end: int) -> Typed:
        index, bounds = self._case_bounds(start, end)
        results = list[Number | None]()
        for (first, word), (last, _) in zip([(start, "CASE"), *bounds], bounds, strict=False):
            number = self.scan(first + 1, last)
            if word in ("THEN", "ELSE") and not self._is_null(first + 1, last):
                results.append(number)
        result = numbers.common(results)
        self._settle(start, index + 1, result, results)
        return index + 1, result

    def _case_bounds(self, index: int, end: int) -> tuple[int, list[tuple[int, str]]]:
        """Return where a CASE ends, and its WHENs, THENs, ELSE and END."""
        depth, bounds = 0, list[tuple[int, str]]()
        while index < end:
            word = self.tokens[index].upper
            depth += (word in ("CASE", "(")) - (word in ("END", ")"))
            if (depth == 1 and word in ("WHEN", "THEN", "ELSE")) or depth == 0:
                bounds.append((index, word))
            if depth == 0:
                break
            index += 1
        return index, bounds

    def _named(self, start: int, end: int) -> Typed:
        index = min(path_end(self.tokens, start), end)
        path = self.tokens[start:index:2]
        if index < end and self.tokens[index].text == "(":
            return self._call(start, ".".join(token.text.upper() for token in path), index, end)
        if index < end and self.tokens[index].text in ("[", "."):
            return index, None
        return index, self.lookup([folded(token) for token in path])

    def _call(self, start: int, name: str, opening: int, end: int) -> Typed:
        last = closing(self.tokens, opening)
        if name == "CAST":
            return last + 1, self._cast(opening, last)
        if self.tokens[opening + 1].upper in QUERIES:
            return last + 1, None
        first = opening + (2 if self.tokens[opening + 1].upper in ("DISTINCT", "ALL") else 1)
        spans = [span for span in parts(self.tokens, first, last) if span[0] < span[1]]
        given = [self.scan(*span) for span in spans if not self._is_null(*span)]
        index = self._window_end(last + 1, end)
        name = name.removeprefix("PG_CATALOG.")
        if name in ("ROUND", "TRUNC") and given and given[0] is not None and given[0].kind == "decimal":
            return index, self._rounded(given[0], first, last)
        result = returned(name, given)
        if name in COMMON:
            self._settle(start, index, result, given)
        return index, result

    def _window_end(self, index: int, end: int) -> int:
        """Return the index after an OVER with its window, if one comes."""
        if index + 1 >= end or self.tokens[index].upper != "OVER":
            return index
        return closing(self.tokens, index + 1) + 1 if self.tokens[index + 1].text == "(" else index + 2

    def _is_null(self, start: int, end: int) -> bool:
        return end - start == 1 and self.tokens[start].upper == "NULL"

    def _rounded(self, value: Number, first: int, last: int) -> Number | None:
        digits = [self.tokens[span[0]].text for span in parts(self.tokens, first, last)[1:]] or ["0"]
        return value._replace(scale=min(value.scale, int(digits[0]))) if digits[0].isdigit() else None

    def _cast(self, opening: int, last: int) -> Number | None:
        bound = next((at for at in range(last - 1, opening, -1) if self.tokens[at].upper == "AS"), None)
        if bound is None:
            return None
        number = self.scan(opening + 1, bound)
        kind = self._type(bound + 1)[1]
        self._round(opening + 1, bound, number, kind)
        return kind

    def _casts(self, start: int, index: int, end: int, number: Number | None) -> Typed:
        while index + 1 < end and self.tokens[index].text == "::":
            stop, kind = self._type(index + 1)
            self._round(start, index, number, kind)
            index, number = stop, kind
        return index, number

    def _round(self, start: int, end: int, number: Number | None, kind: Number | None) -> None:
        """Round a decimal before its cast to fewer digits, where the engine would cut it."""
        if number is None or kind is None or number.kind != "decimal" or kind.kind == "float":
            return
        literal = all(token.kind == "number" or token.text in ("+", "-") for token in self.tokens[start:end])
        if number.scale > kind.scale and (self.rounds or literal):
            self._change(start, end, "(0 + round(", self._new(start, end), f", {kind.scale}))")
            self.rounded.add(start)

    def _type(self, index: int) -> Typed:
        """Return the index after a type, and the type."""
        name, end = self.tokens[index].upper, index + 1
        if name in ("DOUBLE", "CHARACTER") and end < len(self.tokens) and is_name(self.tokens[end]):
            end += 1
        sizes = list[str]()
        if end < len(self.tokens) and self.tokens[end].text == "(":
            last = closing(self.tokens, end)
            sizes = [token.text for token in self.tokens[end + 1 : last] if token.text != ","]
            end = last + 1
        if name in DECIMALS and sizes and all(size.isdigit() for size in sizes):
            return end, numbers.decimal(int(sizes[0]), int(sizes[1]) if len(sizes) > 1 else 0)
        return end, TYPES.get(name)
