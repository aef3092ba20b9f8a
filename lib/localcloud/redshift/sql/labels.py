"""The labels of columns without AS, where Redshift gives another than the engine does to what it is asked.

They are given before any other rule, while the text is still the client's, and with a mark, so that no rule takes them
for names that the client may use in the list. The output of the examples in the Developer Guide shows them
(https://docs.aws.amazon.com/redshift/latest/dg/).
"""

from __future__ import annotations

from localcloud.redshift.sql.blocks import Item, folded, is_name, select_levels
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, identifier, tokens

_MARK = "\x01"
_CALLS = {
    **dict.fromkeys(("DATEADD", "DATE_ADD"), "date_add"),
    **dict.fromkeys(("DATEDIFF", "DATE_DIFF"), "date_diff"),
    "DATE_PART": "pgdate_part",
    "EXTRACT": "date_part",
    "LOG": "dlog10",
    # The rules turn these into calls of other functions.
    **{
        name: name.lower()
        for name in (
            *("ARRAY", "ARRAY_CONTAINS", "ARRAY_POSITION", "FIRST_VALUE", "HLL", "LAG", "LAST_VALUE", "LEAD"),
            *(
                "LISTAGG",
                "MEDIAN",
                "NTH_VALUE",
                "NTILE",
                "OBJECT",
                "OBJECT_TRANSFORM",
                "PERCENTILE_CONT",
                "PERCENTILE_DISC",
            ),
            "RATIO_TO_REPORT",
        )
    },
}
_WORDS = {
    "CURRENT_DATE": "date",
    "CURRENT_USER_ID": "current_user_id",
    "SYSDATE": "timestamp",
    "USER": "current_user",
}


def mark(sql: str) -> str:
    """Return the text with a marked label for each item of a list that Redshift names otherwise than the engine."""
    edits = list[Edit]()
    for words, block in select_levels(tokens(sql)):
        for item in block.items:
            label = "" if item.alias else _label(words, item)
            if label:
                end = words[item.end - 1].end
                edits.append(Edit(end, end, f" AS {identifier(_MARK + label)}"))
    return apply(sql, edits) if edits else sql


def reveal(sql: str) -> str:
    """Return the text with the marked labels as the client sees them."""
    if _MARK not in sql:
        return sql
    marked = [word for word in tokens(sql) if word.kind == "quoted" and word.text.startswith(f'"{_MARK}')]
    return apply(sql, [Edit(word.start, word.start + 2, '"') for word in marked])


def _label(words: list[Token], item: Item) -> str:
    """Return the label of an item that is one word or one call, or nothing where the engine gives the same."""
    first = item.start + (words[item.start].upper == "APPROXIMATE")
    word = words[first].upper
    if item.end - first == 1:
        return _WORDS.get(word, "")
    if words[first + 1].text != "(":
        return ""
    last = closing(words, first + 1)
    if word in ("NULLIF", "TRY_CAST") and last == item.end - 1:
        return _column(words, first + 2, last)
    return _CALLS.get(word, "") if _is_tail(words, last + 1, item.end) else ""


def _column(words: list[Token], start: int, end: int) -> str:
    """Return the name of the column that the first argument is, or nothing where it is none."""
    while start + 2 < end and is_name(words[start]) and words[start + 1].text == ".":
        start += 2
    alone = is_name(words[start]) and (words[start + 1].text == "," or words[start + 1].upper == "AS")
    return folded(words[start]) if alone else ""


def _is_tail(words: list[Token], start: int, end: int) -> bool:
    """Tell whether all that follows a call belongs to it: WITHIN GROUP (...), IGNORE NULLS, OVER (...)."""
    while start < end:
        word, after = words[start].upper, words[start + 1] if start + 1 < end else None
        if (word, after and after.upper) in (("IGNORE", "NULLS"), ("RESPECT", "NULLS")):
            start += 2
        elif word == "WITHIN" and start + 2 < end and words[start + 2].text == "(":
            start = closing(words, start + 2) + 1
        elif word == "OVER" and after:
            start = closing(words, start + 1) + 1 if after.text == "(" else start + 2
        else:
            return False
    return True
