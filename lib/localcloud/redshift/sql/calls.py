"""The calls of a statement, each rewritten by the rule of its function.

Innermost and rightmost first, so that a call is rewritten when its arguments are.
"""

from __future__ import annotations

from localcloud.redshift.sql.call import Call
from localcloud.redshift.sql.functions import RULES
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.tree import parts


def rewrite_calls(given: Tokens) -> Tokens:
    """Return the tokens with every such call in the engine's SQL. Raises SqlError if it cannot be said."""
    tokens = list(given)
    index = len(tokens) - 2
    while index >= 0:
        name = tokens[index].upper
        if name in RULES and tokens[index + 1].text == "(" and not _is_kept(tokens, index):
            call, end = _read(tokens, index)
            new = RULES[name](call)
            if index > 0 and tokens[index - 1].upper == "APPROXIMATE":
                index -= 1
            start = index - 2 if index > 1 and tokens[index - 1].text == "." else index
            new[0] = new[0].spaced(tokens[start].space)
            tokens[start:end] = new
        index -= 1
    return tokens


def _is_kept(tokens: Tokens, index: int) -> bool:
    """Return whether a name is not a call of that function, or is a measure of PIVOT, which splits it itself."""
    is_member = index > 0 and tokens[index - 1].text == "."
    if is_member and not (index > 1 and tokens[index - 2].upper == "PG_CATALOG"):
        return True
    return tokens[index].upper == "AVG" and _opened_by(tokens, index) == "PIVOT"


def _opened_by(tokens: Tokens, index: int) -> str:
    """Return the word before the parenthesis that a token is in."""
    depth = 0
    for at in range(index - 1, 0, -1):
        depth += (tokens[at].text == "(") - (tokens[at].text == ")")
        if depth > 0:
            return tokens[at - 1].upper
    return ""


def _read(tokens: Tokens, index: int) -> tuple[Call, int]:
    """Return the call that begins there, and the index after it."""
    last = closing(tokens, index + 1)
    call, first, end = Call(tokens[index].upper, []), index + 2, last
    if tokens[first].upper in ("DISTINCT", "ALL") and first < last:
        call.distinct = tokens[first].upper == "DISTINCT"
        first += 1
    if last >= 2 and tokens[last - 1].upper == "NULLS" and tokens[last - 2].upper in ("IGNORE", "RESPECT"):
        call.ignore, end = tokens[last - 2].upper == "IGNORE", last - 2
    if first < end:
        call.arguments = [tokens[start:stop] for start, stop in parts(tokens, first, end)]
    return call, _tail(tokens, last + 1, call)


def _tail(tokens: Tokens, index: int, call: Call) -> int:
    """Read WITHIN GROUP, IGNORE NULLS and OVER after the arguments; return the index after them."""

    def upper(offset: int) -> str:
        return tokens[index + offset].upper if index + offset < len(tokens) else ""

    if upper(0) == "WITHIN" and upper(1) == "GROUP":
        end = closing(tokens, index + 2)
        call.order = tokens[index + 5 : end]
        index = end + 1
    if upper(0) in ("IGNORE", "RESPECT") and upper(1) == "NULLS":
        call.ignore = upper(0) == "IGNORE"
        index += 2
    if upper(0) == "OVER":
        end = closing(tokens, index + 1) if upper(1) == "(" else index + 1
        call.over = tokens[index : end + 1]
        index = end + 1
    return index
