"""Rows of the elements of a SUPER: `FROM t, t.c.items AS i AT n`, `FROM t, UNPIVOT t.c AS v AT k`.

https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
"""

from __future__ import annotations

from localcloud.redshift.errors import not_supported
from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import Edit, apply, made, replace, written
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, identifier, is_name
from localcloud.redshift.sql.paths import followed
from localcloud.redshift.sql.plan import Session
from localcloud.redshift.sql.sources import Source, sources_of
from localcloud.redshift.sql.tree import Select


async def unnest(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Make rows of the elements of a path in FROM that starts at an earlier table of the SELECT."""
    known, edits, elements, outer = set[str](), list[Edit](), set[str](), False
    for source in sources_of(tokens, select):
        first = folded(source.path[0]) if is_name(source.path[0]) else ""
        is_path = len(source.path) > 1 and source.path[1].text in (".", "[")
        if is_path and first not in known:
            is_path = await _is_outer(source, first, context)
            outer = outer or is_path
        of_element = first in elements
        if source.unpivot or is_path or (len(source.path) == 1 and of_element):
            edits.append(_elements(tokens, source, of_element, context.session))
            elements.add(source.name)
        known.add(source.name)
    if outer and len(edits) < len(known):
        raise not_supported("a subquery that unnests a SUPER of the query around it and reads other tables")
    return apply(tokens, edits) if edits else tokens


async def _is_outer(source: Source, first: str, context: Context) -> bool:
    """Return whether a path starts at a table of the query around, and is not the name of a table in a schema."""
    if first not in context.names:
        return False
    if len(source.path) != 3:
        return True
    return not (await context.facts.rows("SELECT 1 WHERE to_regclass($1) IS NOT NULL", written(source.path)))


def _elements(tokens: Tokens, source: Source, of_element: bool, session: Session) -> Edit:
    path, head = source.path, identifier(folded(source.path[0]))
    value = f"{head}.{head}" if of_element else f"{head}.{identifier(folded(path[2]))}"
    steps = followed(made(value), path[1 if of_element else 3 :], session)
    name, at = identifier(source.name), identifier(source.at or f"{source.name}_place")
    function = "members" if source.unpivot else "elements"
    new = made(f"LATERAL redshift_lab.{function}(", steps, f") AS {name} ({name}, {at})")
    return replace(tokens[source.start], tokens[source.end - 1], new)


def is_elements(source: Source) -> bool:
    """Return whether an entry of FROM is such rows already."""
    spelled = "".join(token.text for token in source.path[:3])
    return spelled in ("redshift_lab.elements", "redshift_lab.members")
