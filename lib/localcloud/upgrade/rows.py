"""The rows, counted and digested on the way; one that differs in a single byte is an error with both numbers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from psycopg import sql

from localcloud.errors import LocalCloudError
from localcloud.upgrade.servers import Connection

_RELATIONS = """
SELECT c.oid::bigint, n.nspname::text, c.relname::text, c.relkind::text, c.relispopulated,
  ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
    AND NOT a.attisdropped ORDER BY a.attnum)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'redshift_lab')
ORDER BY n.nspname, c.relname
"""
_SEQUENCES = """
SELECT n.nspname::text, c.relname::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'redshift_lab')
"""
_AS_TABLE = (
    "UPDATE pg_catalog.pg_class SET relkind = 'r', relhasrules = false WHERE oid = %s",
    "UPDATE pg_catalog.pg_class SET relkind = 'm', relhasrules = true, relispopulated = true WHERE oid = %s",
)


@dataclass(frozen=True)
class Relation:
    """A table or a materialized view."""

    schema: str
    name: str
    kind: str
    populated: bool
    columns: tuple[str, ...]
    number: int

    @property
    def shown(self) -> str:
        """Return the name as a person writes it."""
        return f"{self.schema}.{self.name}"

    @property
    def identifier(self) -> sql.Identifier:
        """Return the quoted name."""
        return sql.Identifier(self.schema, self.name)

    @property
    def listed(self) -> sql.Composed:
        """Return the quoted names of the columns."""
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))


@dataclass
class Tally:
    """How many rows there are, and a digest of them that does not depend on their order: PostgreSQL keeps none."""

    rows: int = 0
    total: int = 0

    def add(self, row: memoryview | bytes | bytearray) -> None:
        """Count a row."""
        self.rows += 1
        self.total += int.from_bytes(hashlib.blake2b(row, digest_size=16).digest())

    @property
    def digest(self) -> str:
        """Return the start of the digest."""
        return f"{self.total % 2**128:032x}"[:16]


def relations(connection: Connection) -> list[Relation]:
    """Return what holds rows in a database."""
    rows = connection.execute(_RELATIONS.encode()).fetchall()
    return [
        Relation(schema, name, kind, filled, tuple(columns), oid) for oid, schema, name, kind, filled, columns in rows
    ]


def carry(copy: Connection, new: Connection) -> dict[str, Tally]:
    """Copy the rows of all tables and materialized views, and how far identity columns got; return what was read."""
    tallies = dict[str, Tally]()
    numbers = {(relation.schema, relation.name): relation.number for relation in relations(new)}
    for relation in relations(copy):
        if relation.populated and relation.columns:
            number = numbers[relation.schema, relation.name]
            tallies[relation.shown] = _carry(copy, new, relation, number)
    for schema, name in copy.execute(_SEQUENCES.encode()).fetchall():
        _carry_sequence(copy, new, sql.Identifier(schema, name))
    return tallies


def require_equal(new: Connection, tallies: dict[str, Tally]) -> None:
    """Read everything again in the new database. Raises LocalCloudError at a row that differs."""
    held = {relation.shown: relation for relation in relations(new) if relation.populated and relation.columns}
    if held.keys() != tallies.keys():
        raise LocalCloudError(f"the new warehouse has other tables: {sorted(held.keys() ^ tallies.keys())}")
    for name, relation in held.items():
        held_rows, expected = _read(new, relation), tallies[name]
        if held_rows != expected:
            raise LocalCloudError(
                f"the table {name} had {expected.rows} rows with the digest {expected.digest}, and in the new "
                f"warehouse it has {held_rows.rows} with {held_rows.digest}"
            )


def _carry(copy: Connection, new: Connection, relation: Relation, number: int) -> Tally:
    tally = Tally()
    take = sql.SQL("COPY {} ({}) FROM STDIN").format(relation.identifier, relation.listed)
    with new.transaction():
        if relation.kind == "m":
            new.execute(_AS_TABLE[0].encode(), (number,))
        with (
            new.cursor() as target,
            target.copy(take) as writing,
            copy.cursor() as source,
            source.copy(_give(relation)) as reading,
        ):
            for row in reading:
                tally.add(row)
                writing.write(row)
        if relation.kind == "m":
            new.execute(_AS_TABLE[1].encode(), (number,))
    return tally


def _read(connection: Connection, relation: Relation) -> Tally:
    tally = Tally()
    with connection.cursor() as source, source.copy(_give(relation)) as reading:
        for row in reading:
            tally.add(row)
    return tally


def _give(relation: Relation) -> sql.Composed:
    """Return the statement that reads all rows as text, which has all that a value has."""
    return sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(relation.listed, relation.identifier)


def _carry_sequence(copy: Connection, new: Connection, name: sql.Identifier) -> None:
    row = copy.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(name)).fetchone()
    assert row is not None  # a sequence is one row
    shown = name.as_string(new)
    new.execute("SELECT pg_catalog.setval(%s::regclass, %s, %s)", (shown, *row))
