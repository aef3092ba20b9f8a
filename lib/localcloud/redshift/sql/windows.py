"""What each window function takes in its OVER: an order, a frame, or neither.

https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql.lexer import Token, closing

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


def check(words: list[Token], over: int) -> None:
    """Raise SqlError where the window after OVER has what its function does not take, or lacks what it needs."""
    end = closing(words, over + 1)
    inside = [word.upper for word in words[over + 2 : end]]
    name = _function_before(words, over)
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


def _function_before(words: list[Token], over: int) -> str:
    """Return the name of the function whose window begins at OVER; nothing where there is none."""
    place = over - 1
    if words[place].upper == "NULLS":
        place -= 2
    opening = _opening(words, place)
    if opening > 2 and [word.upper for word in words[opening - 2 : opening]] == ["WITHIN", "GROUP"]:
        opening = _opening(words, opening - 3)
    return words[opening - 1].upper if opening > 0 else ""


def _opening(words: list[Token], place: int) -> int:
    """Return where the parenthesis opens that closes at `place`; -1 where none does."""
    depth = 0
    while place >= 0 and (depth or words[place].text == ")"):
        depth += (words[place].text == ")") - (words[place].text == "(")
        if depth == 0:
            return place
        place -= 1
    return -1
