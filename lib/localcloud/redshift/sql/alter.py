"""ALTER TABLE: one change a statement; what Redshift keeps in addition to the columns is noted.

https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html
"""

from __future__ import annotations

from itertools import pairwise

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import encodings
from localcloud.redshift.sql.columns import element
from localcloud.redshift.sql.ddl import attributes
from localcloud.redshift.sql.edits import apply, text, written
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, literal, name_end, without_hash
from localcloud.redshift.sql.notes import Notes
from localcloud.redshift.sql.tree import parts
from localcloud.redshift.sql.types import edit_type


def alter_table(tokens: Tokens) -> tuple[str, str]:
    """Return an ALTER TABLE in the engine's SQL (empty if there is nothing to do for it) and the note to store."""
    conditional = next(
        (token.text for before, token in pairwise(tokens) if token.upper == "EXISTS" and before.upper == "IF"), ""
    )
    if conditional and not any(token.upper == "PARTITION" for token in tokens):
        raise syntax_error(conditional)  # r_ALTER_TABLE has no IF EXISTS
    end = name_end(tokens, 2)
    table = without_hash(written(tokens[2:end]))
    if end < len(tokens) and tokens[end].text == "*":
        raise syntax_error("*")
    spans = parts(tokens, end, len(tokens))
    pieces = [tokens[first:last] for first, last in spans]
    if all(_is_kept_beside(piece) for piece in pieces):
        return "", _kept_beside(pieces).statement(table)
    if len(pieces) > 1:
        raise syntax_error(tokens[spans[0][1]].text)
    return _changed(tokens, tokens[end:], table)


def _kept_beside(pieces: list[Tokens]) -> Notes:
    _check_together(pieces)
    notes = Notes(diststyle="")
    for piece in pieces:
        _beside(piece, notes)
    return notes


def _changed(tokens: Tokens, rest: Tokens, table: str) -> tuple[str, str]:
    verbs = [token.upper for token in rest[:3]]
    if verbs[:2] == ["RENAME", "TO"] and len(rest) > 2 and rest[2].text.strip('"').startswith("#"):
        raise SqlError("42602", "a permanent table cannot be renamed to a name that begins with #")
    if verbs[:1] == ["ADD"] and verbs[1:2] != ["PARTITION"]:
        return _add(tokens, rest, table)
    if verbs[:2] == ["APPEND", "FROM"]:
        return "", _append(rest, table)
    if verbs[0] in ("SET", "ENABLE", "DISABLE", "ATTACH", "DETACH", "CLUSTER", "INHERIT", "ROW", "MASK", "REPLICA"):
        raise not_supported(f"ALTER TABLE ... {verbs[0]}")
    return _column_type(tokens, rest) if verbs[0] == "ALTER" else text(tokens), ""


def _column_type(tokens: Tokens, rest: Tokens) -> str:
    """Return an ALTER COLUMN ... TYPE. Raises SqlError at another change of a column, or another type than VARCHAR."""
    index = next((at for at, token in enumerate(rest) if token.upper == "TYPE"), None)
    if index is None:
        raise not_supported(f"ALTER TABLE ... ALTER COLUMN {' '.join(token.upper for token in rest[-2:])}".rstrip())
    if rest[index + 1].upper not in ("VARCHAR", "CHARACTER", "NVARCHAR", "TEXT"):
        raise not_supported("ALTER COLUMN ... TYPE to a type other than VARCHAR", hint="only its length can be changed")
    edits, _ = edit_type(rest, index + 1, declared=True)
    return text(apply(tokens, edits))


_BESIDE = {"DISTSTYLE", "DISTKEY", "SORTKEY", "COMPOUND", "INTERLEAVED", "ENCODE"}


def _check_together(pieces: list[Tokens]) -> None:
    """Raise SqlError at changes that one ALTER TABLE cannot make together."""
    kinds = [_kind(piece) for piece in pieces]
    if len(kinds) > 1 and set(kinds) != {"ENCODE"} and sorted(kinds) not in _TOGETHER:
        raise SqlError("0A000", f"ALTER TABLE cannot combine {' and '.join(sorted(kinds))}")
    encoded = [folded(piece[_column(piece)]) for piece in pieces if _kind(piece) == "ENCODE"]
    if len(set(encoded)) < len(encoded):
        raise SqlError("0A000", "a column can be altered once in an ALTER TABLE")
    for piece in pieces:
        if piece[1].upper == "INTERLEAVED":
            raise SqlError("0A000", "ALTER INTERLEAVED SORTKEY is not supported", hint="create the table again")
        if _kind(piece) == "ENCODE" and piece[-2].upper == "ENCODE":
            encodings.check(piece[-1].text, "", folded(piece[_column(piece)]))


_TOGETHER = (["DISTKEY", "SORTKEY"], ["DISTSTYLE ALL", "SORTKEY"])


def _column(piece: Tokens) -> int:
    return 2 if piece[1].upper == "COLUMN" else 1


def _kind(piece: Tokens) -> str:
    keywords = [token.upper for token in piece]
    if keywords[1] == "DISTSTYLE":
        return "DISTKEY" if keywords[2] == "KEY" else f"DISTSTYLE {keywords[2]}"
    if keywords[1] in ("COMPOUND", "INTERLEAVED"):
        return "SORTKEY"
    if keywords[1] in ("DISTKEY", "SORTKEY"):
        return keywords[1]
    return "ENCODE AUTO" if keywords[1] == "ENCODE" else "ENCODE"


def _is_kept_beside(piece: Tokens) -> bool:
    """Return whether a change concerns only what is kept in addition to the columns."""
    kinds = [token.upper for token in piece]
    return kinds[:1] == ["ALTER"] and len(kinds) > 2 and (kinds[1] in _BESIDE or "ENCODE" in kinds[2:])


def _beside(rest: Tokens, notes: Notes) -> None:
    index = 1
    if rest[1].upper not in _BESIDE:
        index = next(at for at, token in enumerate(rest) if token.upper == "ENCODE")
        if index + 1 >= len(rest):
            raise SqlError("42601", "syntax error at end of input")
        notes.encodings[folded(rest[index - 1])] = rest[index + 1].text.lower()
        return
    if rest[1].upper == "DISTSTYLE" and len(rest) > 4 and rest[2].upper == "KEY" and rest[3].upper == "DISTKEY":
        index = 3
    if rest[index].upper == "DISTKEY" and index + 1 < len(rest) and rest[index + 1].text != "(":
        notes.distribute_by(folded(rest[index + 1]))
    else:
        attributes([*rest], index, notes)


def _append(rest: Tokens, table: str) -> str:
    """Return the call that moves the rows of another table to the end of this one."""
    end = name_end(rest, 2)
    extra = [token.upper for token in rest[end:]]
    if extra not in ([], ["IGNOREEXTRA"], ["FILLTARGET"]):
        raise syntax_error(rest[end].text)
    source = without_hash(written(rest[2:end]))
    arguments = ", ".join(map(literal, (table, source, "".join(extra))))
    return f"SELECT redshift_lab.append_table({arguments})"


_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN")
_NOT_ADDED = ("DISTKEY", "SORTKEY", "UNIQUE", "PRIMARY", "REFERENCES", "IDENTITY", "GENERATED", "COLLATE")


def _add(tokens: Tokens, rest: Tokens, table: str) -> tuple[str, str]:
    notes, body = Notes(diststyle=""), rest[2:] if rest[1].upper == "COLUMN" else rest[1:]
    edits = element(body, notes)
    kinds = [token.upper for token in body]
    if body[0].upper not in _CONSTRAINTS:
        for kind in _NOT_ADDED:
            if kind in kinds[2:]:
                raise SqlError("0A000", f"ALTER TABLE ADD COLUMN cannot add a column with {kind}")
    if ("NOT", "NULL") in pairwise(kinds) and not {"DEFAULT", "IDENTITY", "GENERATED"} & set(kinds):
        raise SqlError("0A000", "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression")
    if notes.foreign_keys and body[0].upper in ("FOREIGN", "CONSTRAINT"):
        return "", notes.statement(table)
    return text(apply(tokens, edits)), notes.statement(table)
