"""Paths into SUPER columns in the conditions of an UPDATE or a DELETE: followed as those of a SELECT are.

https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
"""

from __future__ import annotations

from itertools import pairwise

from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import Edit, apply, made
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import is_name
from localcloud.redshift.sql.queries import rewrite_queries
from localcloud.redshift.sql.tree import find_outer


async def follow(tokens: Tokens, context: Context) -> Tokens:
    """Return an UPDATE or DELETE of one table with the paths of its WHERE followed.

    One with another table or a subquery stays as it is: the engine refuses the paths in it.
    """
    table = {"UPDATE": 1, "DELETE": 2}.get(tokens[0].upper if tokens else "", 0)
    where = find_outer(tokens, ("WHERE",), 2) if table else None
    if where is None or find_outer(tokens, ("USING",), 2) or (table == 1 and find_outer(tokens, ("FROM",), 2)):
        return tokens
    if not _has_path(tokens[where:]) or any(token.upper == "SELECT" for token in tokens[where:]):
        return tokens
    end = find_outer(tokens, ("SET",), 2) or where
    head = made("SELECT 1 FROM ", tokens[table:end], " ")
    query = await rewrite_queries(made(head, " ", tokens[where:]), context)
    return apply(tokens, [Edit(tokens[where], tokens[-1], made(query[len(head) :]))])


def _has_path(tokens: Tokens) -> bool:
    return any(is_name(first) and second.text in (".", "[") for first, second in pairwise(tokens))
