"""ALTER TABLE: one change a statement; what Redshift keeps beside the columns is noted.

https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html
"""

from __future__ import annotations

from itertools import pairwise

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import encodings
from localcloud.redshift.sql.blocks import folded
from localcloud.redshift.sql.ddl import attributes, column_parts, element, name_end, without_hash
from localcloud.redshift.sql.lexer import Token, apply, literal
from localcloud.redshift.sql.notes import Notes
from localcloud.redshift.sql.types import edit_type


def alter_table(sql: str, words: list[Token]) -> tuple[str, str]:
    """Return an ALTER TABLE in the engine's SQL (empty where there is nothing to do for it) and the note to store."""
    end = name_end(words, 2)
    table = without_hash(sql[words[2].start : words[end - 1].end])
    pieces = [words[first:last] for first, last in column_parts(words, end, len(words))]
    if all(_is_kept_beside(piece) for piece in pieces):
        _check_together(pieces)
        notes = Notes(diststyle="")
        for piece in pieces:
            _beside(piece, notes)
        return "", notes.statement(table)
    if len(pieces) > 1:
        raise syntax_error(words[column_parts(words, end, len(words))[0][1]].text)
    rest = words[end:]
    verbs = [word.upper for word in rest[:3]]
    if verbs[:2] == ["RENAME", "TO"] and len(rest) > 2 and rest[2].text.strip('"').startswith("#"):
        raise SqlError("42602", "a permanent table cannot be renamed to a name that begins with #")
    if verbs[:1] == ["ADD"] and verbs[1:2] != ["PARTITION"]:
        return _add(sql, rest, table, Notes(diststyle=""))
    if verbs[:2] == ["APPEND", "FROM"]:
        return "", _append(sql, rest, table)
    if verbs[0] in ("SET", "ENABLE", "DISABLE", "ATTACH", "DETACH", "CLUSTER", "INHERIT", "ROW", "MASK"):
        raise not_supported(f"ALTER TABLE ... {verbs[0]}")
    if verbs[0] == "ALTER" and "TYPE" in [word.upper for word in rest]:
        place = next(index for index, word in enumerate(rest) if word.upper == "TYPE")
        if rest[place + 1].upper not in ("VARCHAR", "CHARACTER", "NVARCHAR", "TEXT"):
            raise not_supported(
                "ALTER COLUMN ... TYPE to a type other than VARCHAR", hint="only its length can be changed"
            )
        edits, _ = edit_type(rest, place + 1, declared=True)
        return apply(sql, edits), ""
    if verbs[0] == "ALTER":
        raise not_supported(f"ALTER TABLE ... ALTER COLUMN {' '.join(word.upper for word in rest[-2:])}".rstrip())
    return sql, ""


_BESIDE = {"DISTSTYLE", "DISTKEY", "SORTKEY", "COMPOUND", "INTERLEAVED", "ENCODE"}


def _check_together(pieces: list[list[Token]]) -> None:
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


def _column(piece: list[Token]) -> int:
    return 2 if piece[1].upper == "COLUMN" else 1


def _kind(piece: list[Token]) -> str:
    words = [word.upper for word in piece]
    if words[1] == "DISTSTYLE":
        return "DISTKEY" if words[2] == "KEY" else f"DISTSTYLE {words[2]}"
    if words[1] in ("COMPOUND", "INTERLEAVED"):
        return "SORTKEY"
    if words[1] in ("DISTKEY", "SORTKEY"):
        return words[1]
    return "ENCODE AUTO" if words[1] == "ENCODE" else "ENCODE"


def _is_kept_beside(piece: list[Token]) -> bool:
    """Tell whether a change concerns only what is kept beside the columns."""
    kinds = [word.upper for word in piece]
    return kinds[:1] == ["ALTER"] and len(kinds) > 2 and (kinds[1] in _BESIDE or "ENCODE" in kinds[2:])


def _beside(rest: list[Token], notes: Notes) -> None:
    place = 1
    if rest[1].upper not in _BESIDE:
        place = next(index for index, word in enumerate(rest) if word.upper == "ENCODE")
        if place + 1 >= len(rest):
            raise SqlError("42601", "syntax error at end of input")
        notes.encodings[folded(rest[place - 1])] = rest[place + 1].text.lower()
        return
    if rest[1].upper == "DISTSTYLE" and len(rest) > 4 and rest[2].upper == "KEY" and rest[3].upper == "DISTKEY":
        place = 3
    if rest[place].upper == "DISTKEY" and place + 1 < len(rest) and rest[place + 1].text != "(":
        notes.distribute_by(folded(rest[place + 1]))
    else:
        attributes([*rest], place, notes)


def _append(sql: str, rest: list[Token], table: str) -> str:
    """Return the call that moves the rows of another table to the end of this one."""
    end = name_end(rest, 2)
    extra = [word.upper for word in rest[end:]]
    if extra not in ([], ["IGNOREEXTRA"], ["FILLTARGET"]):
        raise syntax_error(rest[end].text)
    source = without_hash(sql[rest[2].start : rest[end - 1].end])
    arguments = ", ".join(literal(text) for text in (table, source, "".join(extra)))
    return f"SELECT redshift_lab.append_table({arguments})"


_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN")
_NOT_ADDED = ("DISTKEY", "SORTKEY", "UNIQUE", "PRIMARY", "REFERENCES", "IDENTITY", "GENERATED", "COLLATE")


def _add(sql: str, rest: list[Token], table: str, notes: Notes) -> tuple[str, str]:
    body = rest[2:] if rest[1].upper == "COLUMN" else rest[1:]
    edits = element(sql, body, notes)
    kinds = [word.upper for word in body]
    if body[0].upper not in _CONSTRAINTS:
        for kind in _NOT_ADDED:
            if kind in kinds[2:]:
                raise SqlError("0A000", f"ALTER TABLE ADD COLUMN cannot add a column with {kind}")
    if ("NOT", "NULL") in pairwise(kinds) and not {"DEFAULT", "IDENTITY", "GENERATED"} & set(kinds):
        raise SqlError("0A000", "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression")
    if notes.foreign_keys and body[0].upper in ("FOREIGN", "CONSTRAINT"):
        return "", notes.statement(table)
    return apply(sql, edits), notes.statement(table)
