"""What a statement needs to be true when it is run: no transaction block, or a table that the change may be made to.

https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html and its neighbours
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql import Plan
from localcloud.redshift.sql.blocks import folded
from localcloud.redshift.sql.ddl import name_end, without_hash
from localcloud.redshift.sql.lexer import Token, closing, tokens
from localcloud.redshift.sql.materialized import sources

_numbers = count()


@dataclass(frozen=True)
class Guard:
    """What may not run in a transaction block (empty: all may), and the checks of the engine, with their values."""

    alone: str = ""
    checks: tuple[tuple[str, ...], ...] = ()
    """Functions of the engine with the values that each is given."""

    async def __call__(self, session: Any) -> None:
        """Raise SqlError where the statement may not be run."""
        if self.alone and session.in_block:
            raise SqlError("25001", f"{self.alone} cannot run inside a transaction block")
        for name, *values in self.checks:
            listed = ", ".join(f"${number}" for number in range(1, len(values) + 1))
            # The client's own statement without a name stays; a check that fails is not closed, so no name comes twice.
            own = f"redshift_lab_guard_{next(_numbers)}"
            await session.link.query(f"SELECT redshift_lab.{name}({listed})", *values, name=own)


def guarded(plan: Plan, sql: str) -> Plan:
    """Return a plan that is checked before it is run."""
    guard = _guard(sql)
    if guard is None:
        return plan
    return replace(plan, before=_both(guard, plan.before))


def _both(first: Guard, second: Callable[[Any], Awaitable[None]] | None) -> Callable[[Any], Awaitable[None]]:
    async def before(session: Any) -> None:
        await first(session)
        if second is not None:
            await second(session)

    return before


def _guard(sql: str) -> Guard | None:
    words = tokens(sql)
    kinds = [word.upper for word in words[:3]]
    if kinds[:1] == ["VACUUM"]:
        return Guard("VACUUM")
    if kinds[:2] == ["ALTER", "TABLE"] and len(words) > 4:
        return _alter(sql, words)
    if kinds[:2] == ["CREATE", "MATERIALIZED"]:
        at = next((place for place, word in enumerate(words) if word.upper == "AS"), None)
        names = sources(sql[words[at].end :]) if at is not None else []
        return Guard(checks=tuple(("check_source", name) for name in names))
    if kinds == ["REFRESH", "MATERIALIZED", "VIEW"] and len(words) > 3:
        name = sql[words[3].start : words[name_end(words, 3) - 1].end]
        return Guard(checks=(("begin_refresh", name),))
    return _merge(sql, words) if kinds[:1] == ["MERGE"] else None


def _merge(sql: str, words: list[Token]) -> Guard | None:
    using = next((place for place, word in enumerate(words) if word.upper == "USING"), None)
    if using is None or using + 1 >= len(words):
        return None
    names = [without_hash(sql[words[at].start : words[name_end(words, at) - 1].end]) for at in (2, using + 1)]
    checks: list[tuple[str, ...]] = [("check_merge", names[1])]
    if words[-1].upper == "DUPLICATES":
        checks.append(("check_duplicates", *names))
    return Guard(checks=tuple(checks))


def _alter(sql: str, words: list[Token]) -> Guard | None:
    end = name_end(words, 2)
    table, rest = without_hash(sql[words[2].start : words[end - 1].end]), words[end:]
    verbs = [word.upper for word in rest[:3]]
    if verbs[:2] == ["APPEND", "FROM"]:
        return Guard("ALTER TABLE APPEND")
    if verbs[:2] == ["RENAME", "TO"]:
        return Guard(checks=(("check_alter", table, "rename", "", ""),))
    if verbs[:1] == ["DROP"] and "CONSTRAINT" not in verbs:
        column = rest[2] if verbs[1] == "COLUMN" else rest[1]
        return Guard(checks=(("check_alter", table, "drop", folded(column), ""),))
    if verbs[:1] == ["ADD"]:
        return _primary_key(table, rest)
    if verbs[:1] != ["ALTER"]:
        return None
    column = rest[2] if verbs[1] == "COLUMN" else rest[1]
    if "TYPE" in [word.upper for word in rest]:
        size = next((word.text for word in rest if word.kind == "number"), "")
        return Guard("ALTER TABLE ALTER COLUMN", (("check_alter", table, "type", folded(column), size),))
    return Guard(checks=tuple(_kept_beside(table, rest)))


def _primary_key(table: str, rest: list[Token]) -> Guard | None:
    kinds = [word.upper for word in rest]
    place = kinds.index("PRIMARY") + 2 if "PRIMARY" in kinds[:4] else 0
    if not place or place >= len(rest) or rest[place].text != "(":
        return None
    names = [folded(word) for word in rest[place + 1 : closing(rest, place)] if word.text != ","]
    return Guard(checks=tuple(("check_alter", table, "primary", name, "") for name in names))


def _kept_beside(table: str, rest: list[Token]) -> list[tuple[str, ...]]:
    found = list[tuple[str, ...]]()
    for place, word in enumerate(rest[:-1]):
        after = rest[place + 1].upper
        if word.upper == "ENCODE" and after != "AUTO" and place > 1:
            found.append(("check_alter", table, "encode", folded(rest[place - 1]), rest[place + 1].text.lower()))
        elif word.upper == "DISTSTYLE" and after in ("ALL", "EVEN"):
            found.append(("check_alter", table, "diststyle", "", after))
        elif word.upper == "DISTKEY":
            found.append(("check_alter", table, "distkey", "", ""))
    return found
