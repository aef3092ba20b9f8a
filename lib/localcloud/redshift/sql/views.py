"""Views: bound to their tables, late-binding, materialized.

A late-binding view is kept as text. PostgreSQL holds an empty view of its name, so that catalogs, grants and DROP
know it; where a query reads it, its text is put in the place.
"""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.blocks import folded, select_levels
from localcloud.redshift.sql.ddl import name_end
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, literal, tokens
from localcloud.redshift.sql.semistructured import sources

_UNBOUND = ["WITH", "NO", "SCHEMA", "BINDING"]


def is_late(words: list[Token]) -> bool:
    """Tell whether a CREATE VIEW ends in WITH NO SCHEMA BINDING."""
    return [word.upper for word in words[-4:]] == _UNBOUND


def split(sql: str, words: list[Token]) -> tuple[str, str, str]:
    """Return the name of a view that is created, the columns in parentheses, and its query."""
    place = next(index for index, word in enumerate(words) if word.upper == "VIEW") + 1
    end = name_end(words, place)
    name, columns = sql[words[place].start : words[end - 1].end], ""
    if words[end].text == "(":
        last = closing(words, end)
        columns, end = sql[words[end].start : words[last].end], last + 1
    if words[end].upper != "AS":
        raise SqlError("42601", f'syntax error at or near "{words[end].text}"')
    stop = words[-5].end if is_late(words) else words[-1].end
    return name, columns, sql[words[end + 1].start : stop]


def check_qualified(query: str) -> None:
    """Raise SqlError where a table of a late-binding view's query has no schema."""
    words = tokens(query)
    common = {folded(words[place]) for place in range(len(words) - 1) if words[place + 1].upper == "AS"}
    for level, block in select_levels(words):
        for source in sources(level, *block.clauses["FROM"]) if "FROM" in block.clauses else ():
            if len(source.path) == 1 and folded(source.path[0]) not in common:
                raise SqlError(
                    "0A000",
                    "All the relation names inside should be qualified when creating VIEW WITH NO SCHEMA BINDING.",
                )


def create_late(name: str, columns: str, query: str, translated: str, replace: bool) -> str:
    """Return the engine's statement that stores a late-binding view."""
    arguments = ", ".join(literal(text) for text in (name, columns, query.strip(), translated))
    return f"DO {literal(f'BEGIN PERFORM redshift_lab.make_late_view({arguments}, {str(replace).lower()}); END')}"


def expand(sql: str, definitions: Mapping[str, str]) -> str:
    """Return a text with the late-binding views that it reads as subqueries; keys are `name` and `schema.name`."""
    for _ in range(16):
        edits = _expansions(sql, definitions)
        if not edits:
            return sql
        sql = apply(sql, edits)
    raise SqlError("54001", "a late-binding view refers to itself")


def _expansions(sql: str, definitions: Mapping[str, str]) -> list[Edit]:
    words = tokens(sql)
    for place, word in enumerate(words):
        if word.upper not in ("FROM", "JOIN", ",") or place + 1 >= len(words):
            continue
        end = name_end(words, place + 1)
        path = ".".join(folded(one) for one in words[place + 1 : end] if one.text != ".")
        if path not in definitions or (word.upper == "," and not _in_from(words, place)):
            continue
        after = words[end] if end < len(words) else None
        named = after is not None and (
            after.upper == "AS" or (after.kind in ("word", "quoted") and not _ends_item(after))
        )
        alias = "" if named else f" AS {words[end - 1].text}"
        return [Edit(words[place + 1].start, words[end - 1].end, f"({definitions[path]}){alias}")]
    return []


def _ends_item(word: Token) -> bool:
    return word.upper in {
        *(
            "WHERE",
            "GROUP",
            "ORDER",
            "HAVING",
            "LIMIT",
            "JOIN",
            "LEFT",
            "RIGHT",
            "INNER",
            "FULL",
            "CROSS",
            "NATURAL",
            "ON",
        ),
        *("UNION", "EXCEPT", "INTERSECT", "MINUS", "QUALIFY", "WITH", "OFFSET", "PIVOT", "UNPIVOT", "USING", "SET"),
    }


def _in_from(words: list[Token], place: int) -> bool:
    depth = 0
    for index in range(place - 1, -1, -1):
        depth += (words[index].text == ")") - (words[index].text == "(")
        if depth < 0:
            return False
        if depth == 0 and words[index].upper in ("FROM", "SELECT", "WHERE", "BY", "HAVING", "VALUES"):
            return words[index].upper == "FROM"
    return False
