"""The records of a JSON file: objects and arrays at its root, whatever lines they take.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json-data-file
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.feed import Feed
from localcloud.redshift.transfer.rejects import JSON, Problem

LIMIT = 4 * 1024 * 1024
"""The most bytes of a record."""
_SHOWN = 4096
_BLANKS = re.compile(r"[ \t\n\r]*+")
_OTHER = re.compile(r"[^{\[\n]++")
_MARKS = re.compile(r'"(?:[^"\\\n]++|\\.)*+"|[{}\[\]]', re.DOTALL)
_NEXT = re.compile(r"\n[{\[]")


class Number(str):
    """A number of JSON as it was written, so that no digit is lost."""

    __slots__ = ()


class Stored(NamedTuple):
    """A record, or what is wrong with one: the number of its last line, and the start of its text."""

    line: int
    raw: str
    value: Any
    problem: Problem | None = None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_no_constant)


class JsonFile:
    """One file, read in order. Bytes that are no UTF-8 stay in its texts as lone surrogates (`surrogateescape`)."""

    def __init__(self, feed: Feed, url: str) -> None:
        self._feed, self._url = feed, url
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._text, self._at, self._ended = "", 0, False
        self.line = feed.line
        """The number of the line at which reading continues."""

    def records(self) -> Iterator[Stored]:
        """Give the records. Raises SqlError for one that is larger than 4 MB."""
        while True:
            self._move(self._matched(_BLANKS))
            if self._at < len(self._text):
                yield self._structure() if self._text[self._at] in "{[" else self._rubbish()
            elif not self._more():
                return

    def _matched(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        return match.end() if match else self._at

    def _more(self) -> bool:
        """Read on; return whether there was anything to read."""
        if self._ended:
            return False
        self._feed.fill(1)
        block = self._feed.data
        self._feed.drop(len(block))
        self._ended = not block
        self._text = self._text[self._at :] + self._decode(block, self._ended)
        self._at = 0
        return True

    def _move(self, end: int) -> None:
        self.line += self._text.count("\n", self._at, end)
        self._at = end

    def _rubbish(self) -> Stored:
        """Take what stands where a record should begin, to the end of its line."""
        while (end := self._matched(_OTHER)) == len(self._text) and self._more():
            pass
        return self._taken(end, None, JSON)

    def _structure(self) -> Stored:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError):
                if len(self._text) - self._at <= LIMIT and self._more():
                    continue
                return self._taken(self._broken_end(), None, JSON)
            if end - self._at > LIMIT:
                raise self._too_large()
            return self._taken(end, value)

    def _broken_end(self) -> int:
        """Return the end of what is not JSON: where its brackets close, or before a line that begins a record."""
        following = _NEXT.search(self._text, self._at + 1)
        limit, depth = following.start() if following else len(self._text), 0
        for mark in _MARKS.finditer(self._text, self._at, limit):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(mark[0], 0)
            if depth == 0 and mark[0] in "}]":
                return mark.end()
        if following is None and not self._ended:
            raise self._too_large()
        return limit

    def _too_large(self) -> SqlError:
        return SqlError("XX000", f"A JSON object or array of {self._url} is larger than 4 MB (line {self.line})")

    def _taken(self, end: int, value: Any, problem: Problem | None = None) -> Stored:
        raw = self._text[self._at : min(end, self._at + _SHOWN)]
        self._move(end)
        return Stored(self.line, raw, value, problem)
