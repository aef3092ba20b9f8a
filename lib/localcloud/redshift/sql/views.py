"""Views: bound to their tables, or late-binding.

A late-binding view is kept as text. PostgreSQL holds an empty view of its name, so that catalogs, grants, renames and
DROP know it; where a query reads that view, by whatever name it has then, its text is put in its place.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.edits import Edit, Part, apply, replace, written
from localcloud.redshift.sql.lexer import Token, Tokens, closing, lex
from localcloud.redshift.sql.names import literal, name_end
from localcloud.redshift.sql.relations import Reference, references

_UNBOUND = ["WITH", "NO", "SCHEMA", "BINDING"]


class CreateView(NamedTuple):
    """A CREATE VIEW: what comes before its query, its name, the columns in parentheses, its query."""

    head: Tokens
    name: Tokens
    columns: Tokens
    query: Tokens
    is_late: bool
    replaces: bool

    @property
    def last_name(self) -> Token:
        """Return the name without its schema."""
        return self.name[-1]


def read(tokens: Tokens) -> CreateView:
    """Read a CREATE VIEW. Raises SqlError if AS is missing."""
    start = next(index for index, token in enumerate(tokens) if token.upper == "VIEW") + 1
    end = name_end(tokens, start)
    name, columns = tokens[start:end], Tokens()
    if tokens[end].text == "(":
        last = closing(tokens, end)
        columns, end = tokens[end : last + 1], last + 1
    if tokens[end].upper != "AS":
        raise syntax_error(tokens[end].text)
    is_late = [token.upper for token in tokens[-4:]] == _UNBOUND
    query = tokens[end + 1 : -4] if is_late else tokens[end + 1 :]
    return CreateView(tokens[: end + 1], name, columns, query, is_late, tokens[1].upper == "OR")


def schemas(query: Tokens) -> list[str]:
    """Return the schemas of what a late-binding view's query reads. Raises SqlError if a name has none."""
    listed = references(query)
    if any(reference.end - reference.start == 1 for reference in listed):
        raise SqlError(
            "0A000", "All the relation names inside should be qualified when creating VIEW WITH NO SCHEMA BINDING."
        )
    return sorted({query[reference.start].text for reference in listed})


def create_late(view: CreateView, translated: str) -> str:
    """Return the engine's statement that stores a late-binding view. Raises SqlError as `schemas` does."""
    needed = f"ARRAY[{', '.join(map(literal, schemas(view.query)))}]::text[]"
    given = (written(view.name), written(view.columns), written(view.query), translated)
    arguments = ", ".join(literal(text) for text in given)
    call = f"redshift_lab.make_late_view({arguments}, {needed}, {str(view.replaces).lower()})"
    return f"DO {literal(f'BEGIN PERFORM {call}; END')}"


def expand(tokens: Tokens, definitions: Mapping[str, str]) -> Tokens:
    """Return the tokens with the late-binding views that they read as subqueries; the keys are names as written.

    Raises SqlError at a definition that is not one query.
    """
    edits = [
        _subquery(tokens, reference, definitions[reference.path])
        for reference in references(tokens)
        if reference.path in definitions
    ]
    return apply(tokens, edits) if edits else tokens


def _subquery(tokens: Tokens, reference: Reference, definition: str) -> Edit:
    query, last = lex(definition), tokens[reference.end - 1]
    if not _is_one_query(query):
        raise SqlError("XX000", f"the text of the late-binding view {reference.path} is not one query")
    name: tuple[Part, ...] = () if reference.named else (" AS ", last)
    return replace(tokens[reference.start], last, "(", query, ")", *name)


def _is_one_query(tokens: Tokens) -> bool:
    """Return whether a text may be put in parentheses: its own parentheses match, and it holds no second statement."""
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth < 0 or token.text == ";":
            return False
    return depth == 0 and bool(tokens) and tokens[0].upper in ("SELECT", "WITH", "(")
