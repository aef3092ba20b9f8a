"""What becomes of a statement for the engine, and what a translation depends on in addition to the statement."""

from __future__ import annotations

from dataclasses import dataclass, field

from localcloud.redshift.protocol.typenumbers import TypeNumbers
from localcloud.redshift.sql.edits import text
from localcloud.redshift.sql.lexer import Tokens

Named = str | int
"""A name, or the number of the parameter that holds it; nothing if there is none."""


@dataclass(frozen=True)
class Plan:
    """A statement in the engine's SQL.

    `then` is run right after it, unseen by the client; `tag` is what the client hears was done, where not the engine's.
    """

    sql: str
    then: str = ""
    tag: str = ""
    database: Named = ""
    """The database that is asked, which may be another."""
    schema: Named = ""
    """The schema whose tables are listed, which may be external."""

    @classmethod
    def of(cls, tokens: Tokens, *, then: str = "", tag: str = "") -> Plan:
        """Return the plan of a statement given as tokens, which are written here and nowhere before."""
        return cls(text(tokens), then, tag)


@dataclass
class Session:
    """What a translation depends on in addition to the statement."""

    user: str
    database: str = ""
    """The database that is in use, whose name may come before a schema's."""
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
    types: TypeNumbers = field(default_factory=TypeNumbers)
    """How the engine numbers the types that Redshift numbers otherwise."""
