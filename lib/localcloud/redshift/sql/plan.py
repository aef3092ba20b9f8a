"""What becomes of a statement of a client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Work = Callable[[Any], Awaitable[str]]
"""Runs a statement that the gateway carries out itself, given the session; returns the command tag."""


Named = str | int
"""A name, or the number of the parameter that holds it; nothing where there is none."""


@dataclass(frozen=True)
class Plan:
    """A statement in the engine's SQL, or work for the gateway.

    `then` is run right after it, unseen by the client; `tag` is what the client hears was done, where not the engine's.
    """

    sql: str
    work: Work | None = None
    then: str = ""
    tag: str = ""
    before: Callable[[Any], Awaitable[None]] | None = None
    """Runs before the statement, each time that it is run, given the session."""
    database: Named = ""
    """The database that is asked, which may be another."""
    schema: Named = ""
    """The schema whose tables are listed, which may be external."""
    bind: Callable[[Any, bytes], Work] | None = None
    """Returns the work for parameters: a Bind message taken apart, and their types as the Parse message has them."""
    source: str = ""
    """The client's text; empty where there was no statement in it."""


@dataclass
class Session:
    """What a translation depends on beside the text."""

    user: str
    database: str = ""
    """The database at hand, whose name may stand before a schema's."""
    case_sensitive: bool = False
    case_sensitive_attributes: bool = False
    names_in_capitals: bool = False
    query_group: str = "default"
    navigates_strictly: bool = False
    """A path into a SUPER that leads nowhere is an error, not null."""
    typed_decimals: bool = False
    """The client reads decimals by the precision and scale of their column, so that each needs them."""
    late_views: set[str] = field(default_factory=set)
    """Names that are, or were, late-binding views of the database; shared by its sessions."""
    external_schemas: set[str] = field(default_factory=set)
    """Names that are, or were, external schemas of the database; shared by its sessions."""


class NeedsColumns(Exception):
    """The translation needs the names of the columns of a query, given in the engine's SQL."""

    def __init__(self, query: str) -> None:
        super().__init__(query)
        self.query = query


class NeedsRows(Exception):
    """The translation needs the rows of a query to the engine's catalog, as texts, under a key."""

    def __init__(self, key: str, query: str, *values: str) -> None:
        super().__init__(key)
        self.key, self.query, self.values = key, query, values


TableName = tuple[str, str]
"""Schema and name of a table."""


class NeedsTables(Exception):
    """The translation needs the names of the session's copies of external tables, under a key."""

    def __init__(
        self, key: str, names: list[TableName], columns: frozenset[str] | None, *, lasting: bool = False
    ) -> None:
        super().__init__(key)
        self.key, self.names, self.columns = key, names, columns
        self.lasting = lasting
        """Whether the copies outlive the session, as a materialized view needs them."""
