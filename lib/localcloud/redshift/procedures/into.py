"""SELECT ... INTO variables: the list of variables may stand almost anywhere in the statement.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from localcloud.redshift.sql.edits import apply, replace, text
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.sql.names import folded, is_name, path_end
from localcloud.redshift.sql.tree import find_outer


def without_into(sql: str) -> tuple[str, tuple[str, ...]]:
    """Return a query without its INTO, and the variables that it names. Other statements stay as they are."""
    tokens = lex(sql)
    index = find_outer(tokens, ("INTO",)) if tokens and tokens[0].upper in ("SELECT", "WITH") else None
    if index is None:
        return sql, ()
    end, targets = index + 1, list[str]()
    if end < len(tokens) and tokens[end].upper == "STRICT":
        end += 1
    while end < len(tokens) and (is_name(tokens[end]) or tokens[end].kind == "parameter"):
        start, end = end, path_end(tokens, end)
        targets.append("".join(folded(token) for token in tokens[start:end]))
        if end >= len(tokens) or tokens[end].text != ",":
            break
        end += 1
    return text(apply(tokens, [replace(tokens[index], tokens[end - 1])])), tuple(targets)
