"""What a statement needs to be true when it is run: no transaction block, or a table that the change may be made to.

https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html and its neighbours
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from localcloud.redshift.errors import SqlError
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.sql.edits import written
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.materialized import sources
from localcloud.redshift.sql.names import folded, name_end, without_hash

_numbers = count()


@dataclass(frozen=True)
class Guard:
    """What may not run in a transaction block (empty: all may), and the checks of the engine, with their values."""

    alone: str = ""
    checks: tuple[tuple[str, ...], ...] = ()
    """Functions of the engine with the values that each is given."""

    async def run(self, context: Running) -> None:
        """Raise SqlError if the statement may not be run."""
        if self.alone and context.in_block:
            raise SqlError("25001", f"{self.alone} cannot run inside a transaction block")
        for name, *values in self.checks:
            listed = ", ".join(f"${number}" for number in range(1, len(values) + 1))
            # The client's own statement without a name stays; a check that fails is not closed, so no name comes twice.
            own = f"redshift_lab_guard_{next(_numbers)}"
            await context.link.query(f"SELECT redshift_lab.{name}({listed})", *values, name=own)


def guard_of(tokens: Tokens) -> Guard | None:
    """Return what a statement needs to be true; None if it needs nothing."""
    kinds = [token.upper for token in tokens[:3]]
    if kinds[:1] == ["VACUUM"]:
        return Guard("VACUUM")
    if kinds[:2] == ["ALTER", "TABLE"] and len(tokens) > 4:
        return _alter(tokens)
    if kinds[:2] == ["CREATE", "MATERIALIZED"]:
        at = next((index for index, token in enumerate(tokens) if token.upper == "AS"), None)
        names = sources(tokens[at + 1 :]) if at is not None else []
        return Guard(checks=tuple(("check_source", name) for name in names))
    return _merge(tokens) if kinds[:1] == ["MERGE"] else None


def _merge(tokens: Tokens) -> Guard | None:
    using = next((index for index, token in enumerate(tokens) if token.upper == "USING"), None)
    if using is None or using + 1 >= len(tokens):
        return None
    names = [without_hash(written(tokens[at : name_end(tokens, at)])) for at in (2, using + 1)]
    checks: list[tuple[str, ...]] = [("check_merge", names[1])]
    if tokens[-1].upper == "DUPLICATES":
        checks.append(("check_duplicates", *names))
    return Guard(checks=tuple(checks))


def _alter(tokens: Tokens) -> Guard | None:
    end = name_end(tokens, 2)
    table, rest = without_hash(written(tokens[2:end])), tokens[end:]
    verbs = [token.upper for token in rest[:3]]
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
    if "TYPE" in [token.upper for token in rest]:
        size = next((token.text for token in rest if token.kind == "number"), "")
        return Guard("ALTER TABLE ALTER COLUMN", (("check_alter", table, "type", folded(column), size),))
    return Guard(checks=tuple(_kept_beside(table, rest)))


def _primary_key(table: str, rest: Tokens) -> Guard | None:
    kinds = [token.upper for token in rest]
    index = kinds.index("PRIMARY") + 2 if "PRIMARY" in kinds[:4] else 0
    if not index or index >= len(rest) or rest[index].text != "(":
        return None
    names = [folded(token) for token in rest[index + 1 : closing(rest, index)] if token.text != ","]
    return Guard(checks=tuple(("check_alter", table, "primary", name, "") for name in names))


def _kept_beside(table: str, rest: Tokens) -> list[tuple[str, ...]]:
    checks = list[tuple[str, ...]]()
    for index, token in enumerate(rest[:-1]):
        after = rest[index + 1].upper
        if token.upper == "ENCODE" and after != "AUTO" and index > 1:
            checks.append(("check_alter", table, "encode", folded(rest[index - 1]), rest[index + 1].text.lower()))
        elif token.upper == "DISTSTYLE" and after in ("ALL", "EVEN"):
            checks.append(("check_alter", table, "diststyle", "", after))
        elif token.upper == "DISTKEY":
            checks.append(("check_alter", table, "distkey", "", ""))
    return checks
