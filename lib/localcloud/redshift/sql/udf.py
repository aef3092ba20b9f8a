"""The body of a SQL function: one SELECT of an expression, without tables.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_FUNCTION.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.keywords import SET_OPERATORS
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.tree import selects

_REFUSED = ("FROM", "INTO", "WHERE", "GROUP", "ORDER", "LIMIT")


def check(body: Tokens) -> None:
    """Raise SqlError at a body that does more than work out an expression."""
    tokens = list(body)
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    if not tokens or tokens[0].upper != "SELECT":
        raise syntax_error(tokens[0].text) if tokens else SqlError("42601", "the body of the function is empty")
    if any(token.text == ";" or token.upper in SET_OPERATORS for token in tokens):
        raise SqlError("0A000", "the body of a SQL function is one SELECT clause")
    for select in selects(tokens):
        clause = next((name for name in _REFUSED if name in select.clauses), None)
        if clause is not None:
            shown = f"{clause} BY" if clause in ("GROUP", "ORDER") else clause
            raise SqlError("0A000", f"the SELECT of a SQL function cannot have a {shown} clause")
