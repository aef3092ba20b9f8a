"""What each window function takes in its OVER: an order, a frame, or neither.

https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql.lexer import Tokens, closing

_FRAMED = """
    AVG COUNT MAX MIN SUM STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP BOOL_AND BOOL_OR BIT_AND BIT_OR
    FIRST_VALUE LAST_VALUE NTH_VALUE
"""
FRAMED = frozenset(_FRAMED.split())
"""Window functions that need a frame where their window has an ORDER BY."""
_RANKING = {"LAG", "LEAD", "NTILE", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "ROW_NUMBER"}
"""Window functions that take an order and no frame."""
_PARTITIONED = {"RATIO_TO_REPORT", "MEDIAN", "PERCENTILE_CONT", "PERCENTILE_DISC", "LISTAGG"}
"""Window functions that take neither an order nor a frame."""
_ORDERED = {"LAG", "LEAD"}


def check(tokens: Tokens, over: int) -> None:
    """Raise SqlError if the window after OVER has what its function does not take, or lacks what it needs."""
    end = closing(tokens, over + 1)
    inside = [token.upper for token in tokens[over + 2 : end]]
    name = _function_before(tokens, over)
    ordered, framed = "ORDER" in inside, "ROWS" in inside
    if "RANGE" in inside or "GROUPS" in inside:
        raise not_supported("a window frame other than ROWS")
    if ordered and not framed and name in FRAMED:
        raise SqlError("0A000", "Aggregate window functions with an ORDER BY clause require a frame clause")
    if framed and name in _RANKING | _PARTITIONED:
        raise SqlError("42601", f"the window of {name} cannot contain a frame clause")
    if ordered and name in _PARTITIONED:
        raise SqlError("42601", f"the window of {name} cannot contain an ORDER BY clause")
    if not ordered and name in _ORDERED:
        raise SqlError("42601", f"the window of {name} needs an ORDER BY clause")


def _function_before(tokens: Tokens, over: int) -> str:
    """Return the name of the function whose window begins at OVER; nothing if there is none."""
    index = over - 1
    if tokens[index].upper == "NULLS":
        index -= 2
    opening = _opening(tokens, index)
    if opening > 2 and [token.upper for token in tokens[opening - 2 : opening]] == ["WITHIN", "GROUP"]:
        opening = _opening(tokens, opening - 3)
    return tokens[opening - 1].upper if opening > 0 else ""


def _opening(tokens: Tokens, index: int) -> int:
    """Return where the parenthesis opens that closes at `index`; -1 if none does."""
    depth = 0
    while index >= 0 and (depth or tokens[index].text == ")"):
        depth += (tokens[index].text == ")") - (tokens[index].text == "(")
        if depth == 0:
            return index
        index -= 1
    return -1
