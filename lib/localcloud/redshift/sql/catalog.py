"""Columns that only Redshift's pg_class and its like have: a query that asks for one reads views that have them.

https://docs.aws.amazon.com/redshift/latest/dg/c_intro_catalog_views.html
"""

from __future__ import annotations

from localcloud.redshift.sql.edits import Edit, apply, replace
from localcloud.redshift.sql.lexer import Token, Tokens

_ONLY_REDSHIFT = {
    *("reldiststyle", "releffectivediststyle", "relcreationtime", "attencodingtype", "attisdistkey", "attsortkeyord"),
    *("attispreloaded", "adsrc", "consrc"),
}
_EXTENDED = {"pg_class", "pg_attribute", "pg_attrdef", "pg_constraint"}


def read_extended(tokens: Tokens) -> Tokens:
    """Return the tokens with those tables read from their extended forms, where that is needed."""
    names = [_name(token) for token in tokens]
    if _ONLY_REDSHIFT.isdisjoint(names):
        return tokens
    edits = list[Edit]()
    for index, name in enumerate(names):
        if name not in _EXTENDED or (index + 1 < len(tokens) and tokens[index + 1].text == "."):
            continue
        qualified = index >= 2 and tokens[index - 1].text == "."
        if not qualified or names[index - 2] == "pg_catalog":
            first = tokens[index - 2] if qualified else tokens[index]
            edits.append(replace(first, tokens[index], f"redshift_lab.{name}"))
    return apply(tokens, edits)


def _name(token: Token) -> str:
    return token.text.strip('"').lower() if token.kind in ("word", "quoted") else ""
