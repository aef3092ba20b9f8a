"""Queries of the hidden columns and the `$partitions` table of a table that the engine is told as a view."""

from __future__ import annotations

from collections.abc import Callable

from localcloud.athena.failure import not_supported
from localcloud.athena.reader import Token, scan
from localcloud.athena.serdes.engine_tables import FILES, HIDDEN, RAW, quoted
from localcloud.athena.statements.references import ENDS, Name, path, references
from localcloud.athena.statements.stars import Star, stars

_PARTITIONS = "$partitions"
_AFTER = (*ENDS, *"JOIN LEFT RIGHT FULL INNER CROSS NATURAL ON USING TABLESAMPLE FOR".split())  # noqa: SIM905
Edit = tuple[int, int, str]
Columns = Callable[[Name], list[str] | None]
"""The columns of a table that the engine is told as a view; None for any other name."""


def rewritten(sql: str, columns: Columns) -> str:
    """Return a query that names the view with hidden columns, or the partitions of the table below the view.

    Raises:
        QueryFailed: `*` of a join next to a hidden column, where the view would give the hidden columns too.
    """
    tokens = scan(sql)
    edits = [edit for at, name in references(tokens) for edit in _partitions(tokens, at, name, columns)]
    if any(token.kind == "name" and token.text.lower() in (*HIDDEN, "$partition") for token in tokens):
        views = {at: listed for at, name in references(tokens) if (listed := columns(name)) is not None}
        edits += [edit for star in stars(tokens) for edit in _named(tokens, star, views)]
        edits += [_files(tokens, at) for at in views]
    for start, end, text in sorted(edits, reverse=True):
        sql = sql[:start] + text + sql[end:]
    return sql


def _partitions(tokens: list[Token], at: int, name: Name, columns: Columns) -> list[Edit]:
    table = name[-1].removesuffix(_PARTITIONS)
    if table == name[-1] or columns((*name[:-1], table)) is None:
        return []
    last = tokens[path(tokens, at)[1] - 1]
    return [(last.start, last.end, quoted(table + RAW + _PARTITIONS))]


def _named(tokens: list[Token], star: Star, views: dict[int, list[str]]) -> list[Edit]:
    """Return the edit that puts the names of a view's columns instead of its `*`, if any."""
    inside = {at: listed for at, listed in views.items() if at in star.tables}
    if star.qualifier:
        inside = {at: listed for at, listed in inside.items() if _alias(tokens, at) == star.qualifier[-1]}
    elif inside and not star.alone:
        raise not_supported(
            "'*' of a join and a hidden column such as \"$path\" in one query of a table whose SerDe the lab reads "
            "through a view. Try: name the columns, or `table.*`"
        )
    return [
        (star.start, star.end, ", ".join(f"{quoted(_alias(tokens, at))}.{quoted(column)}" for column in listed))
        for at, listed in inside.items()
    ]


def _alias(tokens: list[Token], at: int) -> str:
    name, end = path(tokens, at)
    end += tokens[end].upper() == "AS"
    following = tokens[end]
    is_alias = following.kind in ("word", "name") and following.upper() not in _AFTER
    return following.text.lower() if is_alias else name[-1]


def _files(tokens: list[Token], at: int) -> Edit:
    name, end = path(tokens, at)
    last, following = tokens[end - 1], tokens[end]
    alias = following.kind in ("word", "name") and following.upper() not in _AFTER
    return last.start, last.end, quoted(name[-1] + FILES) + ("" if alias else f" AS {quoted(name[-1])}")
