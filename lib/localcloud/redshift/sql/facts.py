"""Facts about the engine's catalog that a translation needs, each asked for when it is needed.

No rule guesses. The translation asks the engine for the columns of a query, the innermost query first, and keeps each
fact until the end of the statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from localcloud.redshift.protocol.frames import Column

TableName = tuple[str, str]
"""Schema and name of a table."""


@dataclass(frozen=True)
class Wanted:
    """External tables that a statement reads, and the names that could be columns of them (None: all are wanted)."""

    tables: tuple[TableName, ...]
    columns: frozenset[str] | None
    lasting: bool = False
    """Whether their copies outlive the session, as a materialized view needs them."""


class Catalog(Protocol):
    """Who answers."""

    async def columns(self, query: str) -> Sequence[Column]:
        """Return the columns of a query in the engine's SQL, without running it. Raises SqlError."""

    async def rows(self, query: str, *values: str) -> list[list[str]]:
        """Return the rows of a query to the engine's catalog, as text."""

    async def copies(self, wanted: Wanted) -> Mapping[TableName, str]:
        """Return the session's copies of external tables; a table that is not there has none. Raises SqlError."""


class Facts:
    """What is known so far for one statement."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._columns: dict[str, Sequence[Column]] = {}
        self._rows: dict[tuple[str, ...], list[list[str]]] = {}
        self._copies: dict[Wanted, Mapping[TableName, str]] = {}

    async def columns(self, query: str) -> Sequence[Column]:
        """Return the columns of a query in the engine's SQL. Raises SqlError."""
        if query not in self._columns:
            self._columns[query] = await self._catalog.columns(query)
        return self._columns[query]

    async def rows(self, query: str, *values: str) -> list[list[str]]:
        """Return the rows of a query to the engine's catalog, as text."""
        key = (query, *values)
        if key not in self._rows:
            self._rows[key] = await self._catalog.rows(query, *values)
        return self._rows[key]

    async def copies(self, wanted: Wanted) -> Mapping[TableName, str]:
        """Return the session's copies of external tables. Raises SqlError."""
        if wanted not in self._copies:
            self._copies[wanted] = await self._catalog.copies(wanted)
        return self._copies[wanted]
