"""The session's copy of an external table as data: what it holds, and how it is made and asked for.

https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-external-tables.html
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from localcloud.redshift.sql.names import identifier


@dataclass(frozen=True)
class Column:
    """A column: its name, its type in the engine, and how Trino is asked for its text."""

    name: str
    type: str
    expression: str
    bytes: int | None = None
    """The most bytes of a text; longer ones are cut without an error (r_CREATE_EXTERNAL_TABLE, data_type)."""


@dataclass(frozen=True)
class Copy:
    """The session's copy of an external table: its name here, where it comes from, what it has of it."""

    name: str
    database: str
    table: str
    columns: tuple[Column, ...]
    reading: tuple[tuple[str, str], ...] = ()
    """Session properties of Trino."""
    lasting: bool = False
    """Whether it outlives the session."""

    @property
    def definition(self) -> str:
        """Return the statement that makes the empty copy."""
        columns = ", ".join(f"{identifier(column.name)} {column.type}" for column in self.columns)
        return f"CREATE {'' if self.lasting else 'TEMP '}TABLE IF NOT EXISTS {self.name} ({columns})"

    @property
    def query(self) -> str:
        """Return what Trino is asked for."""
        listed = ", ".join(column.expression for column in self.columns)
        return f"SELECT {listed} FROM {identifier(self.database)}.{identifier(self.table)}"


def written(copy: Copy) -> str:
    """Return a copy as JSON, from which `read` makes it again."""
    return json.dumps(asdict(copy))


def read(text: str) -> Copy:
    """Return the copy that was written as JSON."""
    spec = json.loads(text)
    columns = tuple(Column(**column) for column in spec["columns"])
    reading = tuple((name, value) for name, value in spec["reading"])
    return Copy(**{**spec, "columns": columns, "reading": reading})
