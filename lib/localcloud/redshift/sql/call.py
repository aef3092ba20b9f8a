"""One call in a statement, as its rule gets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.edits import Part, between, made
from localcloud.redshift.sql.lexer import Tokens


@dataclass
class Call:
    """One call: its name in capitals, its arguments, and what follows it."""

    name: str
    arguments: list[Tokens]
    distinct: bool = False
    order: Tokens = field(default_factory=Tokens)
    """The ORDER BY of WITHIN GROUP, without these words."""
    ignore: bool = False
    over: Tokens = field(default_factory=Tokens)
    """The window from OVER on, or nothing."""

    def argument(self, number: int) -> Tokens:
        """Return an argument. Raises SqlError if the call has too few."""
        if number >= len(self.arguments):
            raise SqlError("42883", f"function {self.name.lower()} needs more arguments")
        return self.arguments[number]

    def plain(self, name: str = "") -> Tokens:
        """Return the call as it is, perhaps by another name."""
        distinct = "DISTINCT " if self.distinct else ""
        within: tuple[Part, ...] = (" WITHIN GROUP (ORDER BY ", self.order, ")") if self.order else ()
        called = (name or self.name, "(", distinct, between(", ", self.arguments), ")")
        return made(*called, *within, *self.window)

    @property
    def window(self) -> tuple[Part, ...]:
        """Return the window as the end of a template."""
        return (" ", self.over) if self.over else ()


Rule = Callable[[Call], Tokens]
"""Returns what a call becomes in the engine's SQL. Raises SqlError if it cannot be said."""
