"""Set operations of numbers: a column of UNION, INTERSECT or EXCEPT has one precision and scale for all its queries.

https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.decimals import read
from localcloud.redshift.sql.edits import Edit, apply, between, made
from localcloud.redshift.sql.item_labels import label
from localcloud.redshift.sql.keywords import SET_OPERATORS
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import identifier
from localcloud.redshift.sql.numbers import Number
from localcloud.redshift.sql.tree import Item, Select, outer_selects


class Output(NamedTuple):
    """One column that a query gives: the expression, its value, the AS that keeps its name where cast, its type."""

    expression: Tokens
    value: Tokens
    label: str
    kind: Number | None
    is_null: bool = False

    def cast_to(self, kind: Number | None) -> Tokens | None:
        """Return the cast to a decimal; None for another type."""
        if kind is None or kind.kind != "decimal":
            return None
        return made("(", self.value, f"){kind.cast}{self.label}")


async def align(tokens: Tokens, context: Context) -> Tokens:
    """Return a statement whose set operation, if it is one, has queries cast to common decimals."""
    joined = operands(tokens)
    if len(joined) < 2:
        return tokens
    queries = [await _outputs(level, select, context) for level, select in joined]
    if len({len(outputs) for outputs in queries}) != 1:
        return tokens  # the engine has the error for it
    types = [
        numbers.common(output.kind for output in column if not output.is_null) for column in zip(*queries, strict=True)
    ]
    edits = [edit for outputs in queries for edit in _edits(list(zip(outputs, types, strict=True)))]
    return apply(tokens, edits) if edits else tokens


def operands(tokens: Tokens) -> list[tuple[Tokens, Select]]:
    """Return the SELECTs that the outermost set operation joins, also in parentheses; none without one."""
    if not any(token.upper in SET_OPERATORS for token in tokens):
        return []
    listed, index, joined = list[tuple[Tokens, Select]](), 0, False
    starts = {select.start: select for select in outer_selects(tokens)}
    while index < len(tokens):
        token = tokens[index]
        if token.text == "(":
            last = closing(tokens, index)
            listed += _enclosed(tokens, index, last)
            index = last
        elif index in starts:
            listed.append((tokens, starts[index]))
        joined = joined or token.upper in SET_OPERATORS
        index += 1
    return listed if joined else []


def _enclosed(tokens: Tokens, opening: int, last: int) -> list[tuple[Tokens, Select]]:
    """Return the SELECTs of a parenthesis that is an operand."""
    inner, before = tokens[opening + 1 : last], tokens[opening - 1].upper if opening else ""
    if not inner or inner[0].upper not in ("SELECT", "(") or before not in ("", "ALL", "DISTINCT", *SET_OPERATORS):
        return []
    return operands(inner) or [(inner, select) for select in outer_selects(inner)[:1]]


async def _outputs(tokens: Tokens, select: Select, context: Context) -> list[Output]:
    source = select.clause(tokens, "FROM")
    plain = [item for item in select.items if not item.is_star(tokens)]
    _, kinds = await read(
        tokens, [(item.start, item.expression_end) for item in plain], source, context, rounds=context.rounds
    )
    outputs, left = list[Output](), iter(kinds)
    for item in select.items:
        if item.is_star(tokens):
            outputs += await _of_star(tokens[item.start : item.end], source, context)
        else:
            outputs.append(_of_item(tokens, item, next(left)))
    return outputs


def _of_item(tokens: Tokens, item: Item, kind: Number | None) -> Output:
    value = tokens[item.start : item.expression_end]
    is_null = len(value) == 1 and value[0].upper == "NULL"
    return Output(value, value, "" if item.alias else label(value), kind, is_null)


async def _of_star(star: Tokens, source: Tokens, context: Context) -> list[Output]:
    columns = await context.columns("SELECT ", star, " ", source)
    return [
        Output(
            star,
            made(star[:-1], identifier(column.name)),
            f" AS {identifier(column.name)}",
            numbers.of_column(column.type, column.modifier),
        )
        for column in columns
    ]


def _edits(outputs: list[tuple[Output, Number | None]]) -> Iterator[Edit]:
    """Yield the changes to one query; a star with a column to cast is spelled out."""
    for _, group in groupby(outputs, key=lambda pair: id(pair[0].expression[0])):
        listed = list(group)
        casts = [output.cast_to(kind) for output, kind in listed]
        if any(cast is not None for cast in casts):
            texts = [cast or output.value for cast, (output, _) in zip(casts, listed, strict=True)]
            expression = listed[0][0].expression
            yield Edit(expression[0], expression[-1], between(", ", texts))
