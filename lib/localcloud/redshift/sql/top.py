"""TOP n as a LIMIT (https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html)."""

from __future__ import annotations

from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import apply, made, replace
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.tree import Select, outer_selects


async def limit(tokens: Tokens, select: Select, _context: Context) -> Tokens:
    """Return the tokens with the TOP of a SELECT moved to its end, in parentheses if there is another SELECT."""
    if select.top is None:
        return tokens
    first, number = select.top
    head, rest = tokens[select.start : first], tokens[number + 1 : select.end]
    body = made(head, tokens[first].space, rest, " LIMIT ", tokens[number])
    if any(other.start != select.start for other in outer_selects(tokens)):
        body = made("(", body, ")")
    return apply(tokens, [replace(tokens[select.start], tokens[select.end - 1], body)])
