"""Rows that a COPY could not load, as STL_LOAD_ERRORS keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field

LENGTH, EXTRA, MISSING, NO_DELIMITER, DATE, TIMESTAMP, DIGIT, NOT_NULL, MULTIBYTE, CHARACTER, JSON = (
    (1204, "String length exceeds DDL length"),
    (1202, "Extra column(s) found"),
    (1213, "Missing data for not-null field"),
    (1201, "Delimiter not found"),
    (1205, "Invalid Date Format - length must be 10 or more"),
    (1206, "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]"),
    (1207, "Invalid digit, Value '{}', Pos 0, Type: {}"),
    (1213, "Missing data for not-null field"),
    (1220, "Multibyte character not supported for CHAR (Hint: try using VARCHAR)"),
    (1224, "String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence"),
    (1216, "Invalid JSON line"),
)


@dataclass(frozen=True)
class Reject:
    """One row that was left out, and why."""

    file: str
    line: int
    code: int
    reason: str
    column: str = ""
    type: str = ""
    length: str = ""
    raw_line: str = ""
    raw_value: str = ""


@dataclass
class Rejects:
    """The rows left out so far, and how many a COPY allows."""

    limit: int
    rows: list[Reject] = field(default_factory=list)

    def add(self, reject: Reject) -> None:
        """Keep one. Raises TooManyRejects where it is more than the limit allows."""
        self.rows.append(reject)
        if len(self.rows) > self.limit:
            raise TooManyRejects


class TooManyRejects(Exception):
    """More rows were left out than MAXERROR allows."""
