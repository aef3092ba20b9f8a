"""What the client sees of the engine's messages: Redshift's type numbers and Redshift's words for errors."""

from __future__ import annotations

import re
import struct

from localcloud.redshift import frames
from localcloud.redshift.frames import Frame

SUPER = 4000
"""Redshift's type number of SUPER."""
types: dict[int, int] = {}
"""Type numbers of the engine that Redshift numbers otherwise; filled when the engine is prepared."""

_REWORDED = (
    (re.compile(r"invalid input syntax for type (?:integer|smallint|bigint)"), "invalid input syntax for integer"),
    (re.compile(r"aggregate functions are not allowed in WHERE"), "aggregates not allowed in WHERE clause"),
    (re.compile(r"aggregate functions are not allowed in GROUP BY"), "aggregates not allowed in GROUP BY clause"),
    (
        re.compile(r'^new row for relation "\S+" violates check constraint "(\S+)_check"$'),
        r"value too long for type binary varying (\1)",
    ),
    (re.compile(r"^aggregate function calls cannot be nested$"), "aggregate function calls may not be nested"),
    (re.compile(r"^division by zero$"), "Divide by zero"),
    (re.compile(r"^(null value in column \S+) of relation \S+ violates"), r"\1 violates"),
    (
        re.compile(r"^permission denied for (?:table|view|materialized view|sequence) "),
        "permission denied for relation ",
    ),
    (
        re.compile(r"^MERGE command cannot affect row a second time$"),
        "Found multiple matches to update the same tuple.",
    ),
    (re.compile(r"(?<=[(, ])unknown(?=[,)])"), '"unknown"'),
    (re.compile(r"^could not serialize access due to .*"), "1023 Serializable isolation violation on table"),
)
_TOLD_TWICE = (
    (re.compile(r"^numeric field overflow$"), "Numeric data overflow (result precision)"),
    (
        re.compile(r"^more than one row returned by a subquery used as an expression$"),
        "single-row subquery returns more than one row",
    ),
    (
        re.compile(r"^canceling statement due to (?:statement timeout|user request)$"),
        "Query canceled on user's request",
    ),
)
"""Where Redshift has one text of its nodes and one of its leader: the other one becomes the detail."""

_SYSTEM_VIEW = re.compile(r'^relation "((?:stl|stv|stcs|svl|svv|svcs|sys)_\w+)" does not exist$')


def reworded(fields: dict[str, str]) -> dict[str, str]:
    """Return the fields of an error with Redshift's text."""
    message = fields.get("M", "")
    for pattern, text in _REWORDED:
        message = pattern.sub(text, message)
    if system := _SYSTEM_VIEW.match(message):
        return {**fields, "C": "0A000", "M": f"the system view {system[1].upper()} is not supported"}
    for pattern, text in _TOLD_TWICE:
        if pattern.match(message):
            return {**fields, "M": text, "D": f"{message}. {fields.get('D', '')}".strip()}
    return {**fields, "M": message}


def described_as_redshift(frame: Frame, *, capitals: bool = False) -> Frame:
    """Return a RowDescription with Redshift's type numbers, and its names in capitals where that is wanted."""
    count = struct.unpack_from("!h", frame.body)[0]
    if not count or not (types or capitals):
        return frame
    columns = frames.columns(frame.body)
    if not capitals and not any(column.type in types for column in columns):
        return frame
    named = [column._replace(name=column.name.upper()) for column in columns] if capitals else columns
    return frames.row_description([column._replace(type=types.get(column.type, column.type)) for column in named])
