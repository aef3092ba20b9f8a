"""Views: bound to their tables, late-binding, materialized.

A late-binding view is kept as text. PostgreSQL holds an empty view of its name, so that catalogs, grants, renames and
DROP know it; where a query reads that view, by whatever name it has then, its text is put in its place.
"""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.ddl import name_end
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, literal, tokens
from localcloud.redshift.sql.relations import Reference, references

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


def name_place(words: list[Token]) -> int:
    """Return the index of the last part of the name of a view that is created."""
    place = next(index for index, word in enumerate(words) if word.upper == "VIEW") + 1
    return name_end(words, place) - 1


def schemas(query: str) -> list[str]:
    """Return the schemas of what a late-binding view's query reads. Raises SqlError where a name has none."""
    words = tokens(query)
    found = references(words)
    if any(reference.end - reference.start == 1 for reference in found):
        raise SqlError(
            "0A000", "All the relation names inside should be qualified when creating VIEW WITH NO SCHEMA BINDING."
        )
    return sorted({words[reference.start].text for reference in found})


def create_late(name: str, columns: str, query: str, translated: str, replace: bool) -> str:
    """Return the engine's statement that stores a late-binding view. Raises SqlError as `schemas` does."""
    needed = f"ARRAY[{', '.join(map(literal, schemas(query)))}]::text[]"
    arguments = ", ".join(literal(text) for text in (name, columns, query.strip(), translated))
    call = f"redshift_lab.make_late_view({arguments}, {needed}, {str(replace).lower()})"
    return f"DO {literal(f'BEGIN PERFORM {call}; END')}"


def expand(sql: str, definitions: Mapping[str, str]) -> str:
    """Return a text with the late-binding views that it reads as subqueries; the keys are names as written.

    Raises SqlError at a definition that is not one query.
    """
    words = tokens(sql)
    edits = [
        Edit(words[reference.start].start, words[reference.end - 1].end, _subquery(words, reference, definitions))
        for reference in references(words)
        if reference.path in definitions
    ]
    return apply(sql, edits) if edits else sql


def _subquery(words: list[Token], reference: Reference, definitions: Mapping[str, str]) -> str:
    text = definitions[reference.path]
    if not _is_one_query(text):
        raise SqlError("XX000", f"the text of the late-binding view {reference.path} is not one query")
    return f"({text})" + ("" if reference.named else f" AS {words[reference.end - 1].text}")


def _is_one_query(text: str) -> bool:
    """Return whether a text may stand in parentheses: its own parentheses match, and it holds no second statement."""
    depth, words = 0, tokens(text)
    for word in words:
        depth += (word.text == "(" and word.kind == "operator") - (word.text == ")" and word.kind == "operator")
        if depth < 0 or word.text == ";":
            return False
    return depth == 0 and bool(words) and words[0].upper in ("SELECT", "WITH", "(")
