"""Columns that only Redshift's pg_class and its like have: a query that asks for one reads views that have them."""

from __future__ import annotations

from localcloud.redshift.sql.lexer import Edit, Token, apply, tokens

_ONLY_REDSHIFT = {
    *("reldiststyle", "releffectivediststyle", "relcreationtime", "attencodingtype", "attisdistkey", "attsortkeyord"),
    *("attispreloaded", "adsrc", "consrc"),
}
_EXTENDED = {"pg_class", "pg_attribute", "pg_attrdef", "pg_constraint"}


def read_extended(sql: str) -> str:
    """Return the text with those tables read from their extended forms, where that is needed."""
    words = tokens(sql)
    if not any(_name(word) in _ONLY_REDSHIFT for word in words):
        return sql
    edits = list[Edit]()
    for place, word in enumerate(words):
        if _name(word) not in _EXTENDED or (place + 1 < len(words) and words[place + 1].text == "."):
            continue
        if place >= 2 and words[place - 1].text == ".":
            if _name(words[place - 2]) == "pg_catalog":
                edits.append(Edit(words[place - 2].start, word.end, f"redshift_lab.{_name(word)}"))
        else:
            edits.append(Edit(word.start, word.end, f"redshift_lab.{_name(word)}"))
    return apply(sql, edits)


def _name(word: Token) -> str:
    return word.text.strip('"').lower() if word.kind in ("word", "quoted") else ""
