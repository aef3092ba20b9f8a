"""SELECT and the other forms of a query: the text goes to the engine unchanged.

https://docs.aws.amazon.com/athena/latest/ug/select.html
"""

from __future__ import annotations

from localcloud.athena.failure import not_supported
from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader

FIRST_WORDS = ("(", "SELECT", "TABLE", "VALUES", "WITH")
"""How a query begins."""


def select(job: Job, reader: Reader) -> Outcome:
    """Run a query and return its rows."""
    check(reader)
    return job.answer(job.trino(job.sql))


def check(reader: Reader) -> None:
    """Make sure that the query that comes next has no prefix that only the engine knows.

    Raises:
        QueryFailed: functions written in SQL, or settings of the engine's session.
    """
    ahead = reader.tokens[reader.at :]
    while len(ahead) > 3 and ahead[0].upper() == "(":
        ahead = ahead[1:]
    keywords = [token.upper() for token in ahead[:3]]
    if keywords[0] != "WITH" or len(ahead) < 4 or ahead[2].kind not in ("word", "name") or keywords[2] == "AS":
        return  # `WITH session AS (...)` is a common table expression of that name
    if keywords[1] == "FUNCTION":
        raise not_supported("Functions written in SQL are not part of Athena. Try: a common table expression")
    if keywords[1] == "SESSION":
        raise not_supported("WITH SESSION is not part of Athena: queries cannot set properties of the engine's session")


def begins(reader: Reader) -> bool:
    """Return whether a query comes next."""
    return any(reader.sees(word) for word in FIRST_WORDS)
