"""Words that the engine writes otherwise, wherever they stand."""

from __future__ import annotations

from localcloud.redshift.errors import not_supported, syntax_error
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, tokens
from localcloud.redshift.sql.types import edit_type


def rewrite_words(sql: str) -> str:
    """Return the text with MINUS, SYSDATE, types of casts and the like in the engine's words."""
    words, edits = tokens(sql), list[Edit]()
    for place, word in enumerate(words):
        before = words[place - 1].upper if place else ""
        after = words[place + 1].upper if place + 1 < len(words) else ""
        if word.text == "::" and place + 1 < len(words):
            edits += edit_type(words, place + 1, declared=False)[0]
        elif word.upper == "CAST" and after == "(":
            edits += _cast(words, place)
        elif word.upper == "MINUS" and after in ("SELECT", "(", "ALL", "WITH"):
            edits.append(Edit(word.start, word.end, "EXCEPT"))
        elif word.upper == "SYSDATE" and before not in (".", "AS") and after not in ("(", "."):
            edits.append(Edit(word.start, word.end, "redshift_lab.sysdate()"))
        elif word.upper == "APPROXIMATE" and after in ("COUNT", "PERCENTILE_DISC"):
            edits.append(Edit(word.start, word.end, ""))
        elif before == "WHERE" and word.text in ("0", "1") and after in ("", "AND", "OR", ")", "GROUP", "ORDER"):
            edits.append(Edit(word.start, word.end, "TRUE" if word.text == "1" else "FALSE"))
        elif word.kind == "number" and place + 1 < len(words) and word.end == words[place + 1].start:
            edits += [Edit(word.end, word.end, " ")] if words[place + 1].kind == "word" else []
    return apply(sql, edits) if edits else sql


def _cast(words: list[Token], place: int) -> list[Edit]:
    end, depth = closing(words, place + 1), 0
    for index in range(place + 1, end):
        depth += (words[index].text in "([") - (words[index].text in ")]")
        if depth == 1 and words[index].upper == "AS":
            return edit_type(words, index + 1, declared=False)[0]
    return []


_PAIRS = {
    ("DISTINCT", "ON"): "SELECT DISTINCT ON",
    ("ON", "CONFLICT"): "",
    ("FILTER", "("): "FILTER",
    ("TABLESAMPLE", ""): "TABLESAMPLE",
    ("RETURNING", ""): "",
    ("CONNECT", "BY"): "CONNECT BY",
    ("FOR", "UPDATE"): "SELECT FOR UPDATE",
    ("FOR", "SHARE"): "SELECT FOR SHARE",
    ("LATERAL", ""): "LATERAL",
}


def refuse_absent(words: list[Token]) -> None:
    """Raise SqlError at what PostgreSQL has and Redshift has not, so that no cell works here and fails on AWS."""
    for place, word in enumerate(words):
        after = words[place + 1].upper if place + 1 < len(words) else ""
        before = words[place - 1].text if place else ""
        named = before in (".", "AS", "as")
        for first, second in ((word.upper, after), (word.upper, "")):
            what = _PAIRS.get((first, second))
            if (
                what is None
                or named
                or (first in ("RETURNING", "LATERAL", "TABLESAMPLE") and after in (",", "", ".", "FROM"))
            ):
                continue
            raise not_supported(what) if what else syntax_error(word.text if second != "CONFLICT" else "on")
