"""PartiQL on SUPER: `t.c.a[0].b` in expressions, `FROM t, t.c.items AS i AT n`, `UNPIVOT t.c AS v AT k`.

https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from localcloud.redshift import wire
from localcloud.redshift.sql.blocks import Block, folded, is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, identifier, literal
from localcloud.redshift.sql.sources import Source, path_end, sources

if TYPE_CHECKING:
    from localcloud.redshift.sql.queries import Context

_JOINS = {"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL"}


class Way(NamedTuple):
    """How paths are followed: whether one that leads nowhere is an error, whether a bare attribute keeps its case."""

    strict: bool = False
    cased: bool = False

    def attribute(self, step: Token) -> str:
        """Return the attribute that a step names."""
        return step.text if self.cased and step.kind == "word" else folded(step)


def unnest(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Make rows of the elements of a path in FROM that starts at an earlier table of the block."""
    if "FROM" not in block.clauses:
        return sql
    known, edits, elements = set[str](), list[Edit](), set[str]()
    for source in sources(words, *block.clauses["FROM"]):
        first = folded(source.path[0]) if is_name(source.path[0]) else ""
        if source.unpivot or (len(source.path) > 1 and first in known and source.path[1].text in (".", "[")):
            edits.append(_elements(sql, words, source, first in elements, context.way))
            elements.add(source.name)
        elif len(source.path) == 1 and first in elements:
            edits.append(_elements(sql, words, source, True, context.way))
            elements.add(source.name)
        known.add(source.name)
    return apply(sql, edits) if edits else sql


def _elements(sql: str, words: list[Token], source: Source, of_element: bool, way: Way) -> Edit:
    base = 1 if of_element else 3
    head = identifier(folded(source.path[0]))
    value = f"{head}.{head}" if of_element else f"{head}.{identifier(folded(source.path[2]))}"
    value = _steps(sql, value, source.path[base:], way)
    name = identifier(source.name)
    at = identifier(source.at or f"{source.name}_place")
    function = "members" if source.unpivot else "elements"
    text = f"LATERAL redshift_lab.{function}({value}) AS {name} ({name}, {at})"
    return Edit(words[source.start].start, words[source.end - 1].end, text)


def _steps(sql: str, value: str, steps: list[Token], way: Way) -> str:
    """Return the navigation from a SUPER value by .name and [index]."""
    place, how = 0, "strict_" if way.strict else ""
    while place < len(steps):
        if steps[place].text == ".":
            value = f"redshift_lab.{how}member({value}, {literal(way.attribute(steps[place + 1]))})"
            place += 2
        else:
            end = closing(steps, place)
            inner = sql[steps[place + 1].start : steps[end - 1].end]
            place = end + 1
            if steps[place - 2].kind == "string":
                value = f"redshift_lab.{how}member({value}, {inner})"
            else:
                value = f"redshift_lab.{how}element({value}, {inner})"
    return value


def navigate(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Follow paths into SUPER columns, outside of FROM. Which columns are SUPER is asked of the engine."""
    if "FROM" not in block.clauses:
        return sql
    found = sources(words, *block.clauses["FROM"])
    tables = {source.name for source in found}
    elements = {source.name for source in found if _is_elements(source)}
    paths = [
        (start, end, base)
        for start, end in _paths(words, block)
        if (base := _base(words, start, tables, elements, context.names)) is not None and base[1] < end
    ]
    if not paths:
        return sql
    source = _unconditional(sql, words, *block.clauses["FROM"])
    if "pg_catalog." in source:  # no SUPER there, and what is asked may depend on a query around it
        return sql
    if any("." not in text for _, _, (text, _) in paths):
        real = {column.name for column in context.columns(f"SELECT * {source}")}
        paths = [one for one in paths if "." in one[2][0] or folded(words[one[0]]) in real]
    bases = sorted({text for _, _, (text, _) in paths})
    if not bases:
        return sql
    answers = context.columns(f"SELECT {', '.join(bases)} {source}")
    types = {base: column.type for base, column in zip(bases, answers, strict=True)}
    items = {item.start: item for item in block.items if not item.alias}
    edits = [
        _navigated(sql, words, (start, end), base, context.way, start in items and items[start].end == end)
        for start, end, base in paths
        if wire.types.get(types[base[0]]) == wire.SUPER
    ]
    followed = {start: end for start, end, base in paths if wire.types.get(types[base[0]]) == wire.SUPER}
    edits += [_between(words[end]) for end in followed.values() if _compares(words, end, followed)]
    edits += [edit for end in followed.values() for edit in _as_texts(words, end)]
    return apply(sql, edits) if edits else sql


def _compares(words: list[Token], place: int, starts: Mapping[int, int]) -> bool:
    """Tell whether a sign of comparison and another path follow a path."""
    return place + 1 in starts and words[place].text in ("=", "<>", "!=", "<", "<=", ">", ">=")


def _between(sign: Token) -> Edit:
    return Edit(sign.start, sign.end, f"OPERATOR(redshift_lab.%{sign.text.replace('!=', '<>')})")


def _is_elements(source: Source) -> bool:
    spelled = "".join(word.text for word in source.path[:3])
    return spelled in ("redshift_lab.elements", "redshift_lab.members")


def _paths(words: list[Token], block: Block) -> list[tuple[int, int]]:
    """Return the paths of two or more steps outside of FROM and of subqueries."""
    found, place = list[tuple[int, int]](), block.list_start
    start, stop = block.clauses["FROM"]
    conditions = _conditions(words, start, stop)
    while place < block.end:
        if start <= place < stop and not any(first < place < last for first, last in conditions):
            place += 1
            continue
        if words[place].text == "(" and words[place + 1].upper in ("SELECT", "WITH"):
            place = closing(words, place)
        elif is_name(words[place]) and words[place - 1].text not in (".", "::"):
            end = path_end(words, place, block.end)
            if end - place > 1 and not (end < block.end and words[end].text in ("(", ".")):
                found.append((place, end))
            place = end - 1
        place += 1
    return found


def _conditions(words: list[Token], start: int, stop: int) -> list[tuple[int, int]]:
    """Return where the conditions of joins begin and end in a FROM."""
    found, place, opened = list[tuple[int, int]](), start, -1
    while place < stop:
        if words[place].text == "(" and opened < 0:
            place = closing(words, place)
        elif opened >= 0 and (words[place].upper in _JOINS or words[place].text == ","):
            found, opened = [*found, (opened, place)], -1
        elif words[place].upper == "ON":
            opened = place
        elif words[place].text == "(":
            place = closing(words, place)
        place += 1
    return [*found, (opened, stop)] if opened >= 0 else found


def _unconditional(sql: str, words: list[Token], start: int, stop: int) -> str:
    """Return a FROM whose joins have no conditions, which may hold paths: the columns are the same."""
    first = words[start].start
    edits = [
        Edit(words[begin + 1].start - first, words[end - 1].end - first, "true")
        for begin, end in _conditions(words, start, stop)
        if begin + 1 < end
    ]
    return apply(sql[first : words[stop - 1].end], edits)


def _base(
    words: list[Token], start: int, tables: set[str], elements: set[str], outer: frozenset[str]
) -> tuple[str, int] | None:
    """Return the column that a path starts from, and the index of its first step into the value."""
    first = folded(words[start])
    if first in elements:
        return f"{identifier(first)}.{identifier(first)}", start + 1
    if first in tables:
        if words[start + 1].text == "[":
            return None
        return f"{words[start].text}.{words[start + 2].text}", start + 3
    if first in outer or first.startswith("pg_") or first in ("information_schema", "redshift_lab", "array"):
        return None
    return words[start].text, start + 1


def _navigated(
    sql: str, words: list[Token], span: tuple[int, int], base: tuple[str, int], way: Way, alone: bool
) -> Edit:
    start, end = span
    text = _steps(sql, base[0], words[base[1] : end], way)
    last = words[end - 1]
    name = f" AS {identifier(folded(last))}" if alone and is_name(last) else ""
    return Edit(words[start].start, words[end - 1].end, text + name)


def _as_texts(words: list[Token], place: int) -> list[Edit]:
    """Return the changes of the texts of an IN that follows: beside a SUPER the engine would read them as JSON."""
    place += place < len(words) and words[place].upper == "NOT"
    if place + 1 >= len(words) or words[place].upper != "IN" or words[place + 1].text != "(":
        return []
    inside = words[place + 2 : closing(words, place + 1)]
    return [Edit(word.end, word.end, "::text") for word in inside if word.kind == "string"]
