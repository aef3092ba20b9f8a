"""What CREATE TABLE forbids of columns and keys, in addition to what the engine refuses itself.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql import encodings, reserved
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded
from localcloud.redshift.sql.notes import Notes
from localcloud.redshift.sql.typenames import BIGINTS, BYTES, INTEGERS, SPATIAL

_SORT_KEYS, _INTERLEAVED = 400, 8
_IDENTITY = INTEGERS | BIGINTS
_NO_KEY = BYTES | SPATIAL | {"SUPER", "INTERVAL"}


def check_column(tokens: Tokens, notes: Notes) -> None:
    """Raise SqlError at a column definition that Redshift refuses."""
    reserved.check(tokens[0])
    name, kind = folded(tokens[0]), tokens[1].upper
    notes.types[name] = kind
    kinds = [token.upper for token in tokens]
    if "IDENTITY" in kinds[2:] and kind not in _IDENTITY:
        raise SqlError("42P16", f'identity column "{name}" must be of type INT or BIGINT')
    if "ENCODE" in kinds[2:] and kinds.index("ENCODE", 2) + 1 < len(tokens):
        encodings.check(tokens[kinds.index("ENCODE", 2) + 1].text, kind, name)


def check_keys(notes: Notes) -> None:
    """Raise SqlError at keys that a table cannot have: too many, or of a type that has no order."""
    if len(notes.sortkeys) > (_INTERLEAVED if notes.interleaved else _SORT_KEYS):
        most = _INTERLEAVED if notes.interleaved else _SORT_KEYS
        style = "an interleaved sort key" if notes.interleaved else "a sort key"
        raise SqlError("54011", f"{style} can have at most {most} columns")
    for what, names in (("distribution", [notes.distkey]), ("sort", notes.sortkeys)):
        for name in names:
            if notes.types.get(name) in _NO_KEY:
                kind = notes.types[name].lower()
                raise SqlError("0A000", f'column "{name}" of type {kind} cannot be a {what} key')
    if notes.like and (notes.sortkeys or notes.distkey or notes.diststyle not in ("", "AUTO(ALL)")):
        raise SqlError(
            "42601", "distribution style and sort keys cannot be set in CREATE TABLE LIKE: they are inherited"
        )
