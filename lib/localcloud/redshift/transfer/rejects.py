"""Rows that a COPY could not load, as STL_LOAD_ERRORS keeps them.

The codes are those of the guide's "Load error reference"; the reasons are worded as Redshift words them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Problem(NamedTuple):
    """Why a record or one of its values cannot be loaded: an error code and its reason."""

    code: int
    reason: str


EXTRA = Problem(1202, "Extra column(s) found")
CHAR_LENGTH = Problem(1204, "Char length exceeds DDL length")
LENGTH = Problem(1204, "String length exceeds DDL length")
TOO_LONG = Problem(1204, "The record is larger than 4 MB")
SHORT_DATE = Problem(1205, "Invalid Date Format - length must be 10 or more")
FLOAT_RANGE = Problem(1208, "Overflow, the value is out of the range of the floating-point type")
BOOLEAN = Problem(1210, "Unknown boolean format")
NO_DATA = Problem(1211, "Input line contained no data")
NOT_NULL = Problem(1213, "Missing data for not-null field")
NO_DELIMITER = Problem(1214, "Delimiter not found")
QUOTES = Problem(1216, "Invalid quote formatting for CSV")
JSON = Problem(1216, "Invalid JSON format")
NOT_A_RECORD = Problem(1216, "Invalid JSON format. A record must be an object at the root, not an array")
JSON_PATH = Problem(1216, "Invalid JSONPath format: Not an array or index out of range")
NUL = Problem(1218, "A field that is not NULL contains a null terminator and more bytes")
HEXADECIMAL = Problem(1219, "The hexadecimal contains an invalid digit")
SUPER = Problem(1224, "Invalid JSON format for a SUPER column")


_KEPT = 100


def unexpected(byte: int, position: int) -> Problem:
    """Return the problem of a carriage return or NUL inside a line, with the byte after it and its place."""
    return Problem(1216, f"Missing newline: Unexpected character 0x{byte:02x} found at location {position}")


class BadValue(Exception):
    """A value that its column cannot take."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


@dataclass(frozen=True)
class Reject:
    """One record that was left out, and why.

    `line` counts from 1. `position` is the byte of the line at which the field starts, from 0. `values` holds the
    fields up to the one at fault, `None` for null.
    """

    file: str
    line: int
    code: int
    reason: str
    column: str = ""
    type: str = ""
    length: str = ""
    position: int = 0
    raw_line: str = ""
    raw_value: str = ""
    values: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Replacement:
    """A record in which ACCEPTINVCHARS replaced bytes, and the first column in which it did."""

    file: str
    line: int
    column: str
    raw_line: str


@dataclass
class Rejects:
    """The records left out so far, and how many of them make a COPY fail; None lets it continue whatever comes."""

    limit: int | None
    rows: list[Reject] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    """The first hundred of them."""
    replaced: int = 0

    def replace(self, replacement: Replacement) -> None:
        """Count a record with replacements, and keep it if it is one of the first."""
        self.replaced += 1
        if len(self.replacements) < _KEPT:
            self.replacements.append(replacement)

    def add(self, reject: Reject) -> None:
        """Keep one. Raises TooManyRejects when the limit is reached."""
        self.rows.append(reject)
        if self.limit is not None and len(self.rows) >= self.limit:
            raise TooManyRejects


class TooManyRejects(Exception):
    """As many records were left out as MAXERROR names."""
