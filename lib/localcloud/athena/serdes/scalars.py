"""Texts as values of a column's type: the expressions by which a view of the engine converts a field of a line."""

from __future__ import annotations

import re

from localcloud.athena.failure import BAD_DATA

_WHOLE = {"tinyint": "tinyint", "smallint": "smallint", "int": "integer", "integer": "integer", "bigint": "bigint"}
_FRACTIONS = {"float": "real", "double": "double"}
_SIZED = re.compile(r"(decimal|varchar|char)(\(\d+(,\s*\d+)?\))?$")


def engine_type(hive_type: str) -> str | None:
    """Return the engine's name of a column's type, or None for a type whose values are no single text."""
    name = hive_type.strip().lower()
    if name in ("string", "varchar"):
        return "varchar"
    if name == "decimal":
        return "decimal(10,0)"
    plain = {**_WHOLE, **_FRACTIONS, "boolean": "boolean", "date": "date", "timestamp": "timestamp(3)"}
    return plain.get(name) or (name if _SIZED.match(name) else None)


def is_whole(kind: str) -> bool:
    """Return whether a type of the engine holds whole numbers."""
    return kind in _WHOLE.values()


def converted(text: str, value: str, kind: str, number: int) -> str:
    """Return the expression of a column: `value`, or an error HIVE_BAD_DATA where a text has none.

    `text` is the expression of the field's text, NULL where the line has no such field; `number` counts fields from 0.
    """
    problem = f"'{BAD_DATA}: Error parsing field value ''' || {text} || ''' for field {number}: "
    problem += f"For input string: \"' || {text} || '\"'"
    return f"CASE WHEN {text} IS NOT NULL THEN COALESCE({value}, CAST(fail({problem}) AS {kind})) END"


def value(text: str, kind: str) -> str:
    """Return the expression that reads a text as a value of a type, NULL where the text has another form."""
    if kind == "boolean":  # Java reads no other words as a boolean
        return f"CASE WHEN lower({text}) IN ('true', 'false') THEN CAST({text} AS boolean) END"
    return f"TRY_CAST({digits(text) if is_whole(kind) else text} AS {kind})"


def digits(text: str) -> str:
    """Return the expression of a text that is a whole number as Java reads one, else NULL."""
    return f"IF(regexp_like({text}, '^[+-]?[0-9]+$'), {text})"
