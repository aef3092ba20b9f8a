"""Decimal literals are doubles in Athena and decimals in today's Trino: `1.5` is sent as `1.5e0`.

That Athena reads them so is asserted by the tests of aws-sdk-pandas that run on AWS (`SELECT 1.2` is a float64); Trino
dropped the setting that did it. The positions that the engine names in its errors are put back to the user's text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from localcloud.athena.reader import scan

_AS_DOUBLE = "e0"
_POSITION = re.compile(r"\Aline (\d+):(\d+): ")


@dataclass(frozen=True)
class Sent:
    """A text on its way to the engine, and how its positions lead back to the text of the user."""

    text: str
    original: str
    inserted: list[int] = field(default_factory=list)
    """Offsets in `text` where something was inserted."""
    lead: int = 0
    """Characters of `text`, before insertions, that are in front of the user's query."""
    origin: int = 0
    """Where that query begins in `original`."""

    def restore(self, message: str) -> str:
        """Return an error message with its `line L:C:` put back to the user's text."""
        position = _POSITION.match(message)
        if not position or self.text == self.original:
            return message
        offset = _offset(self.text, int(position[1]), int(position[2]))
        if offset is None:  # a position outside of what was sent: the message still says what is wrong
            return message
        offset -= len(_AS_DOUBLE) * bisect_left(self.inserted, offset)
        if offset < self.lead:
            return f"line 1:1: {message[position.end() :]}"
        line, column = _line_column(self.original, offset - self.lead + self.origin)
        return f"line {line}:{column}: {message[position.end() :]}"


def send(sql: str, original: str, query: str | None = None) -> Sent:
    """Return `sql` with its decimal literals as doubles. `query` is the part of it that the user wrote, at its end."""
    parts, inserted, at, length = [], [], 0, 0
    for token in scan(sql):
        if token.kind == "number" and "." in token.text and "e" not in token.text.lower():
            parts += [sql[at : token.end], _AS_DOUBLE]
            length += token.end - at
            inserted.append(length)
            length += len(_AS_DOUBLE)
            at = token.end
    parts.append(sql[at:])
    lead = len(sql) - len(query) if query is not None else 0
    origin = original.rfind(query) if query is not None else 0
    return Sent("".join(parts), original, inserted, lead, max(origin, 0))


def _offset(text: str, line: int, column: int) -> int | None:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if start == 0:
            return None
    return start + column - 1


def _line_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
