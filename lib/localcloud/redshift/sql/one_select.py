"""The query of UNLOAD, of INSERT into an external table and of CREATE EXTERNAL TABLE AS.

https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html (usage notes, "Limit clause")
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.lexer import Statement, Tokens, closing


def one_select(statements: list[Statement], what: str = "UNLOAD") -> Tokens:
    """Return the query of a statement that writes files.

    Raises SqlError if it is not one SELECT, or has LIMIT, TOP or INTO at its outer level.
    """
    tokens = statements[0].tokens if len(statements) == 1 else []
    if not tokens or tokens[0].upper not in ("SELECT", "WITH", "("):
        raise SqlError("42601", f"{what} needs one SELECT statement")
    index = 0
    while index < len(tokens):
        word = tokens[index].upper
        if word == "(":
            index = closing(tokens, index)
        elif word == "LIMIT" or (word == "TOP" and tokens[index - 1].upper == "SELECT"):
            raise SqlError("0A000", "Limit clause is not supported", hint="put the query with LIMIT into a subquery")
        elif word in ("INTO", "INSERT", "UPDATE", "DELETE"):
            raise SqlError("42601", f"{word} is not supported in {what}")
        index += 1
    return tokens
