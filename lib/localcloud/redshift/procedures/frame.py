"""One call of a procedure: the session, the transaction that all calls of a chain share, and how deep it is."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures.engine import Statements
from localcloud.redshift.procedures.transactions import Transactions
from localcloud.redshift.session.prepared import Running


@dataclass
class Frame:
    """What the statements of one call share."""

    host: Running
    transactions: Transactions
    statements: Statements
    depth: int = 1
    caught: SqlError | None = None
    """The error that the handler which runs has caught."""
