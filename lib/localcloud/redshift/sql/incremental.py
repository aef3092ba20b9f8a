"""Whether AWS refreshes a materialized view by the changes of its tables, or computes it again.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh.html
"""

from __future__ import annotations

from itertools import pairwise

from localcloud.redshift.sql.keywords import SET_WORDS
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.tree import unwrapped

_JOINS = frozenset(("LEFT", "RIGHT", "FULL"))
_NAMES = """
    MEDIAN PERCENTILE_CONT PERCENTILE_DISC LISTAGG STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP
    BIT_AND BIT_OR BOOL_AND BOOL_OR
"""
AGGREGATES = frozenset(_NAMES.split())


def applies(query: Tokens) -> bool:
    """Return whether a query has nothing that the page lists as a reason to compute the view again."""
    tokens = unwrapped(query)
    keywords = [token.upper for token in tokens]
    joined = sum(pair == ("UNION", "ALL") for pair in pairwise(keywords))
    if sum(word in SET_WORDS for word in keywords) > joined or keywords.count("SELECT") > 1 + joined:
        return False  # another set operation, or a subquery
    if "APPROXIMATE" in keywords:
        return False
    return not any(_is_obstacle(first, second) for first, second in pairwise([*keywords, ""]))


def _is_obstacle(word: str, follows: str) -> bool:
    if word in _JOINS:
        return follows in ("JOIN", "OUTER")
    if word == "OVER" or word in AGGREGATES:
        return follows == "("
    return (word, follows) == ("(", "DISTINCT")
