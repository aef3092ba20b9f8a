"""Outer joins by (+) in a WHERE, as LEFT JOINs.

https://docs.aws.amazon.com/redshift/latest/dg/r_WHERE_oracle_outer.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import apply, between, made, replace
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import folded, is_name
from localcloud.redshift.sql.sources import Source, sources, steps_end
from localcloud.redshift.sql.tree import Select

Sources = dict[str, Source]


@dataclass
class Condition:
    """One condition of a WHERE: its tokens, the tables that it names, and the one that (+) marks."""

    tokens: Tokens
    tables: set[str]
    marked: str = ""

    @property
    def plain(self) -> Tokens:
        """Return its tokens without the marks."""
        marks = [index for index in range(len(self.tokens)) if _is_mark(self.tokens, index)]
        return apply(self.tokens, [replace(self.tokens[index], self.tokens[index + 2]) for index in marks])


async def rewrite(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Return the tokens with the outer joins of a SELECT in its FROM. Raises SqlError if (+) must not stand."""
    marks = [index for index in range(select.list_start, select.end) if _is_mark(tokens, index)]
    if not marks:
        return tokens
    where = select.range_of("WHERE")
    if "FROM" not in select.clauses or not all(where[0] < index < where[1] for index in marks):
        raise syntax_error("(+)")
    start, end = select.clauses["FROM"]
    if any(token.upper == "JOIN" for token in tokens[start:end]):
        raise SqlError("0A000", "(+) cannot be combined with JOIN in the same FROM")
    by_name = {source.name: source for source in sources(tokens, start, end)}
    conditions = [await _read(tokens, first, last, by_name, context) for first, last in _conjuncts(tokens, *where)]
    joins = _joins(conditions)
    kept = [condition.plain for condition in conditions if condition.marked not in joins]
    rest = ("WHERE ", between(" AND ", kept)) if kept else ()
    return apply(
        tokens,
        [
            replace(tokens[start], tokens[end - 1], _from(tokens, by_name, joins)),
            replace(tokens[where[0]], tokens[where[1] - 1], *rest),
        ],
    )


def _is_mark(tokens: Tokens, index: int) -> bool:
    return tokens[index].text == "(" and [token.text for token in tokens[index + 1 : index + 3]] == ["+", ")"]


def _conjuncts(tokens: Tokens, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the conditions that AND joins on the outermost level."""
    first, index, is_range = start + 1, start + 1, False
    while index < end:
        if tokens[index].text == "(":
            index = closing(tokens, index)
        elif tokens[index].upper == "BETWEEN":
            is_range = True
        elif tokens[index].upper == "AND" and is_range:
            is_range = False
        elif tokens[index].upper == "AND":
            yield first, index
            first = index + 1
        index += 1
    yield first, end


async def _read(tokens: Tokens, start: int, end: int, by_name: Sources, context: Context) -> Condition:
    condition, marked, index = Condition(tokens[start:end], set()), set[str](), start
    while index < end:
        if is_name(tokens[index]) and tokens[index - 1].text not in (".", "::"):
            last = steps_end(tokens, index, end)
            table = await _table(tokens, index, last, by_name, context)
            condition.tables |= {table} if table else set()
            if table and last < len(tokens) and _is_mark(tokens, last):
                marked.add(table)
            index = last
        else:
            index += 1
    if marked and any(token.upper in ("OR", "IN") for token in condition.tokens):
        raise SqlError("0A000", "Outer join operator (+) not allowed in operand of OR or IN.")
    if any(_is_mark(tokens, index) for index in range(start, end)) and len(marked) != 1:
        raise SqlError("0A000", "(+) must follow the columns of one table in a condition")
    condition.marked = marked.pop() if marked else ""
    return condition


async def _table(tokens: Tokens, index: int, last: int, by_name: Sources, context: Context) -> str:
    """Return the table of the FROM that a column is of, or nothing."""
    if folded(tokens[index]) in by_name and last > index + 1:
        return folded(tokens[index])
    if last > index + 1 or (last < len(tokens) and tokens[last].text == "(" and not _is_mark(tokens, last)):
        return ""
    for name, source in by_name.items():
        names = await context.names_of("SELECT * FROM ", tokens[source.start : source.end])
        if folded(tokens[index]) in names:
            return name
    return ""


def _joins(conditions: list[Condition]) -> dict[str, list[Condition]]:
    """Return the conditions by which each marked table is joined; in the order in which they can be."""
    by_marked = dict[str, list[Condition]]()
    for condition in conditions:
        if condition.marked:
            by_marked.setdefault(condition.marked, []).append(condition)
    for name, given in list(by_marked.items()):
        others = _needs(name, given)
        if len(others) > 1:
            raise SqlError("0A000", "A table may be outer joined to at most one other table.")
        # A join of which not all conditions are marked is an inner one.
        if not others or any(not condition.marked and {name, *others} <= condition.tables for condition in conditions):
            del by_marked[name]
    ordered = dict[str, list[Condition]]()
    while by_marked:
        ready = [name for name, given in by_marked.items() if not _needs(name, given) & by_marked.keys()]
        if not ready:
            raise SqlError("0A000", "two tables are outer joined to each other by (+)")
        ordered.update({name: by_marked.pop(name) for name in ready})
    return ordered


def _needs(name: str, given: list[Condition]) -> set[str]:
    return set[str]().union(*(condition.tables for condition in given)) - {name}


def _from(tokens: Tokens, by_name: Sources, joins: dict[str, list[Condition]]) -> Tokens:
    texts = {name: tokens[source.start : source.end] for name, source in by_name.items()}
    new = made("FROM ", between(" CROSS JOIN ", [read for name, read in texts.items() if name not in joins]))
    for name, given in joins.items():
        on = between(" AND ", [condition.plain for condition in given])
        new = made(new, " LEFT JOIN ", texts[name], " ON ", on)
    return new
