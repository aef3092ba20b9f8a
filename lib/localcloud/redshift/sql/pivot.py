"""PIVOT and UNPIVOT as subqueries.

https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause-pivot-unpivot-examples.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.protocol.frames import Column
from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.arithmetic import Reader
from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import Edit, Part, apply, between, made, written
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.names import folded, identifier, is_name, literal, string_value
from localcloud.redshift.sql.numbers import Number
from localcloud.redshift.sql.relations import follows_alias
from localcloud.redshift.sql.results import returned
from localcloud.redshift.sql.tree import Select, parts

_MEASURES = {"COUNT", "SUM", "MIN", "MAX", "AVG"}
_CONSTANTS = ("NULL", "TRUE", "FALSE", "CURRENT_DATE", "SYSDATE")


async def rewrite(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Return the tokens with the last PIVOT or UNPIVOT in the FROM of a SELECT replaced."""
    start, end = select.range_of("FROM")
    for index in range(end - 1, start, -1):
        if tokens[index].upper in ("PIVOT", "UNPIVOT") and _opens(tokens, index):
            return apply(tokens, [await _replaced(tokens, index, start, context)])
    return tokens


def _opens(tokens: Tokens, index: int) -> bool:
    after = [token.upper for token in tokens[index + 1 : index + 4]]
    return after[:1] == ["("] or (after[1:3] == ["NULLS", "("] and after[0] in ("INCLUDE", "EXCLUDE"))


async def _replaced(tokens: Tokens, index: int, start: int, context: Context) -> Edit:
    opening = index + 1 if tokens[index + 1].text == "(" else index + 3
    last, first = closing(tokens, opening), _item_start(tokens, start, index)
    is_subquery = tokens[index - 1].text == ")" and tokens[first].text == "("
    source = made(tokens[first:index], " AS pivoting" if is_subquery else "")
    columns = await context.columns("SELECT * FROM ", source)
    if tokens[index].upper == "PIVOT":
        new = _pivot(tokens, opening, last, source, columns)
    else:
        new = _unpivot(tokens, opening, source, columns, keep=tokens[index + 1].upper == "INCLUDE")
    name = "" if follows_alias(tokens, last + 1) else " AS pivoted"
    return Edit(tokens[first], tokens[last], made("(", new, ")", name))


def _item_start(tokens: Tokens, start: int, end: int) -> int:
    """Return where the entry of FROM begins that a PIVOT is of."""
    first = index = start + 1
    while index < end:
        if tokens[index].text == "(":
            index = closing(tokens, index)
        elif tokens[index].upper in (",", "JOIN"):
            first = index + 1
        index += 1
    return first


class Measure(NamedTuple):
    """One aggregate of a PIVOT: its function, what it is of, its alias, the columns in it, and its cast if decimal."""

    function: str
    argument: Tokens
    alias: str
    columns: set[str]
    cast: str

    def of(self, key: str, value: Tokens) -> Tokens:
        """Return the aggregate over the rows that have a value in the key; NULL may be one, too."""
        condition = made(f"{identifier(key)} IS NOT DISTINCT FROM ", value)
        cell = made("(CASE WHEN ", condition, " THEN ", self.argument, " END)")
        if self.function == "AVG":
            return made("redshift_lab.avg(avg", cell, ", max(redshift_lab.digits", cell, f")){self.cast}")
        return made(self.function, cell, self.cast)


def _pivot(tokens: Tokens, opening: int, last: int, source: Tokens, columns: Sequence[Column]) -> Tokens:
    mark = next((index for index in range(opening, last) if tokens[index].upper == "FOR"), None)
    if mark is None or tokens[mark + 2].upper != "IN":
        raise syntax_error(tokens[last].text)
    key = folded(tokens[mark + 1])
    measures = [_measure(tokens, span, columns) for span in parts(tokens, opening + 1, mark)]
    used = {key}.union(*(measure.columns for measure in measures))
    groups = [identifier(column.name) for column in columns if column.name not in used]
    values = [_value(tokens, first, end) for first, end in parts(tokens, mark + 4, closing(tokens, mark + 3))]
    cells = [
        made(measure.of(key, value), f" AS {identifier(f'{name}_{measure.alias}' if measure.alias else name)}")
        for value, name in values
        for measure in measures
    ]
    listed = between(", ", [*(made(group) for group in groups), *cells])
    return made("SELECT ", listed, " FROM ", source, f" GROUP BY {', '.join(groups)}" if groups else "")


def _measure(tokens: Tokens, span: tuple[int, int], columns: Sequence[Column]) -> Measure:
    first, end = span
    function = tokens[first].upper
    if function not in _MEASURES:
        raise not_supported("PIVOT with an aggregate other than COUNT, SUM, MIN, MAX and AVG")
    if tokens[first + 1].text != "(":
        raise syntax_error(tokens[first].text)
    close = closing(tokens, first + 1)
    argument = tokens[first + 2 : close]
    alias = folded(tokens[end - 1]) if end - 1 > close else ""
    used = {folded(token) for token in argument if is_name(token)}
    reader = Reader(tokens, lambda path: _kind(path[-1], columns))
    kind = returned(function, [reader.scan(first + 2, close)])
    return Measure(function, made("1") if written(argument) == "*" else argument, alias, used, _cast(kind))


def _cast(kind: Number | None) -> str:
    return kind.cast if kind is not None and kind.kind == "decimal" else ""


def _kind(name: str, columns: Sequence[Column]) -> Number | None:
    kinds = {numbers.of_column(column.type, column.modifier) for column in columns if column.name == name}
    return kinds.pop() if len(kinds) == 1 else None


def _value(tokens: Tokens, first: int, end: int) -> tuple[Tokens, str]:
    """Return one value of the IN, and the name of its column."""
    alias = ""
    if end - first > 1 and is_name(tokens[end - 1]):
        alias = folded(tokens[end - 1])
        end -= 2 if tokens[end - 2].upper == "AS" else 1
    value = tokens[first:end]
    if any(token.upper == "SELECT" for token in value) or (len(value) == 1 and _is_column(value[0])):
        raise not_supported("a column or a subquery in the IN of PIVOT", hint="constants")
    plain = string_value(value[0]) if value[0].kind == "string" else written(value)
    return value, alias or plain.lower()


def _is_column(token: Token) -> bool:
    return is_name(token) and token.upper not in _CONSTANTS


def _unpivot(tokens: Tokens, opening: int, source: Tokens, columns: Sequence[Column], *, keep: bool) -> Tokens:
    if tokens[opening + 2].upper != "FOR" or tokens[opening + 4].upper != "IN":
        raise syntax_error(tokens[opening + 2].text)
    value, name = (identifier(folded(tokens[opening + number])) for number in (1, 3))
    given = [tokens[first:end] for first, end in parts(tokens, opening + 6, closing(tokens, opening + 5))]
    used, names = [folded(span[0]) for span in given], {column.name for column in columns}
    if missing := [column for column in used if column not in names]:
        raise SqlError("42703", f'column "{missing[0]}" does not exist')
    cast = _cast(numbers.common(_kind(column, columns) for column in used))
    rows = ", ".join(
        f"({literal(_label(span[-1]))}::varchar, {identifier(column)}{cast})"
        for span, column in zip(given, used, strict=True)
    )
    rest = [identifier(column.name) for column in columns if column.name not in used]
    shown = ", ".join([*rest, f"unpivoted.{name}", f"unpivoted.{value}"])
    tail: Part = "" if keep else f" WHERE unpivoted.{value} IS NOT NULL"
    joined = f" CROSS JOIN LATERAL (VALUES {rows}) AS unpivoted ({name}, {value})"
    return made(f"SELECT {shown} FROM ", source, joined, tail)


def _label(token: Token) -> str:
    return string_value(token) if token.kind == "string" else folded(token)
