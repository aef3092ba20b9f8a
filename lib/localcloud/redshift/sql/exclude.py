"""SELECT * EXCLUDE (...): all columns of a star but those named.

https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import Edit, apply, between, made
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, identifier, is_name
from localcloud.redshift.sql.tree import Item, Select


async def spell_out(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Return the tokens with the columns that a star keeps instead of it."""
    edits = list[Edit]()
    for item in select.items:
        for index in range(item.start, item.end - 1):
            if tokens[index].text == "*" and tokens[index + 1].upper == "EXCLUDE":
                edits.append(await _excluded(tokens, select, item, index, context))
    return apply(tokens, edits) if edits else tokens


async def _excluded(tokens: Tokens, select: Select, item: Item, star: int, context: Context) -> Edit:
    given = [folded(token) for token in tokens[star + 2 : item.end] if is_name(token)]
    whole, qualifier = tokens[item.start : star + 1], tokens[item.start : star]
    names = await context.names_of("SELECT ", whole, " ", select.clause(tokens, "FROM"))
    missing = [name for name in given if name not in names]
    if missing:
        raise SqlError("42703", f'column "{missing[0]}" does not exist')
    kept = [made(qualifier, identifier(name)) for name in names if name not in given]
    if not kept:
        raise SqlError("42601", "EXCLUDE leaves no column")
    return Edit(tokens[item.start], tokens[item.end - 1], between(", ", kept))
