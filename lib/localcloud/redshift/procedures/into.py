"""SELECT ... INTO variables: the list of variables may stand almost anywhere in the statement.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from localcloud.redshift.sql.blocks import is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, tokens


def without_into(sql: str) -> tuple[str, tuple[str, ...]]:
    """Return a query without its INTO, and the variables that it names. Other statements stay as they are."""
    words = tokens(sql)
    if not words or words[0].upper not in ("SELECT", "WITH"):
        return sql, ()
    place = _into(words)
    if place is None:
        return sql, ()
    end, targets = place + 1, list[str]()
    if end < len(words) and words[end].upper == "STRICT":
        end += 1
    while end < len(words) and (is_name(words[end]) or words[end].kind == "parameter"):
        start = end
        end += 1
        while end + 1 < len(words) and words[end].text == "." and is_name(words[end + 1]):
            end += 2
        targets.append("".join(_folded(word) for word in words[start:end]))
        if end >= len(words) or words[end].text != ",":
            break
        end += 1
    return apply(sql, [Edit(words[place].start, words[end - 1].end, "")]), tuple(targets)


def _into(words: list[Token]) -> int | None:
    place = 0
    while place < len(words):
        if words[place].text == "(" and words[place].kind == "operator":
            place = closing(words, place)
        elif words[place].upper == "INTO":
            return place
        place += 1
    return None


def _folded(word: Token) -> str:
    return word.text[1:-1].replace('""', '"') if word.kind == "quoted" else word.text.lower()
