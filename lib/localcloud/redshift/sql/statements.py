"""Statements other than queries: what the engine says otherwise, and what is refused by name."""

from __future__ import annotations

import re

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.ddl import name_end
from localcloud.redshift.sql.lexer import Edit, Token, apply, literal
from localcloud.redshift.sql.plan import Plan

CREATE = {"TABLE", "VIEW", "SCHEMA", "USER", "GROUP", "ROLE", "PROCEDURE", "FUNCTION", "DATABASE", "MATERIALIZED"}
_ALTER = {
    *("TABLE", "USER", "GROUP", "ROLE", "SCHEMA", "DATABASE", "DEFAULT", "PROCEDURE", "FUNCTION", "MATERIALIZED"),
}
_DROP = {*CREATE}
PASSED = {
    *("INSERT", "UPDATE", "DELETE", "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "GRANT", "REVOKE"),
    *(
        "DECLARE",
        "FETCH",
        "CLOSE",
        "PREPARE",
        "EXECUTE",
        "DEALLOCATE",
        "LOCK",
        "COMMENT",
        "REFRESH",
    ),
    *("SELECT", "WITH", "(", "DROP"),
}


def check(words: list[Token]) -> None:
    """Raise SqlError at a statement that Redshift does not have, or the lab has not."""
    first = words[0].upper
    kinds = [
        word.upper for word in words[1:5] if word.upper not in ("OR", "REPLACE", "TEMP", "TEMPORARY", "LOCAL", "IF")
    ]
    kind = kinds[0] if kinds else ""
    for verb, allowed in (("CREATE", CREATE), ("ALTER", _ALTER), ("DROP", _DROP)):
        if first == verb and kind not in allowed:
            raise not_supported(f"{verb} {kind}")
    if first in ("SAVEPOINT", "RELEASE"):
        raise not_supported(first)
    if first == "ROLLBACK" and "TO" in [word.upper for word in words]:
        raise not_supported("ROLLBACK TO SAVEPOINT")
    if first in (
        "DO",
        "LISTEN",
        "NOTIFY",
        "UNLISTEN",
        "LOAD",
        "CLUSTER",
        "REINDEX",
        "CHECKPOINT",
        "SECURITY",
        "DISCARD",
        "IMPORT",
        "REASSIGN",
    ):
        raise syntax_error(words[0].text)


def vacuum(sql: str, words: list[Token]) -> Plan:
    """Return what becomes of a VACUUM: there is nothing to sort or reclaim by hand, but the table must exist."""
    place = 1
    while place < len(words) and words[place].upper in ("FULL", "SORT", "DELETE", "ONLY", "REINDEX", "RECLUSTER"):
        place += 1
    if place >= len(words) or words[place].upper in ("TO", "BOOST"):
        return Plan("DO 'BEGIN END'", tag="VACUUM")
    name = sql[words[place].start : words[name_end(words, place) - 1].end]
    return Plan(f"DO {literal(f'BEGIN PERFORM {literal(name)}::pg_catalog.regclass; END')}", tag="VACUUM")


def analyze(sql: str, words: list[Token]) -> str:
    """Return an ANALYZE without what only Redshift has in it."""
    if len(words) > 1 and words[1].upper == "COMPRESSION":
        raise not_supported("ANALYZE COMPRESSION")
    edits = [
        Edit(words[place].start, words[place + 1].end, "")
        for place in range(1, len(words) - 1)
        if words[place].upper in ("PREDICATE", "ALL") and words[place + 1].upper == "COLUMNS"
    ]
    return apply(sql, edits)


def user(sql: str, words: list[Token]) -> str:
    """Return a CREATE or ALTER USER in the engine's words."""
    edits = list[Edit]()
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else None
        if word.upper in ("CREATEUSER", "NOCREATEUSER"):
            edits.append(Edit(word.start, word.end, word.upper.replace("USER", "ROLE")))
        elif word.upper == "PASSWORD" and after is not None and after.upper == "DISABLE":
            edits.append(Edit(after.start, after.end, "NULL"))
        elif word.upper == "PASSWORD" and after is not None and after.kind == "string":
            edits += _password(after)
        elif word.upper == "SYSLOG" and len(words) > place + 2:
            edits.append(Edit(word.start, words[place + 2].end, ""))
        elif word.upper == "SESSION" and after is not None and after.upper == "TIMEOUT":
            first = words[place - 1] if words[place - 1].upper == "RESET" else word
            last = after if first is not word or place + 2 >= len(words) else words[place + 2]
            edits.append(Edit(first.start, last.end, ""))
        elif word.upper in ("SUPERUSER", "REPLICATION", "BYPASSRLS"):
            raise syntax_error(word.text)
        elif word.upper == "EXTERNALID":
            raise not_supported("EXTERNALID")
    return apply(sql, edits)


def _password(given: Token) -> list[Edit]:
    """Return the changes to a password: a hash of MD5 as the engine takes it, one for SHA-256 in clear, as it salts it.

    https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
    """
    text = given.text[1:-1]
    if re.fullmatch(r"md5[0-9a-f]{32}", text, re.IGNORECASE):
        return [Edit(given.start, given.end, f"'{text.lower()}'")]
    if re.fullmatch(r"sha256\|[0-9a-fA-F]{64}\|[0-9a-fA-F]{64}", text):
        raise not_supported("a password given as a digest of SHA-256 with its salt", hint="'sha256|password'")
    clear = text.removeprefix("sha256|")
    if not 8 <= len(clear) <= 64 or not all(re.search(kind, clear) for kind in ("[a-z]", "[A-Z]", "[0-9]")):
        raise SqlError(
            "22023",
            "password must be 8 to 64 characters long and contain at least one uppercase letter, "
            "one lowercase letter and one number",
        )
    return [Edit(given.start, given.end, f"'{clear}'")] if clear != text else []


def truncate(sql: str, words: list[Token]) -> Plan:
    """Return a TRUNCATE of one table, which commits."""
    first = 2 if len(words) > 1 and words[1].upper == "TABLE" else 1
    if first >= len(words):
        raise SqlError("42601", "syntax error at end of input")
    end = name_end(words, first)
    if end < len(words):
        raise syntax_error(words[end].text)
    return Plan(sql, then="COMMIT")


def schema(sql: str, words: list[Token]) -> str:
    """Return a CREATE or ALTER SCHEMA without QUOTA."""
    for place, word in enumerate(words):
        if word.upper == "QUOTA" and place + 1 < len(words):
            end = place + 1 if words[place + 1].upper == "UNLIMITED" else place + 2
            return apply(sql, [Edit(word.start, words[end].end, "")])
    return sql


def schema_changed(sql: str, words: list[Token]) -> Plan:
    """Return what becomes of an ALTER SCHEMA; a quota is taken and kept by nobody."""
    if any(word.upper == "QUOTA" for word in words[3:]):
        return Plan(
            f"DO {literal(f'BEGIN PERFORM {literal(words[2].text)}::pg_catalog.regnamespace; END')}", tag="ALTER SCHEMA"
        )
    return Plan(sql)


def grant(sql: str, words: list[Token]) -> str:
    """Return a GRANT or REVOKE in the engine's words."""
    edits = list[Edit]()
    for place, word in enumerate(words):
        before = words[place - 1].upper if place else ""
        if word.upper == "ROLE" and before in ("GRANT", "REVOKE", "TO", "FROM", "FOR", ","):
            edits.append(Edit(word.start, word.end, ""))
        elif word.text == ":" and before == "SYS":
            edits.append(_system_role(words[place - 1], words[place + 1]))
        elif word.upper in ("ASSUMEROLE", "EXTERNAL", "DATASHARE", "MASKING", "RLS"):
            raise not_supported(f"{words[0].upper} {word.upper}")
    return apply(sql, edits)


def _system_role(first: Token, last: Token) -> Edit:
    """Return the engine's role for a system-defined one. Raises SqlError at one that the engine has none for."""
    if last.upper != "MONITOR":
        raise not_supported(f"the system-defined role {first.text}:{last.text}")
    return Edit(first.start, last.end, "pg_monitor")


def database(sql: str, words: list[Token]) -> str:
    """Return a CREATE or ALTER DATABASE without what only Redshift has. Raises SqlError at another collation."""
    edits = list[Edit]()
    for place, word in enumerate(words[:-1]):
        if word.upper == "COLLATE":
            if words[place + 1].upper not in ("CASE_SENSITIVE", "CS"):
                raise not_supported(f"{words[0].upper} DATABASE ... COLLATE {words[place + 1].upper}")
            edits.append(Edit(word.start, words[place + 1].end, ""))
        elif word.upper == "ISOLATION" and place + 2 < len(words):
            edits.append(Edit(word.start, words[place + 2].end, ""))
        elif word.upper == "UNLIMITED" or words[place + 1].upper == "UNLIMITED":
            edits += [Edit(words[place + 1].start, words[place + 1].end, "-1")] if word.upper == "LIMIT" else []
    return apply(sql, edits)


def role(sql: str, words: list[Token]) -> str:
    """Return an ALTER or DROP ROLE in the engine's words. Raises SqlError at what the lab does not keep of a role."""
    if words[0].upper == "DROP":
        return apply(sql, [Edit(word.start, word.end, "") for word in words[3:] if word.upper in ("FORCE", "RESTRICT")])
    kinds = [word.upper for word in words[3:]]
    for kind in ("EXTERNALID", "OWNER"):
        if kind in kinds:
            raise not_supported(f"ALTER ROLE ... {kind}")
    return apply(sql, [Edit(word.start, word.end, "") for word in words[3:4] if word.upper == "WITH"])


def begin(sql: str, words: list[Token]) -> str:
    """Return a BEGIN whose isolation the engine knows."""
    edits = [
        Edit(word.start, word.end, "REPEATABLE READ")
        for place, word in enumerate(words)
        if word.upper == "SNAPSHOT" and words[place - 1].upper == "LEVEL"
    ]
    return apply(sql, edits)


def delete(sql: str, words: list[Token]) -> str:
    """Return a DELETE with its FROM, which Redshift lets one leave out."""
    place = next((index for index, word in enumerate(words) if word.upper == "DELETE"), None)
    if place is not None and place + 1 < len(words) and words[place + 1].upper != "FROM":
        return apply(sql, [Edit(words[place].end, words[place].end, " FROM")])
    return sql


def explain(sql: str, words: list[Token]) -> str:
    """Return an EXPLAIN. Raises SqlError where it would run the statement, which Redshift's never does."""
    if len(words) > 1 and (words[1].upper in ("ANALYZE", "ANALYSE") or words[1].text == "("):
        raise syntax_error(words[1].text)
    return sql
