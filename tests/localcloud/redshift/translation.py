"""A translation without an engine: its questions are answered from what the test knows."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from localcloud.redshift import planning
from localcloud.redshift.protocol.frames import Column
from localcloud.redshift.session.prepared import Prepared
from localcloud.redshift.sql import Facts, Plan, Session, Wanted, statement, translate
from localcloud.redshift.sql.facts import TableName

T = TypeVar("T")


class Known:
    """Answers about columns, by one function or each question in turn; it notes what else is asked."""

    def __init__(self, columns: Callable[[str], Sequence[Column]] = lambda query: []) -> None:
        self._columns = columns
        self.wanted: list[Wanted] = []

    async def columns(self, query: str) -> Sequence[Column]:
        return self._columns(query)

    async def rows(self, query: str, *values: str) -> list[list[str]]:
        if "external_schemas" in query:
            return []  # none of them is of topics
        raise AssertionError(f"{query} is asked")

    async def copies(self, wanted: Wanted) -> Mapping[TableName, str]:
        self.wanted.append(wanted)
        return {name: f"pg_temp.{name[1]}_copy" for name in wanted.tables}


def ended(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


def translated(sql: str, session: Session | None = None, known: Known | None = None) -> Plan:
    """Return what becomes of a statement in the engine's SQL."""
    return ended(translate(statement(sql).tokens, session or Session("u"), Facts(known or Known())))


def planned(sql: str, session: Session | None = None, known: Known | None = None) -> Prepared:
    """Return a statement ready to be run, whichever wing it is of."""
    return ended(planning.plan(statement(sql), session or Session("u"), Facts(known or Known())))
