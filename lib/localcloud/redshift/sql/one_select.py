"""The query of UNLOAD, of INSERT into an external table and of CREATE EXTERNAL TABLE AS.

https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html (usage notes, "Limit clause")
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.lexer import closing, split_statements, tokens


def one_select(text: str, what: str = "UNLOAD") -> str:
    """Return the query of a statement that writes files.

    Raises SqlError where it is not one SELECT, or has LIMIT, TOP or INTO at its outer level.
    """
    statements = split_statements(text)
    words = tokens(statements[0]) if len(statements) == 1 else []
    if not words or words[0].upper not in ("SELECT", "WITH", "("):
        raise SqlError("42601", f"{what} needs one SELECT statement")
    place = 0
    while place < len(words):
        if words[place].text == "(":
            place = closing(words, place)
        elif words[place].upper == "LIMIT" or (words[place].upper == "TOP" and words[place - 1].upper == "SELECT"):
            raise SqlError("0A000", "Limit clause is not supported", hint="put the query with LIMIT into a subquery")
        elif words[place].upper in ("INTO", "INSERT", "UPDATE", "DELETE"):
            raise SqlError("42601", f"{words[place].upper} is not supported in {what}")
        place += 1
    return statements[0]
