"""Keywords, literals and casts that the engine writes differently: MINUS, SYSDATE, types of casts and the like.

https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html, r_SYSDATE.html, r_CAST_function.html
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.redshift.sql import intervals
from localcloud.redshift.sql.edits import Edit, after, apply, made, replace, swap
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.typenames import DECIMALS, SPATIAL
from localcloud.redshift.sql.types import edit_type

_BARE = {
    "CURRENT_USER_ID": "(SELECT usesysid::integer FROM pg_catalog.pg_user WHERE usename = current_user)",
    "CURRENT_NAMESPACE": "pg_catalog.current_namespace()",
    "CURRENT_AWS_ACCOUNT": "pg_catalog.current_aws_account()",
}
_LITERALS = {"DATE", "TIME", "TIMETZ", "TIMESTAMP", "TIMESTAMPTZ", "ZONE"}
"""What a literal with a type ends with before its text."""
_AFTER_TRUTH = ("", "AND", "OR", ")", "GROUP", "ORDER")


def rewrite_dialect(tokens: Tokens) -> Tokens:
    """Return the tokens of a statement with the keywords, literals and casts of the engine."""
    edits = list[Edit]()
    for index, token in enumerate(tokens):
        if token.kind == "number":
            edits += _number(tokens, index)
        elif (rule := _RULES.get(token.upper)) is not None:
            edits += rule(tokens, index)
    return apply(tokens, edits) if edits else tokens


def _before(tokens: Tokens, index: int) -> str:
    return tokens[index - 1].upper if index else ""


def _after(tokens: Tokens, index: int) -> str:
    return tokens[index + 1].upper if index + 1 < len(tokens) else ""


def _number(tokens: Tokens, index: int) -> list[Edit]:
    """WHERE 1 means that all rows hold; a number ends before a letter."""
    token, follows = tokens[index], tokens[index + 1] if index + 1 < len(tokens) else None
    is_truth = _before(tokens, index) == "WHERE" and token.text in ("0", "1")
    if is_truth and _after(tokens, index) in _AFTER_TRUTH:
        return [swap(token, "TRUE" if token.text == "1" else "FALSE")]
    if follows is not None and follows.kind == "word" and not follows.space:
        return [Edit(follows, follows, [follows.spaced(" ")])]
    return []


def _double_colon(tokens: Tokens, index: int) -> list[Edit]:
    if _after(tokens, index) == "SUPER" and _is_bare(tokens, index - 1):
        return [_as_super(tokens[index - 1], tokens[index + 1], tokens[index - 1])]
    if index + 1 == len(tokens):
        return []
    return _as_text(tokens, index - 1, index + 1) + edit_type(tokens, index + 1, declared=False)[0]


def _is_bare(tokens: Tokens, index: int) -> bool:
    """Return whether a literal or a parameter has no type of its own, as in DATE '2024-01-01'."""
    return tokens[index].kind in ("string", "parameter") and tokens[index - 1].upper not in _LITERALS


def _interval(tokens: Tokens, index: int) -> list[Edit]:
    is_literal = _before(tokens, index) != "::" and index + 2 < len(tokens)
    return intervals.literal(tokens, index) if is_literal else []


def _cast(tokens: Tokens, index: int) -> list[Edit]:
    if _after(tokens, index) != "(":
        return []
    end, depth = closing(tokens, index + 1), 0
    for at in range(index + 1, end):
        depth += (tokens[at].text in "([") - (tokens[at].text in ")]")
        if depth == 1 and tokens[at].upper == "AS":
            return _cast_as(tokens, index, at, end)
    return []


def _cast_as(tokens: Tokens, index: int, bound: int, end: int) -> list[Edit]:
    """Return the changes of a cast whose AS is at `bound`."""
    alone = bound == index + 3
    if tokens[bound + 1].upper == "SUPER" and alone and tokens[bound - 1].kind != "word":
        return [_as_super(tokens[index], tokens[end], tokens[bound - 1])]
    text = _as_text(tokens, bound - 1, bound + 1) if alone else []
    return text + edit_type(tokens, bound + 1, declared=False)[0]


def _as_text(tokens: Tokens, value: int, kind: int) -> list[Edit]:
    """Return the change of a text literal: as a text its digits are rounded, not cut, and WKT or WKB is read."""
    decimal = tokens[kind].upper in DECIMALS and kind + 1 < len(tokens) and tokens[kind + 1].text == "("
    is_text = tokens[value].kind == "string" and (decimal or tokens[kind].upper in SPATIAL)
    return [after(tokens[value], "::text")] if is_text else []


def _as_super(first: Token, last: Token, value: Token) -> Edit:
    """Return the change of a cast of a literal to SUPER, which keeps it as text."""
    if value.kind == "number":
        return replace(first, last, "(", value, ")::super")
    return replace(first, last, "redshift_lab.as_super(", value, ")")


def _minus(tokens: Tokens, index: int) -> list[Edit]:
    return [swap(tokens[index], "EXCEPT")] if _after(tokens, index) in ("SELECT", "(", "ALL", "WITH") else []


def _sysdate(tokens: Tokens, index: int) -> list[Edit]:
    is_name = _before(tokens, index) in (".", "AS") or _after(tokens, index) in ("(", ".")
    return [] if is_name else [swap(tokens[index], "redshift_lab.sysdate()")]


def _bare(tokens: Tokens, index: int) -> list[Edit]:
    is_name = _before(tokens, index) in (".", "AS") or _after(tokens, index) in ("(", ".", "=")
    return [] if is_name else [swap(tokens[index], _BARE[tokens[index].upper])]


def _array(tokens: Tokens, index: int) -> list[Edit]:
    """ARRAY is a name if nothing is made by it."""
    return [] if _after(tokens, index) in ("(", "[", ")") else [swap(tokens[index], '"array"')]


def _approximate(tokens: Tokens, index: int) -> list[Edit]:
    dropped = _after(tokens, index) in ("COUNT", "PERCENTILE_DISC")
    return [Edit(tokens[index], tokens[index], made())] if dropped else []


_RULES: dict[str, Callable[[Tokens, int], list[Edit]]] = {
    "::": _double_colon,
    "INTERVAL": _interval,
    "CAST": _cast,
    "MINUS": _minus,
    "SYSDATE": _sysdate,
    **dict.fromkeys(_BARE, _bare),
    "ARRAY": _array,
    "APPROXIMATE": _approximate,
}
"""Word or sign -> the changes where it stands."""
