"""The body of a SQL function: one SELECT of an expression, without tables.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_FUNCTION.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.blocks import SET_OPERATORS, select_levels
from localcloud.redshift.sql.lexer import tokens

_REFUSED = ("FROM", "INTO", "WHERE", "GROUP", "ORDER", "LIMIT")


def check(body: str) -> None:
    """Raise SqlError at a body that does more than work out an expression."""
    words = tokens(body)
    while words and words[-1].text == ";":
        words.pop()
    if not words or words[0].upper != "SELECT":
        raise syntax_error(words[0].text) if words else SqlError("42601", "the body of the function is empty")
    if any(word.text == ";" or word.upper in SET_OPERATORS for word in words):
        raise SqlError("0A000", "the body of a SQL function is one SELECT clause")
    for _, block in select_levels(words):
        clause = next((name for name in _REFUSED if name in block.clauses), None)
        if clause is not None:
            shown = f"{clause} BY" if clause in ("GROUP", "ORDER") else clause
            raise SqlError("0A000", f"the SELECT of a SQL function cannot have a {shown} clause")
