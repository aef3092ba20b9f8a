"""One call in a statement, as its rule gets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.redshift.errors import SqlError


@dataclass
class Call:
    """One call: its name in capitals, the texts of its arguments, and what follows it."""

    name: str
    arguments: list[str]
    distinct: bool = False
    order: str = ""
    """The ORDER BY of WITHIN GROUP, without these words."""
    ignore: bool = False
    over: str = ""
    """The window from OVER on, or nothing."""

    def argument(self, place: int) -> str:
        """Return an argument. Raises SqlError where the call has too few."""
        if place >= len(self.arguments):
            raise SqlError("42883", f"function {self.name.lower()} needs more arguments")
        return self.arguments[place]

    def plain(self, name: str = "") -> str:
        """Return the call as it is, perhaps by another name."""
        distinct = "DISTINCT " if self.distinct else ""
        within = f" WITHIN GROUP (ORDER BY {self.order})" if self.order else ""
        return f"{name or self.name}({distinct}{', '.join(self.arguments)}){within} {self.over}".rstrip()


Rule = Callable[[Call], str]
"""Returns what a call becomes in the engine's SQL. Raises SqlError where it cannot be said."""
