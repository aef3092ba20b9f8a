"""What is known around a query while its rules run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from localcloud.redshift.protocol.frames import Column
from localcloud.redshift.sql import labels
from localcloud.redshift.sql.edits import Part, made, written
from localcloud.redshift.sql.facts import Facts
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.plan import Session
from localcloud.redshift.sql.tree import Select


@dataclass(frozen=True)
class Context:
    """The session, the engine's facts, the WITH before a query, and the names of tables outside of it."""

    session: Session
    facts: Facts
    typed: bool = False
    """Whether decimals get the precision and scale that Redshift gives them."""
    rounds: bool = False
    """Whether casts of decimals round, as in a statement without a table."""
    keywords: frozenset[str] = frozenset()
    """The words and signs of the whole statement, by which rules are passed over that have nothing to do."""
    prefix: tuple[Part, ...] = ()
    names: frozenset[str] = frozenset()

    async def columns(self, *query: Part) -> Sequence[Column]:
        """Return the columns of a query, given as a template. Raises SqlError."""
        return await self.facts.columns(written(labels.reveal(made(*self.prefix, *query))))

    async def names_of(self, *query: Part) -> list[str]:
        """Return the names of the columns of a query. Raises SqlError."""
        return [column.name for column in await self.columns(*query)]

    def is_super(self, column: Column) -> bool:
        """Return whether a column is of the type SUPER."""
        return self.session.types.is_super(column.type)

    def within(self, prefix: tuple[Part, ...], names: frozenset[str], *, typed: bool = True) -> Context:
        """Return the context of a subquery."""
        return replace(self, prefix=prefix or self.prefix, names=self.names | names, typed=self.typed and typed)


Rule = Callable[[Tokens, Select, Context], Awaitable[Tokens]]
"""Returns the tokens of a query with one SELECT of its outermost level changed; the same list if nothing changed."""
