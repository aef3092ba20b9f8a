"""Statements about external tables, which the gateway runs itself.

https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-external-tables.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from localcloud.redshift.errors import not_supported
from localcloud.redshift.session.prepared import Prepared, Running
from localcloud.redshift.spectrum import schemas
from localcloud.redshift.spectrum.copies import Copy
from localcloud.redshift.sql import (
    Facts,
    Plan,
    Session,
    Statement,
    external_alter,
    external_schemas,
    external_tables,
    translate,
)
from localcloud.redshift.sql.external_alter import AlterTable
from localcloud.redshift.sql.external_schemas import ExternalSchema
from localcloud.redshift.sql.external_tables import CreateTable
from localcloud.redshift.sql.facts import TableName
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, is_path
from localcloud.redshift.sql.one_select import one_select


async def create(tokens: Tokens, session: Session, facts: Facts) -> Prepared | None:
    """Return a CREATE EXTERNAL SCHEMA or TABLE ready to run, or None."""
    kinds = [token.upper for token in tokens[1:3]]
    if kinds == ["EXTERNAL", "SCHEMA"]:
        schema = external_schemas.read_schema(tokens)
        return Prepared(Plan(""), CreateSchema(schema)) if isinstance(schema, ExternalSchema) else None
    if kinds != ["EXTERNAL", "TABLE"]:
        return None
    table = external_tables.read_create(tokens)
    query = ""
    if table.query:
        query = await _query(list(table.query), "CREATE EXTERNAL TABLE AS", session, facts)
    return Prepared(Plan(""), Create(table, query))


async def _query(tokens: Tokens, what: str, session: Session, facts: Facts) -> str:
    selected = one_select([Statement("", tokens)], what)
    return (await translate(selected, replace(session, typed_decimals=True), facts)).sql


def _target(tokens: Tokens, index: int, session: Session) -> TableName | None:
    """Return the name of an external table that starts there, or None."""
    if not is_path(tokens, index, 2) or folded(tokens[index]) not in session.external_schemas:
        return None
    return folded(tokens[index]), folded(tokens[index + 2])


async def alter(tokens: Tokens, session: Session, _facts: Facts) -> Prepared | None:
    """Return an ALTER TABLE of an external table ready to run, or None."""
    if tokens[1:2] and tokens[1].upper == "TABLE" and _target(tokens, 2, session):
        return Prepared(Plan(""), Alter(external_alter.read_alter(tokens)))
    return None


async def drop(tokens: Tokens, session: Session, _facts: Facts) -> Prepared | None:
    """Return a DROP TABLE of an external table ready to run, or None."""
    if_exists = len(tokens) > 2 and tokens[2].upper == "IF"
    index = 4 if if_exists else 2
    name = _target(tokens, index, session) if tokens[1:2] and tokens[1].upper == "TABLE" else None
    if name is None:
        return None
    if [token.upper for token in tokens[index + 3 :]] not in ([], ["CASCADE"], ["RESTRICT"]):
        raise not_supported("DROP TABLE of several tables, one of them external", hint="drop one table per statement")
    return Prepared(Plan(""), Drop(name, if_exists))


async def insert(tokens: Tokens, session: Session, facts: Facts) -> Prepared | None:
    """Return an INSERT into an external table ready to run, or None."""
    name = _target(tokens, 2, session) if tokens[1:2] and tokens[1].upper == "INTO" else None
    if name is None:
        return None
    return Prepared(Plan(""), Insert(name, await _query(tokens[5:], "INSERT into an external table", session, facts)))


@dataclass(frozen=True)
class CreateSchema:
    """CREATE EXTERNAL SCHEMA."""

    schema: ExternalSchema

    async def run(self, context: Running) -> str:
        """Create the schema."""
        return await schemas.create(context, self.schema)


@dataclass(frozen=True)
class Create:
    """CREATE EXTERNAL TABLE, with the query of one AS."""

    table: CreateTable
    query: str

    async def run(self, context: Running) -> str:
        """Describe the files, or write them."""
        from localcloud.redshift.spectrum import ddl, writing  # noqa: PLC0415  late: 50 MB and 1.4 s of Arrow

        if self.query:
            return await writing.create_as(context, self.table, self.query)
        return await ddl.create(context, self.table)


@dataclass(frozen=True)
class Alter:
    """ALTER TABLE of an external table."""

    change: AlterTable

    async def run(self, context: Running) -> str:
        """Change the entry of the catalog."""
        from localcloud.redshift.spectrum import ddl  # noqa: PLC0415  late: 50 MB and 1.4 s of Arrow

        return await ddl.alter(context, self.change)


@dataclass(frozen=True)
class Drop:
    """DROP TABLE of an external table."""

    name: TableName
    if_exists: bool

    async def run(self, context: Running) -> str:
        """Remove the table from the catalog."""
        from localcloud.redshift.spectrum import ddl  # noqa: PLC0415  late: 50 MB and 1.4 s of Arrow

        return await ddl.drop(context, *self.name, self.if_exists)


@dataclass(frozen=True)
class Insert:
    """INSERT into an external table."""

    name: TableName
    query: str

    async def run(self, context: Running) -> str:
        """Write new files."""
        from localcloud.redshift.spectrum import writing  # noqa: PLC0415  late: 50 MB and 1.4 s of Arrow

        return await writing.insert(context, *self.name, self.query)


@dataclass(frozen=True)
class Fill:
    """Fills the session's copies of external tables."""

    copies: tuple[Copy, ...]

    async def run(self, context: Running) -> None:
        """Read the external tables again."""
        from localcloud.redshift.spectrum import tables  # noqa: PLC0415  late: 50 MB and 1.4 s of Arrow

        await tables.fill(context.link, context.settings, list(self.copies))
