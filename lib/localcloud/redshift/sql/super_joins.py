"""Joins that a SUPER has no part in: RIGHT and FULL.

https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html
"""

from __future__ import annotations

from itertools import pairwise

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, is_name
from localcloud.redshift.sql.navigation import unconditional
from localcloud.redshift.sql.tree import Select


async def check(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Raise SqlError if a SELECT with such a join reads a column of the type SUPER."""
    if "FROM" not in select.clauses:
        return tokens
    start, end = select.clauses["FROM"]
    keywords = [token.upper for token in tokens[start:end]]
    if not any(pair[0] in ("RIGHT", "FULL") and pair[1] in ("JOIN", "OUTER") for pair in pairwise(keywords)):
        return tokens
    if any(token.upper == "PG_CATALOG" for token in tokens[start:end]):
        return tokens
    columns = await context.columns("SELECT * ", unconditional(tokens, start, end))
    supers = {column.name for column in columns if context.is_super(column)}
    read = {folded(token) for token in tokens[select.list_start : select.end] if is_name(token)}
    everything = any(tokens[item.end - 1].text == "*" for item in select.items)
    if supers and (everything or not supers.isdisjoint(read)):
        raise SqlError("0A000", "SUPER is not supported in a RIGHT or FULL OUTER JOIN.")
    return tokens
