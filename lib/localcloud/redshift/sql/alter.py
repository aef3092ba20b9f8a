"""ALTER TABLE: one change a statement; what Redshift keeps beside the columns is noted.

https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html
"""

from __future__ import annotations

from itertools import pairwise

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.ddl import Notes, attributes, column_parts, element, folded, name_end, without_hash
from localcloud.redshift.sql.lexer import Token, apply
from localcloud.redshift.sql.types import edit_type


def alter_table(sql: str, words: list[Token]) -> tuple[str, str]:
    """Return an ALTER TABLE in the engine's SQL (empty where there is nothing to do for it) and the note to store."""
    end = name_end(words, 2)
    table = without_hash(sql[words[2].start : words[end - 1].end])
    if len(column_parts(words, end, len(words))) > 1:
        comma = column_parts(words, end, len(words))[0][1]
        raise syntax_error(words[comma].text)
    rest, notes = words[end:], Notes(diststyle="")
    verbs = [word.upper for word in rest[:3]]
    if verbs[:1] == ["ADD"] and verbs[1:2] != ["PARTITION"]:
        return _add(sql, rest, table, notes)
    if (
        verbs[:2] in (["ALTER", "DISTSTYLE"], ["ALTER", "DISTKEY"])
        or "SORTKEY" in verbs
        or verbs[:2] == ["ALTER", "ENCODE"]
    ):
        place = 1
        if verbs[1] == "DISTSTYLE" and len(rest) > 4 and rest[2].upper == "KEY" and rest[3].upper == "DISTKEY":
            place = 3
        if rest[place].upper == "DISTKEY" and place + 1 < len(rest) and rest[place + 1].text != "(":
            notes.distkey, notes.diststyle = folded(rest[place + 1]), "KEY"
        else:
            attributes([*rest], place, notes)
        return "", notes.statement(table)
    if verbs[0] == "ALTER" and "ENCODE" in [word.upper for word in rest]:
        place = next(index for index, word in enumerate(rest) if word.upper == "ENCODE")
        notes.encodings[folded(rest[place - 1])] = rest[place + 1].text.lower()
        return "", notes.statement(table)
    if verbs[0] in ("APPEND", "SET", "ENABLE", "DISABLE", "ATTACH", "DETACH", "CLUSTER", "INHERIT", "ROW", "MASK"):
        raise not_supported(f"ALTER TABLE ... {verbs[0]}")
    if verbs[0] == "ALTER" and "TYPE" in [word.upper for word in rest]:
        place = next(index for index, word in enumerate(rest) if word.upper == "TYPE")
        if rest[place + 1].upper not in ("VARCHAR", "CHARACTER", "NVARCHAR", "TEXT"):
            raise not_supported("ALTER COLUMN ... TYPE to other than VARCHAR", hint="only its length can be changed")
        edits, _ = edit_type(rest, place + 1, declared=True)
        return apply(sql, edits), ""
    if verbs[0] == "ALTER":
        raise not_supported(f"ALTER TABLE ... ALTER COLUMN {' '.join(word.upper for word in rest[-2:])}".rstrip())
    return sql, ""


def _add(sql: str, rest: list[Token], table: str, notes: Notes) -> tuple[str, str]:
    body = rest[2:] if rest[1].upper == "COLUMN" else rest[1:]
    edits = element(sql, body, notes)
    kinds = [word.upper for word in body]
    if ("NOT", "NULL") in pairwise(kinds) and not {"DEFAULT", "IDENTITY", "GENERATED"} & set(kinds):
        raise SqlError("0A000", "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression")
    if notes.foreign_keys and body[0].upper in ("FOREIGN", "CONSTRAINT"):
        return "", notes.statement(table)
    return apply(sql, edits), notes.statement(table)
