"""Paths into SUPER columns in the conditions and values of an UPDATE or a DELETE: followed as those of a SELECT are.

https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
"""

from __future__ import annotations

from itertools import pairwise

from localcloud.redshift.sql.blocks import is_name
from localcloud.redshift.sql.lexer import Token, closing, tokens
from localcloud.redshift.sql.queries import Context, rewrite_queries


def followed(sql: str, context: Context) -> str:
    """Return an UPDATE or DELETE of one table with the paths of its WHERE followed. Raises NeedsColumns.

    One with another table or a subquery stays as it is: the engine refuses the paths in it.
    """
    words = tokens(sql)
    table = {"UPDATE": 1, "DELETE": 2}.get(words[0].upper if words else "", 0)
    where = _clause(words, "WHERE") if table else None
    if where is None or _clause(words, "USING") or (table == 1 and _clause(words, "FROM")):
        return sql
    if not _has_path(words[where:]) or any(word.upper == "SELECT" for word in words[where:]):
        return sql
    end = _clause(words, "SET") or where
    head = f"SELECT 1 FROM {sql[words[table].start : words[end - 1].end]} "
    made = rewrite_queries(head + sql[words[where].start :], context)
    return sql[: words[where].start] + made.removeprefix(head)


def _clause(words: list[Token], name: str) -> int | None:
    """Return where a clause of the statement itself begins; for FROM, not that of DELETE FROM."""
    place = 2
    while place < len(words):
        if words[place].text == "(":
            place = closing(words, place)
        elif words[place].upper == name:
            return place
        place += 1
    return None


def _has_path(words: list[Token]) -> bool:
    return any(is_name(first) and second.text in (".", "[") for first, second in pairwise(words))
