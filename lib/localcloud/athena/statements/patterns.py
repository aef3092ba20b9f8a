"""The patterns of SHOW TABLES, SHOW DATABASES and SHOW VIEWS.

https://docs.aws.amazon.com/athena/latest/ug/show-tables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from localcloud.athena.failure import hive_error

_STAR = re.compile(r"(?<![.)\]\\])\*")
"""An asterisk that stands for any text, and does not repeat what is before it."""


def regular_expression(pattern: str | None) -> Callable[[str], bool]:
    """Return the test of names against a pattern: a regular expression in which a lone `*` also is any text.

    Raises:
        QueryFailed: it is not a regular expression.
    """
    if pattern is None:
        return lambda name: True
    choices = "|".join(_STAR.sub(".*", choice) for choice in pattern.strip().split("|"))
    try:
        compiled = re.compile(choices, re.IGNORECASE)
    except re.error as error:
        raise hive_error(f"SemanticException {pattern!r} is not a regular expression: {error}") from error
    return lambda name: compiled.fullmatch(name) is not None


def wildcards(pattern: str | None) -> Callable[[str], bool]:
    """Return the test of names against a pattern in which `*` is any text and `|` separates choices."""
    if pattern is None:
        return lambda name: True
    choices = "|".join(".*".join(map(re.escape, choice.split("*"))) for choice in pattern.strip().split("|"))
    compiled = re.compile(choices, re.IGNORECASE)
    return lambda name: compiled.fullmatch(name) is not None
