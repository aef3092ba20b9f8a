"""Transactions of a call: one for all of it by default, one for each statement of a NONATOMIC procedure.

https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-transaction-management.html
"""

from __future__ import annotations

from localcloud.redshift.errors import BackendError, SqlError
from localcloud.redshift.protocol import frames
from localcloud.redshift.session.prepared import Running

_HINT = (
    "Try calling the procedure as a top-level call i.e. not from within an explicit transaction block. Or, if this "
    "procedure (or one of its ancestors in the call chain) was created with SET config options, recreate the procedure "
    "without them."
)


class Transactions:
    """What the call's transaction is; `fixed` says that the procedure must not end it."""

    def __init__(self, host: Running, *, in_block: bool, nonatomic: bool) -> None:
        self._host, self.in_block, self.nonatomic = host, in_block, nonatomic
        self.fixed = 0
        """Callers that were created with SET."""
        self.cursors = set[str]()
        """Cursors that are open; a transaction's end closes them."""
        self._started = False
        """A NONATOMIC procedure has started a transaction block."""
        self._open = in_block
        """The engine is in a transaction block."""
        self.handled = False
        """A handler has ended the transaction of the caller."""

    async def begin(self) -> None:
        """Begin the transaction of a call."""
        if not self.nonatomic and not self._open:
            await self._send("BEGIN")

    async def finish(self) -> None:
        """End the transaction of a call that went well."""
        if self._open and not self.in_block:
            await self._send("COMMIT", logged=not self._host.log.at_start)

    async def statement_ended(self) -> None:
        """Commit a statement of a NONATOMIC procedure outside of a transaction block."""
        if not self.nonatomic or self.in_block or self._started:
            return
        if self._open:
            await self._send("COMMIT")
            await self._sync()
        else:
            await self._sync()
            self._host.log.ended_transaction("COMMIT")
        self.cursors.clear()

    async def hold(self) -> None:
        """Have a transaction block, which a cursor needs, up to the next statement that is committed."""
        if not self._open:
            await self._send("BEGIN")

    async def start(self) -> None:
        """Run START TRANSACTION, which does nothing if a block is open."""
        if not self._open:
            await self._send("BEGIN")
            self._host.log.next_transaction()
        self._started = True

    async def end(self, verb: str) -> None:
        """Run COMMIT, ROLLBACK, or the commit of TRUNCATE; another transaction begins. Raises SqlError."""
        self.check(verb)
        self.cursors.clear()
        if self.nonatomic and not self.in_block:
            if self._open:
                await self._send("ROLLBACK" if verb == "ROLLBACK" else "COMMIT")
            await self._sync()
            self._started = False
            return
        await self._send("ROLLBACK" if verb == "ROLLBACK" else "COMMIT")
        await self._send("BEGIN")

    def check(self, verb: str) -> None:
        """Raise SqlError if a procedure must not end its caller's transaction."""
        if not self.nonatomic and (self.in_block or self.fixed):
            raise SqlError(
                "2D000",
                f"{verb} cannot be invoked from a procedure that is executing in an atomic context.",
                hint=_HINT,
            )

    async def recover(self, error: SqlError) -> None:
        """Roll back after an error, and begin the transaction of its handler."""
        await self.abandon(error)
        self.handled = True
        if not self.nonatomic or self.in_block:
            await self._send("BEGIN")

    async def abandon(self, error: SqlError) -> None:
        """Roll back after an error."""
        if not (isinstance(error, BackendError) and self._host.link.skipping):
            await self._host.refuse(error)
        await self._sync()
        if self._host.link.status != b"I":
            await self._send("ROLLBACK")
        self.cursors.clear()
        self._open = self._started = False

    async def handled_end(self) -> None:
        """Commit what a handler did; what comes next is the error, thrown again."""
        await self._send("COMMIT")

    async def leave_failed(self) -> None:
        """Leave the client in a block, as it was; what is raised next makes that one a failed one."""
        await self._send("BEGIN")

    async def _send(self, verb: str, *, logged: bool = True) -> None:
        await self._host.link.query(verb)
        self._open = verb == "BEGIN"
        if verb != "BEGIN" and logged:
            self._host.log.ended_transaction(verb)

    async def _sync(self) -> None:
        await self._host.link.settled(self._host.link.ask(frames.SYNC))
