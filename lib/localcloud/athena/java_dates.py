"""Dates as texts by the patterns of java.time.format.DateTimeFormatter, for years to milliseconds, in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
_MONTHS += ["November", "December"]
_PIECES = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+")
_FIELDS = {"y": "year", "u": "year", "M": "month", "L": "month", "d": "day", "H": "hour", "m": "minute", "s": "second"}
UNITS = ("year", "month", "day", "hour", "minute", "second", "millisecond")
"""From the coarsest to the finest."""


class UnsupportedPattern(ValueError):
    """A pattern has letters that the lab cannot read or write."""


class JavaFormat:
    """One pattern, read and written."""

    def __init__(self, pattern: str) -> None:
        """Read a pattern.

        Raises:
            UnsupportedPattern: it has other letters than y u M L d H m s S, or is not a pattern at all.
        """
        self.pattern = pattern
        self._writers: list[Callable[[datetime], str]] = []
        self._names: list[str] = []
        regex, end = "", 0
        for piece in _PIECES.finditer(pattern):
            if piece.start() != end:
                raise UnsupportedPattern(f"The date format {pattern!r} has an unclosed quote")
            end = piece.end()
            regex += self._letters(piece[0]) if piece[1] else self._literal(piece[0])
        if end != len(pattern):
            raise UnsupportedPattern(f"The date format {pattern!r} has an unclosed quote")
        self._regex = re.compile(regex, re.ASCII)

    @property
    def precision(self) -> str:
        """The finest unit that the pattern holds, one of UNITS."""
        return max(self._names or ["year"], key=UNITS.index)

    def parse(self, text: str) -> datetime:
        """Return the moment that a text stands for, the first of its unit. Raises ValueError."""
        match = self._regex.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is not a date of the format {self.pattern!r}")
        values = {"year": 1970, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "millisecond": 0}
        for name, value in zip(self._names, match.groups(), strict=True):
            values[name] = _number(name, value)
        milliseconds = values.pop("millisecond")
        return datetime(**values, microsecond=milliseconds * 1000, tzinfo=UTC)

    def format(self, moment: datetime) -> str:
        """Return a moment as text."""
        return "".join(write(moment) for write in self._writers)

    def _literal(self, piece: str) -> str:
        text = piece[1:-1].replace("''", "'") or "'" if piece.startswith("'") else piece
        self._writers.append(lambda _: text)
        return re.escape(text)

    def _letters(self, piece: str) -> str:
        letter, length = piece[0], len(piece)
        if letter == "S" and length <= 3:
            self._names.append("millisecond")
            self._writers.append(lambda moment: f"{moment.microsecond // 1000:03}"[:length])
            return rf"(\d{{{length}}})"
        if letter not in _FIELDS or length > 4 or (letter not in "yuML" and length > 2):
            raise UnsupportedPattern(f"The lab cannot read '{piece}' in the date format {self.pattern!r}")
        name = _FIELDS[letter]
        self._names.append(name)
        if name == "month" and length > 2:
            self._writers.append(lambda moment: _MONTHS[moment.month - 1][: 3 if length == 3 else None])
            return "(" + "|".join(month[: 3 if length == 3 else None] for month in _MONTHS) + ")"
        if name == "year" and length == 2:
            self._writers.append(lambda moment: f"{moment.year % 100:02}")
            return r"(\d{2})"
        self._writers.append(lambda moment: f"{getattr(moment, name):0{length}}")
        return rf"(\d{{{length}}})" if length > 1 else r"(\d{1,4})" if name == "year" else r"(\d{1,2})"


def _number(name: str, text: str) -> int:
    if name == "month" and not text.isdigit():
        return [month[: len(text)] if len(text) == 3 else month for month in _MONTHS].index(text) + 1
    if name == "millisecond":
        return int(text.ljust(3, "0"))
    return 2000 + int(text) if name == "year" and len(text) == 2 else int(text)


def plus(moment: datetime, count: int, unit: str) -> datetime:
    """Return a moment that many years, months, weeks ... later; the day is cut to the length of the month."""
    if unit in ("YEARS", "MONTHS"):
        months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "YEARS" else 1)
        year, month = divmod(months, 12)
        days = (datetime(year + (month == 11), (month + 1) % 12 + 1, 1) - datetime(year, month + 1, 1)).days
        return moment.replace(year=year, month=month + 1, day=min(moment.day, days))
    return moment + timedelta(**{unit.lower(): count})
