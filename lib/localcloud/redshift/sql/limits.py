"""What Redshift's grammar has with limits of its own: sorted aggregates of one order, no LIMIT below a set operation...

The engine would answer each of these; Redshift refuses them.
https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html, r_LISTAGG.html, r_UPDATE.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql import correlation
from localcloud.redshift.sql.keywords import QUERIES, SET_WORDS
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import name_end
from localcloud.redshift.sql.relations import references
from localcloud.redshift.sql.tree import outer_selects, outside_subqueries, selects

_SORTED = {"LISTAGG", "PERCENTILE_CONT", "MEDIAN"}


def check(tokens: Tokens) -> None:
    """Raise SqlError, with Redshift's text, at what it refuses."""
    if any(token.upper in _SORTED for token in tokens):
        for select in selects(tokens):
            _check_orders([tokens[index] for index in outside_subqueries(tokens, select.start + 1, select.end)])
    _check_set_operations(tokens)
    _check_stars(tokens)
    correlation.check(tokens)
    if tokens[0].upper == "WITH" and any(
        token.upper == "MERGE" and tokens[index + 1].upper == "INTO" for index, token in enumerate(tokens[:-1])
    ):
        raise SqlError("0A000", "WITH is not supported in MERGE")
    if tokens[0].upper == "INSERT":
        _check_values(tokens)
    if tokens[0].upper == "UPDATE":
        _check_update(tokens)


def _check_orders(tokens: Tokens) -> None:
    orders = set[str]()
    for index, token in enumerate(tokens[:-1]):
        if token.upper in _SORTED and tokens[index + 1].text == "(":
            end = closing(tokens, index + 1)
            within = [token.upper for token in tokens[end + 1 : end + 4]] == ["WITHIN", "GROUP", "("]
            last = closing(tokens, end + 3) if within else end
            over = last + 1 < len(tokens) and tokens[last + 1].upper == "OVER"
            key = tokens[end + 6 : last] if within else tokens[index + 2 : end] if token.upper == "MEDIAN" else []
            if key and not over:
                orders.add(" ".join(token.text.lower() for token in key).removesuffix(" asc"))
    if len(orders) > 1:
        raise SqlError("0A000", "within group ORDER BY clauses for aggregate functions must be the same")


def _check_set_operations(tokens: Tokens) -> None:
    for index, token in enumerate(tokens):
        if token.text != "(" or index + 1 == len(tokens) or tokens[index + 1].upper != "SELECT":
            continue
        end = closing(tokens, index)
        after = tokens[end + 1].upper if end + 1 < len(tokens) else ""
        before = tokens[index - 1].upper if index else ""
        if before not in ("", "(", "AS", "ALL", *SET_WORDS):
            continue
        joined = after in SET_WORDS or before in SET_WORDS
        joined = joined or (before == "ALL" and tokens[index - 2].upper == "UNION")
        inner = tokens[index + 1 : end]
        if joined and any("LIMIT" in select.clauses for select in outer_selects(inner)):
            raise SqlError("0A000", "LIMIT may not be used within input to set operations.")


def _check_values(tokens: Tokens) -> None:
    start = next((index for index, token in enumerate(tokens) if token.upper in ("VALUES", "SELECT")), len(tokens))
    if start + 1 >= len(tokens) or tokens[start].upper != "VALUES":
        return
    end = closing(tokens, start + 1)
    if (
        end + 1 < len(tokens)
        and tokens[end + 1].text == ","
        and any(token.upper == "SELECT" for token in tokens[start:])
    ):
        raise SqlError("0A000", "can't use subqueries in multi-row VALUES")


def _check_update(tokens: Tokens) -> None:
    index, within = 0, False
    while index < len(tokens) - 1:
        word = tokens[index].upper
        if word == "(":
            index = closing(tokens, index)
        within = (within or word == "FROM") and word != "WHERE"
        if within and word in ("LEFT", "RIGHT", "FULL") and tokens[index + 1].upper in ("OUTER", "JOIN"):
            raise SqlError("0A000", "Target table must be part of an equijoin predicate")
        index += 1


def _check_stars(tokens: Tokens) -> None:
    """Refuse the star after a table that includes those which inherit from it, as in FROM t*."""
    ends = {reference.end for reference in references(tokens) if tokens[reference.start].upper not in QUERIES}
    if tokens[0].upper in ("UPDATE", "DELETE") and len(tokens) > 2:
        ends.add(name_end(tokens, 1 + (tokens[1].upper == "FROM")))
    for end in sorted(ends):
        if end < len(tokens) and tokens[end].text == "*":
            raise syntax_error("*")
