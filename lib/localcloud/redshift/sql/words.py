"""Words that the engine writes otherwise, wherever they stand."""

from __future__ import annotations

from localcloud.redshift.sql import intervals
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, tokens
from localcloud.redshift.sql.types import NUMERIC, edit_type

_BARE = {
    "CURRENT_USER_ID": "(SELECT usesysid::integer FROM pg_catalog.pg_user WHERE usename = current_user)",
    "CURRENT_NAMESPACE": "pg_catalog.current_namespace()",
}
_LITERALS = {"DATE", "TIME", "TIMETZ", "TIMESTAMP", "TIMESTAMPTZ", "ZONE"}
"""What a literal with a type ends with before its text."""


def rewrite_words(sql: str) -> str:
    """Return the text with MINUS, SYSDATE, types of casts and the like in the engine's words."""
    words, edits = tokens(sql), list[Edit]()
    for place, word in enumerate(words):
        before = words[place - 1].upper if place else ""
        after = words[place + 1].upper if place + 1 < len(words) else ""
        if word.text == "::" and after == "SUPER" and _is_bare(words, place - 1):
            edits.append(_as_super(words, place - 1, place + 1))
        elif word.text == "::" and place + 1 < len(words):
            edits += _as_text(words, place - 1, place + 1) + edit_type(words, place + 1, declared=False)[0]
        elif word.upper == "INTERVAL" and before != "::" and place + 2 < len(words):
            edits += intervals.literal(words, place)
        elif word.upper == "CAST" and after == "(":
            edits += _cast(words, place)
        elif word.upper == "MINUS" and after in ("SELECT", "(", "ALL", "WITH"):
            edits.append(Edit(word.start, word.end, "EXCEPT"))
        elif word.upper == "SYSDATE" and before not in (".", "AS") and after not in ("(", "."):
            edits.append(Edit(word.start, word.end, "redshift_lab.sysdate()"))
        elif word.upper in _BARE and before not in (".", "AS") and after not in ("(", ".", "="):
            edits.append(Edit(word.start, word.end, _BARE[word.upper]))
        elif word.upper == "ARRAY" and after not in ("(", "[", ")"):
            edits.append(Edit(word.start, word.end, '"array"'))
        elif word.upper == "APPROXIMATE" and after in ("COUNT", "PERCENTILE_DISC"):
            edits.append(Edit(word.start, word.end, ""))
        elif before == "WHERE" and word.text in ("0", "1") and after in ("", "AND", "OR", ")", "GROUP", "ORDER"):
            edits.append(Edit(word.start, word.end, "TRUE" if word.text == "1" else "FALSE"))
        elif word.kind == "number" and place + 1 < len(words) and word.end == words[place + 1].start:
            edits += [Edit(word.end, word.end, " ")] if words[place + 1].kind == "word" else []
    return apply(sql, edits) if edits else sql


def _is_bare(words: list[Token], place: int) -> bool:
    """Tell whether a literal or a parameter has no type of its own, as in DATE '2024-01-01'."""
    return words[place].kind in ("string", "parameter") and words[place - 1].upper not in _LITERALS


def _cast(words: list[Token], place: int) -> list[Edit]:
    end, depth = closing(words, place + 1), 0
    for index in range(place + 1, end):
        depth += (words[index].text in "([") - (words[index].text in ")]")
        if depth == 1 and words[index].upper == "AS":
            if words[index + 1].upper == "SUPER" and index == place + 3 and words[index - 1].kind != "word":
                return [_as_super(words, place, end, words[index - 1])]
            text = _as_text(words, index - 1, index + 1) if index == place + 3 else []
            return text + edit_type(words, index + 1, declared=False)[0]
    return []


def _as_text(words: list[Token], place: int, kind: int) -> list[Edit]:
    """Return the change of a text literal that becomes a decimal: as a text its digits are rounded, not cut."""
    word = words[place]
    decimal = words[kind].upper in NUMERIC and kind + 1 < len(words) and words[kind + 1].text == "("
    return [Edit(word.end, word.end, "::text")] if word.kind == "string" and decimal else []


def _as_super(words: list[Token], first: int, last: int, value: Token | None = None) -> Edit:
    """Return the change of a cast of a literal to SUPER, which keeps it as text."""
    given = value or words[first]
    number = given.kind == "number"
    text = f"({given.text})::super" if number else f"redshift_lab.as_super({given.text})"
    return Edit(words[first].start, words[last].end, text)
