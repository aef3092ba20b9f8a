"""COPY and UNLOAD, which the gateway runs itself.

https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html, https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from localcloud.redshift.session.prepared import Prepared, Running
from localcloud.redshift.sql import Facts, Plan, Session, split, translate
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.one_select import one_select
from localcloud.redshift.sql.qualified import without_database
from localcloud.redshift.transfer.statements import Copy, parse_copy
from localcloud.redshift.transfer.unload_statement import Unload, parse_unload


async def copy(tokens: Tokens, _session: Session, _facts: Facts) -> Prepared:
    """Return a COPY ready to be run."""
    return Prepared(Plan(""), Load(parse_copy(tokens)))


async def unload(tokens: Tokens, session: Session, facts: Facts) -> Prepared:
    """Return an UNLOAD ready to be run."""
    parsed = parse_unload(tokens)
    query = without_database(one_select(split(parsed.query)), session.database)
    # Files have types as tables have: the digits of decimals must be known.
    plan = await translate(query, replace(session, typed_decimals=True), facts)
    return Prepared(Plan(""), Export(parsed, plan.sql))


@dataclass(frozen=True)
class Load:
    """COPY."""

    copy: Copy

    async def run(self, context: Running) -> str:
        """Load the table."""
        from localcloud.redshift.transfer.load import run_copy  # noqa: PLC0415  late: 50 MB and 1.4 s of Arrow

        return await run_copy(context, self.copy)


@dataclass(frozen=True)
class Export:
    """UNLOAD, with its query in the engine's SQL."""

    unload: Unload
    query: str

    async def run(self, context: Running) -> str:
        """Write the files."""
        from localcloud.redshift.transfer.unload import run_unload  # noqa: PLC0415  late: 50 MB and 1.4 s of Arrow

        return await run_unload(context, self.unload, self.query)
