"""The table that a COPY loads, and the types of its columns."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from localcloud.redshift.errors import BackendError, SqlError
from localcloud.redshift.link import Link
from localcloud.redshift.sql.lexer import identifier

_COLUMNS = """
SELECT a.attname, t.typname, a.atttypmod, a.attnotnull, a.attidentity <> '' OR d.identity IS NOT NULL, a.atthasdef,
       a.attrelid::bigint
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN redshift_lab.columns d ON d.table_id = a.attrelid AND d.name = a.attname
WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
_ARROW = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "time": pa.time64("us"),
    "varchar": pa.string(),
    "bpchar": pa.string(),
    "text": pa.string(),
    "super": pa.string(),
    "varbyte": pa.binary(),
    "bytea": pa.binary(),
}
_NAMES = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "REAL",
    "float8": "DOUBLE PRECISION",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMPTZ",
    "time": "TIME",
    "super": "SUPER",
    "text": "VARCHAR",
}


@dataclass(frozen=True)
class Target:
    """One column: its name, the engine's name of its type, the length or precision and scale it was declared with."""

    name: str
    type: str
    modifier: int
    required: bool
    identity: bool
    default: bool

    @property
    def is_text(self) -> bool:
        """Tell whether it holds characters."""
        return self.type in ("varchar", "bpchar", "text")

    @property
    def length(self) -> int | None:
        """Return the most bytes that it holds, None where there is no limit."""
        return self.modifier - 4 if self.is_text and self.modifier >= 4 else None

    @property
    def scale(self) -> int | None:
        """Return the digits after the point of a NUMERIC, None for other types."""
        return (self.modifier - 4) & 0x7FF if self.type == "numeric" and self.modifier >= 4 else None

    @property
    def precision(self) -> int:
        """Return the digits of a NUMERIC."""
        return ((self.modifier - 4) >> 16) & 0xFFFF if self.modifier >= 4 else 38

    @property
    def arrow(self) -> pa.DataType:
        """Return the Arrow type whose binary form the engine takes. Raises SqlError where there is none."""
        if self.type == "numeric":
            return pa.decimal128(min(self.precision, 38), self.scale or 0)
        if self.type not in _ARROW:
            raise SqlError("0A000", f'column "{self.name}" is of a type that COPY cannot load: {self.type}')
        return _ARROW[self.type]

    @property
    def declared(self) -> str:
        """Return the type as Redshift's messages write it."""
        if self.type == "numeric":
            return f"DECIMAL({self.precision},{self.scale})" if self.scale is not None else "DECIMAL"
        if self.length is not None:
            return f"{'CHAR' if self.type == 'bpchar' else 'VARCHAR'}({self.length})"
        return _NAMES.get(self.type, self.type.upper())


@dataclass(frozen=True)
class Table:
    """What is loaded: the name as the client wrote it, and the columns in the order in which the data has them."""

    name: str
    id: int
    columns: tuple[Target, ...]

    @property
    def column_list(self) -> str:
        """Return the columns in parentheses."""
        return f"({', '.join(identifier(column.name) for column in self.columns)})"


async def look_up(link: Link, name: str, wanted: tuple[str, ...], explicit_ids: bool) -> Table:
    """Return the table. Raises SqlError where it, or a column that was named, does not exist."""
    try:
        rows = await link.query(_COLUMNS, name)
    except BackendError as error:
        if error.code == "42P01":
            shown = name.replace('"', "")
            raise BackendError({**error.fields(), "M": f"Cannot COPY into nonexistent table {shown}"}) from None
        raise
    found = {target.name: target for target in (_target(row) for row in rows)}
    missing = [column for column in wanted if column not in found]
    if missing:
        raise SqlError("42703", f'column "{missing[0]}" of relation {name} does not exist')
    chosen = [found[column] for column in wanted] if wanted else list(found.values())
    if not explicit_ids:
        chosen = [column for column in chosen if not column.identity]
    return Table(name, int(rows[0][6] or 0), tuple(chosen))


def _target(row: list[bytes | None]) -> Target:
    text = [(value or b"").decode() for value in row]
    return Target(text[0], text[1], int(text[2]), text[3] == "t", text[4] == "t", text[5] == "t")
