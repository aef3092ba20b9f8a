"""The label that the engine gives an item without AS, and that a cast of the item would take from it.

https://www.postgresql.org/docs/current/sql-select.html (output names)
"""

from __future__ import annotations

from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import is_name

_UNNAMED = ' AS "?column?"'


def ends_with_cast(tokens: Tokens) -> bool:
    """Return whether an expression is a cast, which gives it its type: `x::decimal(5,2)`."""
    depth, sign = 0, None
    for index, token in enumerate(tokens):
        depth += (token.text in "([") - (token.text in ")]")
        if depth == 0 and token.text == "::":
            sign = index
        elif depth == 0 and token.kind == "operator" and token.text not in (".", ")", "]"):
            return False
    return sign is not None


def label(tokens: Tokens) -> str:
    """Return the name that the engine gives an item without the cast; nothing if the cast changes none."""
    if ends_with_cast(tokens):
        return ""
    if tokens[0].text == "(" and closing(tokens, 0) == len(tokens) - 1:
        return label(tokens[1:-1])
    if tokens[0].upper == "CASE" and tokens[-1].upper == "END":
        default = _default(tokens)
        return "" if default and not ends_with_cast(default) and not label(default) else ' AS "case"'
    call = next((index for index, token in enumerate(tokens) if token.text == "("), None)
    path = tokens[:call]
    is_path = all(is_name(token) or token.text == "." for token in path)
    if is_path and path and (call is None or closing(tokens, call) == len(tokens) - 1):
        return ""
    return "" if is_path and call is not None and _is_window(tokens, closing(tokens, call) + 1) else _UNNAMED


def _default(tokens: Tokens) -> Tokens:
    """Return the value after the ELSE of a CASE, whose name the CASE takes; nothing without one."""
    depth, start = 0, 0
    for index, token in enumerate(tokens[:-1]):
        depth += (token.upper == "CASE") - (token.upper == "END")
        if depth == 1 and token.upper == "ELSE":
            start = index + 1
    return tokens[start:-1] if start else []


def _is_window(tokens: Tokens, index: int) -> bool:
    """Return whether OVER and a window are all that follows a call."""
    if index >= len(tokens) or tokens[index].upper != "OVER":
        return False
    opened = index + 1 < len(tokens) and tokens[index + 1].text == "("
    return (closing(tokens, index + 1) if opened else index + 1) == len(tokens) - 1
