"""Text literals that become columns, of a CREATE TABLE AS or a view: VARCHAR with the length of the literal.

The engine would make a column of its own type `text`, which Redshift does not have.
A cast to VARCHAR or TEXT without a length keeps the length of the literal.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from localcloud.redshift.sql.edits import Edit, after, apply, replace
from localcloud.redshift.sql.lexer import Token, Tokens
from localcloud.redshift.sql.names import string_value
from localcloud.redshift.sql.tree import Item, Select, outer_selects, unwrapped

_LONGEST = 65_535
_WITHOUT_LENGTH = ("TEXT", "VARCHAR", "NVARCHAR", "CHARACTER VARYING")
"""Types of a cast whose length is that of what is cast."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text literal, the last token of its expression, and the type that it is cast to, if it is cast."""

    literal: Token
    last: Token
    type: Sequence[Token] = ()


def of_literals(query: Tokens) -> Tokens:
    """Return a query whose columns of nothing but text literals have the length of the longest one."""
    tokens = unwrapped(query)
    selects = outer_selects(tokens)
    columns = [[select.items[number] for select in selects] for number in range(_width(selects))]
    edits = [edit for items in columns for edit in _column(tokens, items)]
    return apply(query, edits) if edits else query


def _width(selects: list[Select]) -> int:
    """Return how many columns the SELECTs have; 0 where they differ, which the engine refuses."""
    counts = {len(select.items) for select in selects}
    return counts.pop() if len(counts) == 1 else 0


def _column(tokens: Tokens, items: list[Item]) -> list[Edit]:
    texts = [text for item in items if (text := _text(tokens, item)) is not None]
    size = max([1, *(len(string_value(text.literal).encode()) for text in texts)])
    if len(texts) < len(items) or size > _LONGEST:
        return []
    named = [bool(number or item.alias) for number, item in enumerate(items)]
    return [_sized(text, size, named=name) for text, name in zip(texts, named, strict=True)]


def _sized(text: _Text, size: int, *, named: bool) -> Edit:
    """Return the change that gives a text its length; a column without a name keeps the one that it would have."""
    if not text.type:
        return after(text.literal, f"::varchar({size})" + ("" if named else ' AS "?column?"'))
    alias = ' AS "text"' if text.type[0].upper == "TEXT" and not named else ""
    closing = ")" if text.last.text == ")" else ""
    return replace(text.type[0], text.last, f"varchar({size}){closing}{alias}")


def _text(tokens: Tokens, item: Item) -> _Text | None:
    """Return the text literal that is the whole of an item, or is cast to a VARCHAR without a length there."""
    expression = tokens[item.start : item.expression_end]
    upper = [token.upper for token in expression]
    if len(expression) == 1 and expression[0].kind == "string":
        return _Text(expression[0], expression[0])
    if upper[1:2] == ["::"]:
        literal, name = expression[0], expression[2:]
    elif upper[:2] == ["CAST", "("] and upper[3:4] == ["AS"] and upper[-1] == ")":
        literal, name = expression[2], expression[4:-1]
    else:
        return None
    if literal.kind != "string" or " ".join(token.upper for token in name) not in _WITHOUT_LENGTH:
        return None
    return _Text(literal, expression[-1], name)
