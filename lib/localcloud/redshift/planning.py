"""Which wing a statement is of: the engine's SQL, COPY and UNLOAD, procedures, or external tables.

https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_commands.html
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from localcloud.redshift import refresh
from localcloud.redshift.errors import ConnectionEnded, Skipped, SqlError
from localcloud.redshift.procedures import create as create_procedure
from localcloud.redshift.procedures import statement as call
from localcloud.redshift.protocol.frames import Column
from localcloud.redshift.session import enginefacts
from localcloud.redshift.session.guards import guard_of
from localcloud.redshift.session.history import kind_of
from localcloud.redshift.session.prepared import Prepared, Running
from localcloud.redshift.spectrum import commands as spectrum
from localcloud.redshift.spectrum import schemas
from localcloud.redshift.spectrum.copies import Copy
from localcloud.redshift.sql import Facts, Session, Statement, Wanted, qualified, translate
from localcloud.redshift.sql.facts import TableName
from localcloud.redshift.sql.folding import fold
from localcloud.redshift.sql.lexer import Token, Tokens
from localcloud.redshift.streaming import schemas as streaming
from localcloud.redshift.transfer import commands as transfer

_log = logging.getLogger(__name__)
_OF_FILES = frozenset(("SVV_EXTERNAL_TABLES", "SVV_EXTERNAL_COLUMNS", "SVV_EXTERNAL_PARTITIONS"))
"""Views that show the Data Catalog as it is now."""

Wing = Callable[[Tokens, Session, Facts], Awaitable[Prepared | None]]
"""Makes a statement ready; None if it is not for this wing."""


async def _create_procedure(tokens: Tokens, _session: Session, _facts: Facts) -> Prepared | None:
    is_procedure = any(token.upper == "PROCEDURE" for token in tokens[1:4])
    return Prepared(create_procedure.plan(tokens)) if is_procedure else None


WINGS: Mapping[str, tuple[Wing, ...]] = {
    "COPY": (transfer.copy,),
    "UNLOAD": (transfer.unload,),
    "CALL": (call.prepare,),
    "CREATE": (spectrum.create, streaming.create, _create_procedure),
    "ALTER": (spectrum.alter, streaming.alter),
    "DROP": (spectrum.drop,),
    "INSERT": (spectrum.insert,),
    "REFRESH": (refresh.prepare,),
}
"""First word -> who may run such a statement instead of the engine."""


async def plan(statement: Statement, session: Session, facts: Facts) -> Prepared:
    """Return a statement ready to be run. Raises SqlError."""
    tokens = qualified.without_database(statement.tokens, session.database)
    if any(token.kind == "quoted" for token in tokens):
        tokens = fold(tokens, session)
    for wing in WINGS.get(statement.verb, ()):
        prepared = await wing(tokens, session, facts)
        if prepared is not None:
            return prepared
    prepared, guard = Prepared(await translate(tokens, session, facts)), guard_of(tokens)
    return prepared if guard is None else prepared.after(guard)


def _shows_files(token: Token) -> bool:
    return token.kind in ("word", "quoted") and token.text.strip('"').upper() in _OF_FILES


class _Catalog:
    """Answers what a translation asks, in the client's transaction; keeps the copies of external tables."""

    def __init__(self, context: Running, types: bytes) -> None:
        self._context, self._types = context, types
        self.made: list[Copy] = []
        """The copies to fill before the statement runs."""

    async def columns(self, query: str) -> list[Column]:
        return await enginefacts.columns(self._context.link, query, self._types, self._context.engine.types)

    async def rows(self, query: str, *values: str) -> list[list[str]]:
        return await enginefacts.rows(self._context.link, query, *values)

    async def copies(self, wanted: Wanted) -> Mapping[TableName, str]:
        from localcloud.redshift.spectrum.tables import make  # noqa: PLC0415  late: 50 MB and 1.4 s of Arrow

        stages = await streaming.make(self._context, wanted)
        others = tuple(table for table in wanted.tables if table not in stages)
        names, made = await make(self._context, replace(wanted, tables=others)) if others else ({}, [])
        self.made += made
        return {**names, **stages}


class Planning:
    """Makes the statements of all sessions ready."""

    async def prepare(self, statement: Statement, context: Running, types: bytes) -> Prepared:
        """Return a statement ready to be run; `types` are its parameters' as a Parse message has them."""
        if context.sql.external_schemas and any(_shows_files(token) for token in statement.tokens):
            await self.refresh(context, context.identity.database)
        catalog = _Catalog(context, types)
        prepared = await _planned(statement, context.sql, Facts(catalog))
        if catalog.made:
            prepared = prepared.after(spectrum.Fill(tuple(catalog.made)))
        kind = kind_of(statement.tokens)
        return replace(prepared, source=statement.source, verb=statement.verb, kind=kind)

    async def refresh(self, context: Running, database: str) -> None:
        """Bring the views of external tables of a database up to date with the Data Catalog."""
        await schemas.refresh(context.engine, context.settings, database)


async def _planned(statement: Statement, session: Session, facts: Facts) -> Prepared:
    """Return what `plan` returns; what breaks in the translation itself is a SqlError too."""
    try:
        return await plan(statement, session, facts)
    except (SqlError, Skipped, ConnectionEnded, OSError):
        raise
    except Exception as error:
        _log.exception("a statement could not be translated")
        raise SqlError("XX000", f"the statement could not be translated: {type(error).__name__}: {error}") from None
