"""Outer joins by (+) in a WHERE, as LEFT JOINs.

https://docs.aws.amazon.com/redshift/latest/dg/r_WHERE_oracle_outer.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.blocks import Block, folded, is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing
from localcloud.redshift.sql.sources import Source, path_end, sources

if TYPE_CHECKING:
    from localcloud.redshift.sql.queries import Context


@dataclass
class Condition:
    """One condition of a WHERE: its words, the tables that it names, and the one that (+) marks."""

    start: int
    end: int
    tables: set[str]
    marked: str = ""


def rewrite(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Return the text with the outer joins of a block in its FROM. Raises SqlError where (+) must not stand."""
    marks = [place for place in range(block.list_start, block.end) if _is_mark(words, place)]
    if not marks:
        return sql
    where = block.clauses.get("WHERE", (block.end, block.end))
    if "FROM" not in block.clauses or not all(where[0] < place < where[1] for place in marks):
        raise syntax_error("(+)")
    start, end = block.clauses["FROM"]
    if any(word.upper == "JOIN" for word in words[start:end]):
        raise SqlError("0A000", "(+) cannot be combined with JOIN in the same FROM")
    found = {source.name: source for source in sources(words, start, end)}
    conditions = [_read(sql, words, first, last, found, context) for first, last in _conjuncts(words, *where)]
    joins = _joins(conditions)
    plain = [condition for condition in conditions if condition.marked not in joins]
    text = _from(sql, words, found, joins)
    kept = " AND ".join(_text(sql, words, condition) for condition in plain)
    edits = [Edit(words[start].start, words[end - 1].end, text)]
    edits.append(Edit(words[where[0]].start, words[where[1] - 1].end, f"WHERE {kept}" if kept else ""))
    return apply(sql, edits)


def _is_mark(words: list[Token], place: int) -> bool:
    return [word.text for word in words[place : place + 3]] == ["(", "+", ")"]


def _conjuncts(words: list[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the conditions that AND joins on the outermost level."""
    first, place, between = start + 1, start + 1, False
    while place < end:
        if words[place].text == "(":
            place = closing(words, place)
        elif words[place].upper == "BETWEEN":
            between = True
        elif words[place].upper == "AND" and between:
            between = False
        elif words[place].upper == "AND":
            yield first, place
            first = place + 1
        place += 1
    yield first, end


def _read(sql: str, words: list[Token], start: int, end: int, found: dict[str, Source], context: Context) -> Condition:
    condition, marked = Condition(start, end, set()), set[str]()
    place = start
    while place < end:
        if is_name(words[place]) and words[place - 1].text not in (".", "::"):
            last = path_end(words, place, end)
            table = _table(sql, words, place, last, found, context)
            condition.tables |= {table} if table else set()
            if _is_mark(words, last) and table:
                marked.add(table)
            place = last
        else:
            place += 1
    inside = words[start:end]
    if marked and any(word.upper in ("OR", "IN") for word in inside):
        raise SqlError("0A000", "Outer join operator (+) not allowed in operand of OR or IN.")
    if any(_is_mark(words, place) for place in range(start, end)) and len(marked) != 1:
        raise SqlError("0A000", "(+) must follow the columns of one table in a condition")
    condition.marked = marked.pop() if marked else ""
    return condition


def _table(sql: str, words: list[Token], place: int, last: int, found: dict[str, Source], context: Context) -> str:
    """Return the table of the FROM that a column is of, or nothing."""
    if folded(words[place]) in found and last > place + 1:
        return folded(words[place])
    if last > place + 1 or (last < len(words) and words[last].text == "(" and not _is_mark(words, last)):
        return ""
    for name, source in found.items():
        read = sql[words[source.start].start : words[source.end - 1].end]
        if any(column.name == folded(words[place]) for column in context.columns(f"SELECT * FROM {read}")):
            return name
    return ""


def _joins(conditions: list[Condition]) -> dict[str, list[Condition]]:
    """Return the conditions by which each marked table is joined; in the order in which they can be."""
    found = dict[str, list[Condition]]()
    for condition in conditions:
        if condition.marked:
            found.setdefault(condition.marked, []).append(condition)
    for name, given in list(found.items()):
        others = set[str]().union(*(one.tables for one in given)) - {name}
        if len(others) > 1:
            raise SqlError("0A000", "A table may be outer joined to at most one other table.")
        # A join of which not all conditions are marked is an inner one.
        if not others or any(not one.marked and {name, *others} <= one.tables for one in conditions):
            del found[name]
    ordered = dict[str, list[Condition]]()
    while found:
        ready = [name for name, given in found.items() if not _needs(name, given) & found.keys()]
        if not ready:
            raise SqlError("0A000", "two tables are outer joined to each other by (+)")
        ordered.update({name: found.pop(name) for name in ready})
    return ordered


def _needs(name: str, given: list[Condition]) -> set[str]:
    return set[str]().union(*(one.tables for one in given)) - {name}


def _from(sql: str, words: list[Token], found: dict[str, Source], joins: dict[str, list[Condition]]) -> str:
    texts = {name: sql[words[one.start].start : words[one.end - 1].end] for name, one in found.items()}
    text = "FROM " + " CROSS JOIN ".join(read for name, read in texts.items() if name not in joins)
    for name, given in joins.items():
        on = " AND ".join(_text(sql, words, one) for one in given)
        text += f" LEFT JOIN {texts[name]} ON {on}"
    return text


def _text(sql: str, words: list[Token], condition: Condition) -> str:
    """Return a condition without its marks."""
    first, last = words[condition.start].start, words[condition.end - 1].end
    marks = [place for place in range(condition.start, condition.end) if _is_mark(words, place)]
    edits = [Edit(words[place].start - first, words[place + 2].end - first, "") for place in marks]
    return apply(sql[first:last], edits)
