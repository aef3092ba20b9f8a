"""Paths into SUPER columns in expressions: `t.c.a[0].b`. The engine is asked which columns are SUPER.

https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple

from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import Edit, after, apply, between, made, replace, swap
from localcloud.redshift.sql.item_labels import ends_with_cast
from localcloud.redshift.sql.keywords import COMPARISONS, JOINS
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import folded, identifier, is_name
from localcloud.redshift.sql.paths import followed
from localcloud.redshift.sql.sources import sources_of, steps_end
from localcloud.redshift.sql.tree import Item, Select, is_query
from localcloud.redshift.sql.unnesting import is_elements

_NO_TABLES = ("information_schema", "redshift_lab", "array")


class Path(NamedTuple):
    """A path of two or more steps: where it begins and ends, the column that it starts from, its first step."""

    start: int
    end: int
    base: str
    first: int
    is_super: bool = False
    """Whether it starts from a SUPER for certain."""


async def navigate(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Follow paths into SUPER columns, outside of FROM."""
    if "FROM" not in select.clauses:
        return tokens
    paths = list(_paths(tokens, select, context.names))
    if not paths:
        return tokens
    source = unconditional(tokens, *select.clauses["FROM"])
    if any(token.upper == "PG_CATALOG" for token in source):
        return tokens  # no SUPER there, and what is asked may depend on a query around it
    if any("." not in path.base for path in paths if not path.is_super):
        real = await context.names_of("SELECT * ", source)
        paths = [path for path in paths if "." in path.base or folded(tokens[path.start]) in real]
    paths = await _into_supers(paths, source, context)
    edits = _edits(tokens, select, paths, context)
    return apply(tokens, edits) if edits else tokens


async def _into_supers(paths: list[Path], source: Tokens, context: Context) -> list[Path]:
    """Return the paths that start from a SUPER."""
    certain = [path for path in paths if path.is_super]
    bases = sorted({path.base for path in paths if not path.is_super})
    if not bases:
        return certain
    answers = await context.columns("SELECT ", between(", ", map(made, bases)), " ", source)
    supers = {base for base, column in zip(bases, answers, strict=True) if context.is_super(column)}
    return [path for path in paths if path.is_super or path.base in supers]


def _edits(tokens: Tokens, select: Select, paths: list[Path], context: Context) -> list[Edit]:
    starts = {path.start for path in paths}
    labels = _labels(tokens, select, paths)
    edits = list[Edit]()
    for path in paths:
        new = followed(made(path.base), tokens[path.first : path.end], context.session)
        edits.append(replace(tokens[path.start], tokens[path.end - 1], new, labels.pop(path.end, "")))
        edits += _compared(tokens, path.end, starts)
        edits += _as_texts(tokens, path.end)
    return edits + [after(tokens[end - 1], label) for end, label in labels.items()]


def _labels(tokens: Tokens, select: Select, paths: list[Path]) -> dict[int, str]:
    """Return the labels of items that are paths or casts of paths, by the ends of the items: the last name."""
    labels = dict[int, str]()
    for item in (item for item in select.items if not item.alias):
        is_call = _is_cast(tokens, item)
        path = next((path for path in paths if path.start == item.start + 2 * is_call), None)
        if path is None:
            continue
        is_cast = (is_call and tokens[path.end].upper == "AS") or ends_with_cast(tokens[item.start : item.end])
        if is_cast or path.end == item.end:
            labels[item.end] = f" AS {identifier(_last_name(tokens[path.start : path.end]))}"
    return labels


def _is_cast(tokens: Tokens, item: Item) -> bool:
    """Return whether an item is a CAST(... AS type)."""
    return tokens[item.start].upper == "CAST" and closing(tokens, item.start + 1) == item.end - 1


def _last_name(path: Tokens) -> str:
    """Return the last name of a path, outside of brackets."""
    return folded([token for index, token in enumerate(path) if is_name(token) and _depth(path, index) == 0][-1])


def _depth(path: Tokens, index: int) -> int:
    return sum((token.text == "[") - (token.text == "]") for token in path[:index])


def _compared(tokens: Tokens, index: int, starts: Container[int]) -> list[Edit]:
    """Return the change of a sign of comparison between two paths."""
    if index + 1 not in starts or tokens[index].text not in COMPARISONS:
        return []
    sign = tokens[index].text.replace("!=", "<>")
    return [swap(tokens[index], f"OPERATOR(redshift_lab.%{sign})")]


def _as_texts(tokens: Tokens, index: int) -> list[Edit]:
    """Return the changes of the texts of an IN that follows: next to a SUPER the engine would read them as JSON."""
    index += index < len(tokens) and tokens[index].upper == "NOT"
    if index + 1 >= len(tokens) or tokens[index].upper != "IN" or tokens[index + 1].text != "(":
        return []
    inside = tokens[index + 2 : closing(tokens, index + 1)]
    return [after(token, "::text") for token in inside if token.kind == "string"]


def _paths(tokens: Tokens, select: Select, outer: frozenset[str]) -> Iterable[Path]:
    """Yield the paths of a SELECT that may start from one of its columns."""
    listed = sources_of(tokens, select)
    tables = {source.name for source in listed}
    elements = {source.name for source in listed if is_elements(source)}
    for start, end in _spans(tokens, select):
        based = _base(tokens, start, tables, elements, outer)
        if based is not None and based[1] < end:
            first = folded(tokens[start])
            yield Path(start, end, *based, is_super=first in elements or (first not in tables and first in outer))


def _spans(tokens: Tokens, select: Select) -> Iterable[tuple[int, int]]:
    """Yield where names with two or more steps begin and end, outside of FROM and of subqueries."""
    index, (start, stop) = select.list_start, select.clauses["FROM"]
    conditions = _conditions(tokens, start, stop)
    while index < select.end:
        if start <= index < stop and not any(first < index < last for first, last in conditions):
            index += 1
            continue
        if is_query(tokens, index):
            index = closing(tokens, index)
        elif is_name(tokens[index]) and tokens[index - 1].text not in (".", "::"):
            end = steps_end(tokens, index, select.end)
            if end - index > 1 and not (end < select.end and tokens[end].text in ("(", ".")):
                yield index, end
            index = end - 1
        index += 1


def _conditions(tokens: Tokens, start: int, stop: int) -> list[tuple[int, int]]:
    """Return where the conditions of joins begin and end in a FROM."""
    conditions, index, opened = list[tuple[int, int]](), start, -1
    while index < stop:
        if tokens[index].text == "(":
            index = closing(tokens, index)
        elif opened >= 0 and (tokens[index].upper in JOINS or tokens[index].text == ","):
            conditions, opened = [*conditions, (opened, index)], -1
        elif tokens[index].upper == "ON":
            opened = index
        index += 1
    return [*conditions, (opened, stop)] if opened >= 0 else conditions


def unconditional(tokens: Tokens, start: int, stop: int) -> Tokens:
    """Return a FROM whose joins have no conditions, which may hold paths: the columns are the same."""
    conditions = _conditions(tokens, start, stop)
    edits = [replace(tokens[first + 1], tokens[last - 1], "true") for first, last in conditions if first + 1 < last]
    return apply(tokens[start:stop], edits)


def _base(
    tokens: Tokens, start: int, tables: set[str], elements: set[str], outer: frozenset[str]
) -> tuple[str, int] | None:
    """Return the column that a path starts from, and the index of its first step into the value."""
    first = folded(tokens[start])
    if first in elements:
        return f"{identifier(first)}.{identifier(first)}", start + 1
    if first in tables:
        if tokens[start + 1].text == "[":
            return None
        return f"{tokens[start].text}.{tokens[start + 2].text}", start + 3
    if first.startswith("pg_") or first in _NO_TABLES:
        return None
    if first in outer:  # a column of a table of the query around, and steps into it
        column = tokens[start + 2] if tokens[start + 1].text == "." else None
        return (f"{tokens[start].text}.{column.text}", start + 3) if column is not None else None
    return tokens[start].text, start + 1
