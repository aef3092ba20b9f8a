"""Set operations of numbers: a column of UNION, INTERSECT or EXCEPT has one precision and scale for all its queries.

https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.blocks import SET_OPERATORS, Block, Item, find_blocks
from localcloud.redshift.sql.decimals import label, reader_of
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, identifier, tokens
from localcloud.redshift.sql.numbers import Number

if TYPE_CHECKING:
    from localcloud.redshift.sql.queries import Context


class Output(NamedTuple):
    """One column that a query gives: where it stands, its text, the AS that keeps its name where cast, its type."""

    first: int
    last: int
    text: str
    label: str
    kind: Number | None
    is_null: bool = False


def align(sql: str, context: Context) -> str:
    """Return a text whose set operation, if it is one, has queries cast to common decimals. Raises NeedsColumns."""
    joined = operands(tokens(sql))
    if len(joined) < 2:
        return sql
    queries = [_outputs(sql, words, block, context) for words, block in joined]
    if len({len(outputs) for outputs in queries}) != 1:
        return sql  # the engine has the error for it
    types = [
        numbers.common(output.kind for output in column if not output.is_null) for column in zip(*queries, strict=True)
    ]
    edits = [edit for outputs in queries for edit in _edits(list(zip(outputs, types, strict=True)))]
    return apply(sql, edits) if edits else sql


def operands(words: list[Token]) -> list[tuple[list[Token], Block]]:
    """Return the SELECT blocks that the outermost set operation joins, also in parentheses; none without one."""
    found, place, joined = list[tuple[list[Token], Block]](), 0, False
    blocks = {block.start: block for block in find_blocks(words)}
    while place < len(words):
        word = words[place]
        if word.text == "(":
            last = closing(words, place)
            inner = words[place + 1 : last]
            before = words[place - 1].upper if place else ""
            if inner and inner[0].upper in ("SELECT", "(") and before in ("", "ALL", "DISTINCT", *SET_OPERATORS):
                found += operands(inner) or [(inner, block) for block in find_blocks(inner)[:1]]
            place = last
        elif place in blocks:
            found.append((words, blocks[place]))
        joined = joined or word.upper in SET_OPERATORS
        place += 1
    return found if joined else []


def _outputs(sql: str, words: list[Token], block: Block, context: Context) -> list[Output]:
    reader = reader_of(sql, words, block, context)
    start, end = block.clauses.get("FROM", (block.end, block.end))
    source = sql[words[start].start : words[end - 1].end] if start < end else ""
    outputs = list[Output]()
    for item in block.items:
        span = words[item.start : item.end]
        if span[-1].text == "*" and (len(span) == 1 or span[-2].text == "."):
            outputs += _of_star(sql, span, source, context)
            continue
        kind = reader.scan(item.start, item.expression_end)
        outputs.append(_of_item(sql, words, item, kind))
    return outputs


def _of_item(sql: str, words: list[Token], item: Item, kind: Number | None) -> Output:
    first, last = words[item.start].start, words[item.expression_end - 1].end
    is_null = item.expression_end - item.start == 1 and words[item.start].upper == "NULL"
    kept = "" if item.alias else label(words[item.start : item.expression_end])
    return Output(first, last, sql[first:last], kept, kind, is_null)


def _of_star(sql: str, span: list[Token], source: str, context: Context) -> list[Output]:
    first, last = span[0].start, span[-1].end
    star = sql[first:last]
    columns = context.columns(f"SELECT {star} {source}")
    return [
        Output(
            first,
            last,
            star[:-1] + identifier(column.name),
            f" AS {identifier(column.name)}",
            numbers.of_column(column.type, column.modifier),
        )
        for column in columns
    ]


def _edits(outputs: list[tuple[Output, Number | None]]) -> Iterator[Edit]:
    """Yield the changes to one query; a star with a column to cast is spelled out."""
    for (first, last), group in groupby(outputs, key=lambda pair: (pair[0].first, pair[0].last)):
        texts = [(output.text, _cast(output, kind)) for output, kind in group]
        if any(cast for _, cast in texts):
            yield Edit(first, last, ", ".join(cast or text for text, cast in texts))


def _cast(output: Output, kind: Number | None) -> str:
    """Return the cast of a column to a decimal; nothing for another type."""
    if kind is None or kind.kind != "decimal":
        return ""
    return f"({output.text})::numeric({kind.precision},{kind.scale}){output.label}"
