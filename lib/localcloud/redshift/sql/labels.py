"""The labels of columns without AS, where Redshift gives another than the engine does to what it is asked.

They are given before any other rule, while the statement is still the client's, and with a mark, so that no rule takes
them for names that the client may use in the list. The output of the examples in the Developer Guide shows them
(https://docs.aws.amazon.com/redshift/latest/dg/).
"""

from __future__ import annotations

from localcloud.redshift.sql.edits import Edit, after, apply
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.names import folded, identifier, is_name
from localcloud.redshift.sql.tree import Item, selects

_MARK = "\x01"
_RENAMED = """
    ARRAY ARRAY_CONTAINS ARRAY_POSITION ARRAY_POSITIONS FIRST_VALUE HLL LAG LAST_VALUE LEAD LISTAGG MEDIAN NTH_VALUE
    NTILE OBJECT OBJECT_TRANSFORM PERCENTILE_CONT PERCENTILE_DISC RATIO_TO_REPORT ST_COLLECT
"""
"""Functions that the rules turn into calls of others."""
_CALLS = {
    **dict.fromkeys(("DATEADD", "DATE_ADD"), "date_add"),
    **dict.fromkeys(("DATEDIFF", "DATE_DIFF"), "date_diff"),
    "DATE_PART": "pgdate_part",
    "EXTRACT": "date_part",
    "LOG": "dlog10",
    **{name: name.lower() for name in _RENAMED.split()},
}
_VALUES = {
    "CURRENT_AWS_ACCOUNT": "current_account",
    "CURRENT_DATE": "date",
    "CURRENT_USER_ID": "current_user_id",
    "SYSDATE": "timestamp",
    "USER": "current_user",
}


def mark(tokens: Tokens) -> Tokens:
    """Return the tokens with a marked label for each item of a list that Redshift names differently from the engine."""
    edits = list[Edit]()
    for select in selects(tokens):
        for item in select.items:
            label = "" if item.alias else _label(tokens, item)
            if label:
                edits.append(after(tokens[item.end - 1], f" AS {identifier(_MARK + label)}"))
    return apply(tokens, edits) if edits else tokens


def reveal(tokens: Tokens) -> Tokens:
    """Return the tokens with the marked labels as the client sees them."""
    if not any(_is_marked(token) for token in tokens):
        return tokens
    return [
        Token("quoted", token.text.replace(_MARK, ""), token.space) if _is_marked(token) else token for token in tokens
    ]


def _is_marked(token: Token) -> bool:
    return token.kind == "quoted" and token.text[1] == _MARK


def _label(tokens: Tokens, item: Item) -> str:
    """Return the label of an item that is one word or one call, or nothing if the engine gives the same."""
    first = item.start + (tokens[item.start].upper == "APPROXIMATE")
    word = tokens[first].upper
    if item.end - first == 1:
        return _VALUES.get(word, "")
    if tokens[first + 1].text != "(":
        return ""
    last = closing(tokens, first + 1)
    if word in ("NULLIF", "TRY_CAST") and last == item.end - 1:
        return _column(tokens, first + 2, last)
    return _CALLS.get(word, "") if _is_tail(tokens, last + 1, item.end) else ""


def _column(tokens: Tokens, start: int, end: int) -> str:
    """Return the name of the column that the first argument is, or nothing if it is none."""
    while start + 2 < end and is_name(tokens[start]) and tokens[start + 1].text == ".":
        start += 2
    alone = is_name(tokens[start]) and tokens[start + 1].upper in (",", "AS")
    return folded(tokens[start]) if alone else ""


def _is_tail(tokens: Tokens, start: int, end: int) -> bool:
    """Return whether all that follows a call belongs to it: WITHIN GROUP (...), IGNORE NULLS, OVER (...)."""
    while start < end:
        word, follows = tokens[start].upper, tokens[start + 1] if start + 1 < end else None
        if word in ("IGNORE", "RESPECT") and follows and follows.upper == "NULLS":
            start += 2
        elif word == "WITHIN" and start + 2 < end and tokens[start + 2].text == "(":
            start = closing(tokens, start + 2) + 1
        elif word == "OVER" and follows:
            start = closing(tokens, start + 1) + 1 if follows.text == "(" else start + 2
        else:
            return False
    return True
