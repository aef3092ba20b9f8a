"""Queries of the hidden columns and the `$partitions` table of a table that the engine is told as a view."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from localcloud.athena.failure import not_supported
from localcloud.athena.serdes.told_view import FILES, HIDDEN, RAW, quoted
from localcloud.athena.statements.reader import Token, scan
from localcloud.athena.statements.references import Name, path, references

_PARTITIONS = "$partitions"
_AFTER: tuple[str, ...] = (
    "WHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "WINDOW",
)
_AFTER += ("JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "ON", "USING", "TABLESAMPLE", "FOR")
Edit = tuple[int, int, str]


def rewritten(sql: str, is_told_as_view: Callable[[Name], bool]) -> str:
    """Return a query that names the view with hidden columns, or the partitions of the table below the view.

    Raises:
        QueryFailed: `*` beside a hidden column, where the view would give the hidden columns too.
    """
    tokens = scan(sql)
    edits = [edit for at, name in references(tokens) for edit in _partitions(tokens, at, name, is_told_as_view)]
    if any(token.kind == "name" and token.text.lower() in (*HIDDEN, "$partition") for token in tokens):
        views = [(at, name) for at, name in references(tokens) if is_told_as_view(name)]
        if views and _has_star(tokens):
            raise not_supported(
                "'*' and a hidden column such as \"$path\" in one query of a table whose SerDe the lab reads through a "
                "view. Try: name the columns"
            )
        edits += [_files(tokens, at) for at, _ in views]
    for start, end, text in sorted(edits, reverse=True):
        sql = sql[:start] + text + sql[end:]
    return sql


def _partitions(tokens: list[Token], at: int, name: Name, is_told: Callable[[Name], bool]) -> list[Edit]:
    table = name[-1].removesuffix(_PARTITIONS)
    if table == name[-1] or not is_told((*name[:-1], table)):
        return []
    last = tokens[path(tokens, at)[1] - 1]
    return [(last.start, last.end, quoted(table + RAW + _PARTITIONS))]


def _files(tokens: list[Token], at: int) -> Edit:
    name, end = path(tokens, at)
    last, following = tokens[end - 1], tokens[end]
    alias = following.kind in ("word", "name") and following.upper() not in _AFTER
    return last.start, last.end, quoted(name[-1] + FILES) + ("" if alias else f" AS {quoted(name[-1])}")


def _has_star(tokens: list[Token]) -> bool:
    pairs = itertools.pairwise(tokens)
    return any(
        after.text == "*" and before.upper() in ("SELECT", "DISTINCT", "ALL", ",", ".") for before, after in pairs
    )
