"""Users, roles and rights: CREATE and ALTER USER, ALTER and DROP ROLE, GRANT and REVOKE.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html, r_ALTER_ROLE.html, r_GRANT.html
"""

from __future__ import annotations

import re
from itertools import takewhile

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.edits import Edit, apply, replace, swap
from localcloud.redshift.sql.lexer import Token, Tokens

_NOT_GRANTED = ("ASSUMEROLE", "EXTERNAL", "DATASHARE", "MASKING", "RLS")
_OWNERS = ("DROP", "ALTER")
"""Rights that the engine gives to owners alone."""
_STRENGTH = ("[a-z]", "[A-Z]", "[0-9]")


def user(tokens: Tokens) -> Tokens:
    """Return a CREATE or ALTER USER in the engine's words."""
    return apply(tokens, [edit for index in range(len(tokens)) for edit in _user_option(tokens, index)])


def _user_option(tokens: Tokens, index: int) -> list[Edit]:
    token, follows = tokens[index], tokens[index + 1] if index + 1 < len(tokens) else None
    word, next_word = token.upper, follows.upper if follows is not None else ""
    if word in ("CREATEUSER", "NOCREATEUSER"):
        return [swap(token, word.replace("USER", "ROLE"))]
    if word == "PASSWORD" and follows is not None:
        return [swap(follows, "NULL")] if next_word == "DISABLE" else _password(follows)
    if word == "SYSLOG" and len(tokens) > index + 2:
        return [replace(token, tokens[index + 2])]
    if word == "SESSION" and follows is not None and next_word == "TIMEOUT":
        resets = tokens[index - 1].upper == "RESET"
        last = follows if resets or index + 2 >= len(tokens) else tokens[index + 2]
        return [replace(tokens[index - 1] if resets else token, last)]
    if word in ("SUPERUSER", "REPLICATION", "BYPASSRLS"):
        raise syntax_error(token.text)
    if word == "EXTERNALID":
        raise not_supported("EXTERNALID")
    return []


def _password(given: Token) -> list[Edit]:
    """Return the changes to a password: a hash of MD5 as the engine takes it, one for SHA-256 in clear, as it salts it.

    https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
    """
    if given.kind != "string":
        return []
    text = given.text[1:-1]
    if re.fullmatch(r"md5[0-9a-f]{32}", text, re.IGNORECASE):
        return [swap(given, f"'{text.lower()}'")]
    if re.fullmatch(r"sha256\|[0-9a-fA-F]{64}\|[0-9a-fA-F]{64}", text):
        raise not_supported("a password given as a digest of SHA-256 with its salt", hint="'sha256|password'")
    clear = text.removeprefix("sha256|")
    if not 8 <= len(clear) <= 64 or not all(re.search(kind, clear) for kind in _STRENGTH):
        raise SqlError(
            "22023",
            "password must be 8 to 64 characters long and contain at least one uppercase letter, "
            "one lowercase letter and one number",
        )
    return [swap(given, f"'{clear}'")] if clear != text else []


def role(tokens: Tokens) -> Tokens:
    """Return an ALTER or DROP ROLE in the engine's words. Raises SqlError at what the lab does not keep of a role."""
    if tokens[0].upper == "DROP":
        return apply(tokens, [replace(token, token) for token in tokens[3:] if token.upper in ("FORCE", "RESTRICT")])
    keywords = [token.upper for token in tokens[3:]]
    for word in ("EXTERNALID", "OWNER"):
        if word in keywords:
            raise not_supported(f"ALTER ROLE ... {word}")
    return apply(tokens, [replace(token, token) for token in tokens[3:4] if token.upper == "WITH"])


def grant(tokens: Tokens) -> Tokens:
    """Return a GRANT or REVOKE in the engine's words."""
    edits = list[Edit]()
    for token in takewhile(lambda token: token.upper not in ("ON", "TO", "FROM"), tokens[1:]):
        if token.upper in _OWNERS:
            raise not_supported(f"{tokens[0].upper} {token.upper}", hint="in the lab, only the owner alters and drops")
        if token.upper == "FOR" and tokens[0].upper == "GRANT":
            raise not_supported("GRANT ... FOR ... IN", hint="GRANT ... ON ALL TABLES IN SCHEMA")
    for index, token in enumerate(tokens):
        before = tokens[index - 1].upper if index else ""
        if token.upper == "ROLE" and before in ("GRANT", "REVOKE", "TO", "FROM", "FOR", ","):
            edits.append(replace(token, token))
        elif token.text == ":" and before == "SYS":
            edits.append(_system_role(tokens[index - 1], tokens[index + 1]))
        elif token.upper in _NOT_GRANTED:
            raise not_supported(f"{tokens[0].upper} {token.upper}")
    return apply(tokens, edits)


def _system_role(first: Token, last: Token) -> Edit:
    """Return the engine's role for a system-defined one. Raises SqlError at one that the engine has none for."""
    if last.upper != "MONITOR":
        raise not_supported(f"the system-defined role {first.text}:{last.text}")
    return replace(first, last, "pg_monitor")
