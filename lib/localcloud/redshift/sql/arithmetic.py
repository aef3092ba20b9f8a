"""Expressions of numbers within a text, the type of each, and each division of decimals in the engine's words.

A value of the engine knows its digits after the point and no precision, so that the type of each operand is found out
here: of literals and casts by their words, of columns by asking the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.blocks import folded, is_name, parts
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing
from localcloud.redshift.sql.numbers import Number
from localcloud.redshift.sql.results import COMMON, TYPES, returned

Lookup = Callable[[list[str]], Number | None]
"""Returns the type of a column by its path."""


@dataclass
class Reader:
    """Reads the words of one query; gathers the changes of the divisions found."""

    sql: str
    words: list[Token]
    lookup: Lookup
    rounds: bool = False
    """Casts of decimals round, as in a statement without a table; else only those of literals do."""
    edits: list[Edit] = field(default_factory=list)
    rounded: set[int] = field(default_factory=set)
    """The indexes at which operands of such casts begin."""

    def scan(self, start: int, end: int) -> Number | None:
        """Read all expressions there; return the type if they are one expression of numbers."""
        place, found, count = start, None, 0
        while place < end:
            after, found = self._sum(place, end)
            count += 1
            place = after if after > place else place + 1
        return found if count == 1 else None

    def _sum(self, place: int, end: int) -> tuple[int, Number | None]:
        return self._chain(place, end, ("+", "-"), self._product)

    def _product(self, place: int, end: int) -> tuple[int, Number | None]:
        return self._chain(place, end, ("*", "/", "%"), self._unary)

    def _chain(
        self, start: int, end: int, operators: tuple[str, ...], operand: Callable[[int, int], tuple[int, Number | None]]
    ) -> tuple[int, Number | None]:
        place, left = operand(start, end)
        while start < place < end and self.words[place].text in operators:
            after, right = operand(place + 1, end)
            if after == place + 1:
                return place, left
            result = numbers.computed(self.words[place].text, left, right)
            if self.words[place].text == "/" and result is not None and result.kind == "decimal":
                self._divide(start, place, after, result)
            place, left = after, result
        return place, left

    def _divide(self, start: int, slash: int, end: int, result: Number) -> None:
        """Cut the quotient to its scale; a division within an operand is part of the change."""
        left, right = self._text(start, slash), self._text(slash + 1, end)
        self._replace(start, end, f"div(({left}) * 1e{result.scale}, {right}) * 1e-{result.scale}", result)

    def _settle(self, start: int, end: int, result: Number | None, of: list[Number | None]) -> None:
        """Cast a choice between values, such as a CASE, to its type: the engine would give each value its own scale."""
        if result is not None and result.kind == "decimal" and any(kind != result for kind in of):
            self._replace(start, end, self._text(start, end), result)

    def _replace(self, start: int, end: int, text: str, kind: Number) -> None:
        first, last = self.words[start].start, self.words[end - 1].end
        self.edits = [edit for edit in self.edits if not first <= edit.start < last]
        self.edits.append(Edit(first, last, f"({text})::numeric({kind.precision},{kind.scale})"))

    def _text(self, start: int, end: int) -> str:
        first, last = self.words[start].start, self.words[end - 1].end
        inside = [edit for edit in self.edits if first <= edit.start and edit.end <= last]
        shifted = [Edit(edit.start - first, edit.end - first, edit.text) for edit in inside]
        return apply(self.sql[first:last], shifted)

    def _unary(self, place: int, end: int) -> tuple[int, Number | None]:
        signs = place
        while signs < end and self.words[signs].text in ("+", "-"):
            signs += 1
        after, found = self._primary(signs, end)
        if after == signs:
            return place, None
        return after, found

    def _primary(self, place: int, end: int) -> tuple[int, Number | None]:
        if place >= end:
            return place, None
        word, found, start = self.words[place], None, place
        if word.kind == "number":
            place, found = place + 1, numbers.of_literal(word.text)
        elif word.kind in ("string", "parameter"):
            place += 1
        elif word.text == "(":
            place, found = self._parenthesis(place)
        elif word.upper == "CASE":
            place, found = self._case(place, end)
        elif is_name(word):
            place, found = self._named(place, end)
        else:
            return place, None
        return self._casts(start, place, end, found)

    def _parenthesis(self, place: int) -> tuple[int, Number | None]:
        last = closing(self.words, place)
        if self.words[place + 1].upper in ("SELECT", "WITH"):
            return last + 1, None
        return last + 1, self.scan(place + 1, last)

    def _case(self, place: int, end: int) -> tuple[int, Number | None]:
        depth, start, results, taking = 0, place, list[Number | None](), False
        bounds = list[tuple[int, str]]()
        while place < end:
            word = self.words[place].upper
            depth += (word == "CASE" or self.words[place].text == "(") - (
                word == "END" or self.words[place].text == ")"
            )
            if (depth == 1 and word in ("WHEN", "THEN", "ELSE")) or depth == 0:
                bounds.append((place, word))
            if depth == 0:
                break
            place += 1
        for (first, word), (last, _) in zip([(start, "CASE"), *bounds], bounds, strict=False):
            taking = word in ("THEN", "ELSE")
            found = self.scan(first + 1, last)
            if taking and not self._is_null(first + 1, last):
                results.append(found)
        result = numbers.common(results)
        self._settle(start, place + 1, result, results)
        return place + 1, result

    def _named(self, place: int, end: int) -> tuple[int, Number | None]:
        path, start = [self.words[place]], place
        place += 1
        while place + 1 < end and self.words[place].text == "." and is_name(self.words[place + 1]):
            path.append(self.words[place + 1])
            place += 2
        if place < end and self.words[place].text == "(":
            return self._call(start, ".".join(word.text.upper() for word in path), place, end)
        if place < end and self.words[place].text in ("[", "."):
            return place, None
        return place if place > start else start, self.lookup([folded(word) for word in path])

    def _call(self, start: int, name: str, opening: int, end: int) -> tuple[int, Number | None]:
        last = closing(self.words, opening)
        if name == "CAST":
            return last + 1, self._cast(opening, last)
        if self.words[opening + 1].upper in ("SELECT", "WITH"):
            return last + 1, None
        first = opening + (2 if self.words[opening + 1].upper in ("DISTINCT", "ALL") else 1)
        spans = [span for span in parts(self.words, first, last) if span[0] < span[1]]
        given = [self.scan(*span) for span in spans if not self._is_null(*span)]
        place = last + 1
        if place + 1 < end and self.words[place].upper == "OVER":
            opened = self.words[place + 1].text == "("
            place = closing(self.words, place + 1) + 1 if opened else place + 2
        name = name.removeprefix("PG_CATALOG.")
        if name in ("ROUND", "TRUNC") and given and given[0] is not None and given[0].kind == "decimal":
            return place, self._rounded(given[0], first, last)
        result = returned(name, given)
        if name in COMMON:
            self._settle(start, place, result, given)
        return place, result

    def _is_null(self, start: int, end: int) -> bool:
        return end - start == 1 and self.words[start].upper == "NULL"

    def _rounded(self, value: Number, first: int, last: int) -> Number | None:
        digits = [self.words[span[0]].text for span in parts(self.words, first, last)[1:]] or ["0"]
        return value._replace(scale=min(value.scale, int(digits[0]))) if digits[0].isdigit() else None

    def _cast(self, opening: int, last: int) -> Number | None:
        bound = next((at for at in range(last - 1, opening, -1) if self.words[at].upper == "AS"), None)
        if bound is None:
            return None
        found = self.scan(opening + 1, bound)
        kind = self._type(bound + 1)[1]
        self._round(opening + 1, bound, found, kind)
        return kind

    def _casts(self, start: int, place: int, end: int, found: Number | None) -> tuple[int, Number | None]:
        while place + 1 < end and self.words[place].text == "::":
            after, kind = self._type(place + 1)
            self._round(start, place, found, kind)
            place, found = after, kind
        return place, found

    def _round(self, start: int, end: int, found: Number | None, kind: Number | None) -> None:
        """Round a decimal before its cast to fewer digits, where the engine would cut it."""
        literal = all(word.kind == "number" or word.text in ("+", "-") for word in self.words[start:end])
        if found is None or kind is None or found.kind != "decimal" or kind.kind == "float":
            return
        if found.scale > kind.scale and (self.rounds or literal):
            text, first, last = self._text(start, end), self.words[start].start, self.words[end - 1].end
            self.edits = [edit for edit in self.edits if not first <= edit.start < last]
            self.edits.append(Edit(first, last, f"(0 + round({text}, {kind.scale}))"))
            self.rounded.add(start)

    def _type(self, place: int) -> tuple[int, Number | None]:
        """Return the index after a type, and the type."""
        name, end = self.words[place].upper, place + 1
        if name in ("DOUBLE", "CHARACTER") and end < len(self.words) and is_name(self.words[end]):
            end += 1
        written = list[str]()
        if end < len(self.words) and self.words[end].text == "(":
            last = closing(self.words, end)
            written = [word.text for word in self.words[end + 1 : last] if word.text != ","]
            end = last + 1
        if name in ("NUMERIC", "DECIMAL") and written and all(one.isdigit() for one in written):
            return end, numbers.decimal(int(written[0]), int(written[1]) if len(written) > 1 else 0)
        return end, TYPES.get(name)
