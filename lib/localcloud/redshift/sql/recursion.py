"""WITH RECURSIVE: what Redshift asks of it.

https://docs.aws.amazon.com/redshift/latest/dg/r_WITH_clause.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.lexer import Token, closing


def check(words: list[Token]) -> None:
    """Raise SqlError at a recursive common table expression that Redshift refuses."""
    for place, word in enumerate(words[:-1]):
        if word.upper == "WITH" and words[place + 1].upper == "RECURSIVE":
            if place and words[place - 1].text == "(":
                raise SqlError("0A000", "WITH RECURSIVE is not supported in a subquery")
            _check_list(words, place + 2)


def _check_list(words: list[Token], place: int) -> None:
    while place + 1 < len(words) and is_name(words[place]):
        name, listed = folded(words[place]), words[place + 1].text == "("
        place = closing(words, place + 1) + 1 if listed else place + 1
        if place + 1 >= len(words) or words[place].upper != "AS" or words[place + 1].text != "(":
            return
        end = closing(words, place + 1)
        _check_body(words[place + 2 : end], name, listed=listed)
        if end + 1 >= len(words) or words[end + 1].text != ",":
            return
        place = end + 2


def _check_body(body: list[Token], name: str, *, listed: bool) -> None:
    recursive = any(
        is_name(word) and folded(word) == name and body[place - 1].upper in ("FROM", "JOIN", ",")
        for place, word in enumerate(body)
        if place
    )
    if not recursive:
        return
    if not listed:
        raise SqlError("42601", f'recursive CTE "{name}" must have a column alias list')
    depth = 0
    for place, word in enumerate(body):
        depth += (word.text == "(") - (word.text == ")")
        follows = body[place + 1].upper if place + 1 < len(body) else ""
        if not depth and (word.upper in ("LIMIT", "EXCEPT", "INTERSECT") or (word.upper, follows) == ("ORDER", "BY")):
            raise SqlError("0A000", f"{word.upper} is not supported in the query of a recursive CTE")
        if not depth and word.upper == "UNION" and follows != "ALL":
            raise SqlError("0A000", "a recursive CTE needs UNION ALL")
