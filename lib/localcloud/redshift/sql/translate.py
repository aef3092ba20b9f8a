"""Which family a statement is of, by its first word, and the plan that its family makes of it.

https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_commands.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import alter, calling, creating, materialized, merging, settings, users, utilities
from localcloud.redshift.sql.facts import Facts
from localcloud.redshift.sql.folding import fold
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, name_end
from localcloud.redshift.sql.notes import do
from localcloud.redshift.sql.pipeline import query
from localcloud.redshift.sql.plan import Plan, Session

CREATE = frozenset(
    ("TABLE", "VIEW", "SCHEMA", "USER", "GROUP", "ROLE", "PROCEDURE", "FUNCTION", "DATABASE", "MATERIALIZED")
)
_KINDS = {
    "CREATE": CREATE,
    "ALTER": frozenset(
        ["TABLE", "USER", "GROUP", "ROLE", "SCHEMA", "DATABASE", "DEFAULT", "PROCEDURE", "FUNCTION", "MATERIALIZED"]
    ),
    "DROP": CREATE,
}
"""Verb -> what there is for it."""
_NO_KINDS = ("OR", "REPLACE", "TEMP", "TEMPORARY", "LOCAL", "IF")
_PASSED = """
    INSERT UPDATE DELETE BEGIN START COMMIT END ROLLBACK ABORT GRANT REVOKE DECLARE FETCH CLOSE PREPARE EXECUTE
    DEALLOCATE LOCK SELECT WITH ( DROP
"""
PASSED = frozenset(_PASSED.split())
"""Verbs of statements that the engine has too, with or without a query."""
_REFUSED = {"SAVEPOINT": 1, "RELEASE": 1, "USE": 1, "ATTACH": 2, "DETACH": 2, "DESC": 2}
"""Verbs of statements that the lab does not have -> how many of their words name them."""


async def translate(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    """Return what becomes of one statement. Raises SqlError to refuse it."""
    tokens = fold(tokens, session)
    if not tokens:
        return Plan("")
    family = FAMILIES.get(tokens[0].upper)
    if family is not None:
        return await family(tokens, session, facts)
    _check(tokens)
    if tokens[0].upper not in PASSED:
        raise syntax_error(tokens[0].text)
    return Plan.of(await query(tokens, session, facts))


def _check(tokens: Tokens) -> None:
    """Raise SqlError at a statement that Redshift does not have, or the lab does not have."""
    verb = tokens[0].upper
    kind = next((token.upper for token in tokens[1:5] if token.upper not in _NO_KINDS), "")
    if verb in _KINDS and kind not in _KINDS[verb]:
        raise not_supported(f"{verb} {kind}")
    if verb in _REFUSED:
        raise not_supported(" ".join(token.upper for token in tokens[: _REFUSED[verb]]))
    if verb in ("DECLARE", "FETCH"):
        utilities.check_cursor(tokens)
    if verb == "PREPARE" and tokens[1:2] and tokens[1].upper == "TRANSACTION":
        raise not_supported("PREPARE TRANSACTION")
    if verb == "ROLLBACK" and "TO" in [token.upper for token in tokens]:
        raise not_supported("ROLLBACK TO SAVEPOINT")


async def _create(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    _check(tokens)
    return await creating.create(tokens, session, facts)


async def _alter(tokens: Tokens, session: Session, _facts: Facts) -> Plan:
    _check(tokens)
    if len(tokens) < 4:
        raise SqlError("42601", "syntax error at end of input")
    kind = tokens[1].upper
    if kind == "TABLE":
        _follow_rename(tokens, session)
        changed, then = alter.alter_table(tokens)
        return Plan(changed, then=then) if changed else Plan(do(then), tag="ALTER TABLE")
    if kind == "MATERIALIZED":
        return materialized.changed(tokens)
    if kind in ("USER", "ROLE"):
        return Plan.of(users.user(tokens) if kind == "USER" else users.role(tokens))
    if kind == "DEFAULT":
        return Plan.of(users.grant(tokens))
    return utilities.schema_changed(tokens) if kind == "SCHEMA" else Plan.of(tokens)


def _follow_rename(tokens: Tokens, session: Session) -> None:
    """Add the new name of what may be a late-binding view to the names that are looked up."""
    end = name_end(tokens, 2)
    renames = [token.upper for token in tokens[end : end + 2]] == ["RENAME", "TO"] and end + 2 < len(tokens)
    if renames and folded(tokens[end - 1]) in session.late_views:
        session.late_views.add(folded(tokens[end + 2]))


async def _drop(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    _check(tokens)
    is_role = tokens[1].upper == "ROLE"
    return Plan.of(users.role(tokens) if is_role else await query(tokens, session, facts))


async def _comment(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    return Plan.of(await query(await materialized.commented(tokens, facts), session, facts))


async def _merge(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    if merging.removes_duplicates(tokens):
        return Plan.of(merging.remove_duplicates(tokens), tag="MERGE")
    merging.check(tokens)
    return Plan.of(await query(tokens, session, facts))


async def _call(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    return Plan.of(await query(await calling.with_out_arguments(tokens, facts), session, facts))


async def _set(tokens: Tokens, session: Session, _facts: Facts) -> Plan:
    return settings.plan(tokens, session)


async def _ended(tokens: Tokens, _session: Session, _facts: Facts) -> Plan:
    _check(tokens)
    return utilities.end(tokens)


async def _explain(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    utilities.check_explain(tokens)
    return Plan.of(await query(tokens, session, facts))


async def _delete(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    return Plan.of(await query(utilities.delete(tokens), session, facts))


Family = Callable[[Tokens, Session, Facts], Awaitable[Plan]]


def _of_tokens(rule: Callable[[Tokens], Plan]) -> Family:
    """Return the family of statements whose tokens say all."""

    async def family(tokens: Tokens, _session: Session, _facts: Facts) -> Plan:
        return rule(tokens)

    return family


FAMILIES: dict[str, Family] = {
    "CREATE": _create,
    "ALTER": _alter,
    "DROP": _drop,
    "MERGE": _merge,
    "CALL": _call,
    "COMMENT": _comment,
    **dict.fromkeys(("SET", "SHOW", "RESET"), _set),
    "EXPLAIN": _explain,
    "DELETE": _delete,
    **dict.fromkeys(("GRANT", "REVOKE"), _of_tokens(lambda tokens: Plan.of(users.grant(tokens)))),
    **dict.fromkeys(("BEGIN", "START"), _of_tokens(utilities.begin)),
    **dict.fromkeys(("COMMIT", "END", "ROLLBACK", "ABORT"), _ended),
    **dict.fromkeys(("ANALYZE", "ANALYSE"), _of_tokens(utilities.analyze)),
    "VACUUM": _of_tokens(utilities.vacuum),
    "TRUNCATE": _of_tokens(utilities.truncate),
    "CANCEL": _of_tokens(utilities.cancel),
}
"""First word -> the family of the statement."""
