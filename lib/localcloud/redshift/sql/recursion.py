"""WITH RECURSIVE: what Redshift asks of it.

https://docs.aws.amazon.com/redshift/latest/dg/r_WITH_clause.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import folded, is_name


def check(tokens: Tokens) -> None:
    """Raise SqlError at a recursive common table expression that Redshift refuses."""
    for index, token in enumerate(tokens[:-1]):
        if token.upper == "WITH" and tokens[index + 1].upper == "RECURSIVE":
            if index and tokens[index - 1].text == "(":
                raise SqlError("0A000", "WITH RECURSIVE is not supported in a subquery")
            _check_list(tokens, index + 2)


def _check_list(tokens: Tokens, index: int) -> None:
    while index + 1 < len(tokens) and is_name(tokens[index]):
        name, listed = folded(tokens[index]), tokens[index + 1].text == "("
        index = closing(tokens, index + 1) + 1 if listed else index + 1
        if index + 1 >= len(tokens) or tokens[index].upper != "AS" or tokens[index + 1].text != "(":
            return
        end = closing(tokens, index + 1)
        _check_body(tokens[index + 2 : end], name, listed=listed)
        if end + 1 >= len(tokens) or tokens[end + 1].text != ",":
            return
        index = end + 2


def _check_body(body: Tokens, name: str, *, listed: bool) -> None:
    recursive = any(
        is_name(token) and folded(token) == name and body[index - 1].upper in ("FROM", "JOIN", ",")
        for index, token in enumerate(body)
        if index
    )
    if not recursive:
        return
    if not listed:
        raise SqlError("42601", f'recursive CTE "{name}" must have a column alias list')
    depth = 0
    for index, token in enumerate(body):
        depth += (token.text == "(") - (token.text == ")")
        follows = body[index + 1].upper if index + 1 < len(body) else ""
        if not depth and (token.upper in ("LIMIT", "EXCEPT", "INTERSECT") or (token.upper, follows) == ("ORDER", "BY")):
            raise SqlError("0A000", f"{token.upper} is not supported in the query of a recursive CTE")
        if not depth and token.upper == "UNION" and follows != "ALL":
            raise SqlError("0A000", "a recursive CTE needs UNION ALL")
