"""PIVOT and UNPIVOT as subqueries (https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause-pivot-unpivot-examples.html)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.frames import Column
from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.arithmetic import Reader
from localcloud.redshift.sql.blocks import Block, folded, is_name, parts
from localcloud.redshift.sql.lexer import Token, closing, identifier, literal, string_value
from localcloud.redshift.sql.numbers import Number
from localcloud.redshift.sql.results import returned

if TYPE_CHECKING:
    from localcloud.redshift.sql.queries import Context

_MEASURES = {"COUNT", "SUM", "MIN", "MAX", "AVG"}
_JOINS = {"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "ON", "USING"}


def rewrite(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Return the text with the PIVOTs and UNPIVOTs in the FROM of a block replaced, the last one first."""
    if "FROM" not in block.clauses:
        return sql
    start, end = block.clauses["FROM"]
    for place in range(end - 1, start, -1):
        if words[place].upper in ("PIVOT", "UNPIVOT") and _opens(words, place):
            new, first, last = _replace(sql, words, place, start, context)
            return sql[: words[first].start] + new + sql[words[last].end :]
    return sql


def _opens(words: list[Token], place: int) -> bool:
    after = [word.upper for word in words[place + 1 : place + 4]]
    return after[:1] == ["("] or (after[1:3] == ["NULLS", "("] and after[0] in ("INCLUDE", "EXCLUDE"))


def _replace(sql: str, words: list[Token], place: int, start: int, context: Context) -> tuple[str, int, int]:
    opening = place + 1 if words[place + 1].text == "(" else place + 3
    last = closing(words, opening)
    first = _item_start(words, start, place)
    source = sql[words[first].start : words[place - 1].end]
    if words[place - 1].text == ")" and words[first].text == "(":
        source += " AS pivoting"
    columns = context.columns(f"SELECT * FROM {source}")
    if words[place].upper == "PIVOT":
        new = _pivot(sql, words, (opening, last), source, columns)
    else:
        keep = words[place + 1].upper == "INCLUDE"
        new = _unpivot(words, opening, source, columns, keep)
    after = words[last + 1] if last + 1 < len(words) else None
    named = after is not None and (after.upper == "AS" or (is_name(after) and not _is_keyword(after)))
    return f"({new})" + ("" if named else " AS pivoted"), first, last


def _is_keyword(word: Token) -> bool:
    return word.upper in _JOINS | {
        "WHERE",
        "GROUP",
        "ORDER",
        "HAVING",
        "LIMIT",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "QUALIFY",
    }


def _item_start(words: list[Token], start: int, place: int) -> int:
    first = start + 1
    index = start + 1
    while index < place:
        if words[index].text == "(":
            index = closing(words, index)
        elif words[index].text == "," or words[index].upper == "JOIN":
            first = index + 1
        index += 1
    return first


class Measure(NamedTuple):
    """One aggregate of a PIVOT: its function, what it is of, its alias, the columns in it, and its type if decimal."""

    function: str
    argument: str
    alias: str
    columns: set[str]
    cast: str

    def of(self, condition: str) -> str:
        """Return the aggregate over the rows that meet a condition."""
        cell = f"(CASE WHEN {condition} THEN {self.argument} END)"
        if self.function == "AVG":
            return f"redshift_lab.avg(avg{cell}, max(redshift_lab.digits{cell})){self.cast}"
        return f"{self.function}{cell}{self.cast}"


def _pivot(sql: str, words: list[Token], inside: tuple[int, int], source: str, columns: Sequence[Column]) -> str:
    opening, last = inside
    mark = next((index for index in range(opening, last) if words[index].upper == "FOR"), None)
    if mark is None or words[mark + 2].upper != "IN":
        raise syntax_error(words[last].text)
    key = folded(words[mark + 1])
    measures = [_measure(sql, words, span, columns) for span in parts(words, opening + 1, mark)]
    used = {key}.union(*(measure.columns for measure in measures))
    groups = [identifier(column.name) for column in columns if column.name not in used]
    values = [_value(sql, words, first, end) for first, end in parts(words, mark + 4, closing(words, mark + 3))]
    cells = list[str]()
    for value, name in values:
        for measure in measures:
            label = f"{name}_{measure.alias}" if measure.alias else name
            # NULL may be in the list, too.
            cell = measure.of(f"{identifier(key)} IS NOT DISTINCT FROM {value}")
            cells.append(f"{cell} AS {identifier(label)}")
    group = f" GROUP BY {', '.join(groups)}" if groups else ""
    return f"SELECT {', '.join([*groups, *cells])} FROM {source}{group}"


def _measure(sql: str, words: list[Token], span: tuple[int, int], columns: Sequence[Column]) -> Measure:
    first, end = span
    if words[first].upper not in _MEASURES:
        raise not_supported("PIVOT with an aggregate other than COUNT, SUM, MIN, MAX and AVG")
    if words[first + 1].text != "(":
        raise syntax_error(words[first].text)
    close = closing(words, first + 1)
    argument = sql[words[first + 2].start : words[close - 1].end]
    alias = folded(words[end - 1]) if end - 1 > close else ""
    used = {folded(word) for word in words[first + 2 : close] if is_name(word)}
    reader = Reader(sql, words, lambda path: _kind(path[-1], columns))
    kind = returned(words[first].upper, [reader.scan(first + 2, close)])
    cast = f"::numeric({kind.precision},{kind.scale})" if kind is not None and kind.kind == "decimal" else ""
    return Measure(words[first].upper, "1" if argument == "*" else argument, alias, used, cast)


def _kind(name: str, columns: Sequence[Column]) -> Number | None:
    kinds = {numbers.of_column(column.type, column.modifier) for column in columns if column.name == name}
    return kinds.pop() if len(kinds) == 1 else None


def _value(sql: str, words: list[Token], first: int, end: int) -> tuple[str, str]:
    alias = ""
    if end - first > 1 and is_name(words[end - 1]):
        alias = folded(words[end - 1])
        end -= 2 if words[end - 2].upper == "AS" else 1
    if any(word.upper == "SELECT" for word in words[first:end]) or (end - first == 1 and _is_column(words[first])):
        raise not_supported("a column or a subquery in the IN of PIVOT", hint="constants")
    text = sql[words[first].start : words[end - 1].end]
    plain = string_value(words[first]).lower() if words[first].kind == "string" else text.lower()
    return text, alias or plain


def _is_column(word: Token) -> bool:
    return is_name(word) and word.upper not in ("NULL", "TRUE", "FALSE", "CURRENT_DATE", "SYSDATE")


def _unpivot(words: list[Token], opening: int, source: str, columns: Sequence[Column], keep: bool) -> str:
    if words[opening + 2].upper != "FOR" or words[opening + 4].upper != "IN":
        raise syntax_error(words[opening + 2].text)
    value, name = folded(words[opening + 1]), folded(words[opening + 3])
    given = [words[first:end] for first, end in parts(words, opening + 6, closing(words, opening + 5))]
    used, names = [folded(span[0]) for span in given], {column.name for column in columns}
    if missing := [column for column in used if column not in names]:
        raise SqlError("42703", f'column "{missing[0]}" does not exist')
    common = numbers.common(_kind(column, columns) for column in used)
    cast = f"::numeric({common.precision},{common.scale})" if common is not None and common.kind == "decimal" else ""
    labels = [string_value(span[-1]) if span[-1].kind == "string" else folded(span[-1]) for span in given]
    rows = [
        f"({literal(label)}::varchar, {identifier(column)}{cast})" for label, column in zip(labels, used, strict=True)
    ]
    rest = [identifier(column.name) for column in columns if column.name not in used]
    shown = ", ".join([*rest, f"unpivoted.{identifier(name)}", f"unpivoted.{identifier(value)}"])
    where = "" if keep else f" WHERE unpivoted.{identifier(value)} IS NOT NULL"
    listed = f"unpivoted ({identifier(name)}, {identifier(value)})"
    return f"SELECT {shown} FROM {source} CROSS JOIN LATERAL (VALUES {', '.join(rows)}) AS {listed}{where}"
