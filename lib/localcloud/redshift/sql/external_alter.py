"""ALTER TABLE of an external table as data.

https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_external-table.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from localcloud.redshift.errors import not_supported, syntax_error
from localcloud.redshift.sql.external_tables import pairs, qualified, string
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import string_value
from localcloud.redshift.sql.reader import Reader


@dataclass(frozen=True)
class Partition:
    """A partition: its keys with their values, and perhaps where it is."""

    values: Mapping[str, str]
    location: str = ""


@dataclass(frozen=True)
class AlterTable:
    """An ALTER TABLE: the action and what belongs to it."""

    schema: str
    table: str
    action: str
    partitions: tuple[Partition, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    calm: bool = False
    """IF NOT EXISTS."""


def read_alter(tokens: Tokens) -> AlterTable:
    """Read an ALTER TABLE of an external table. Raises SqlError at an action that it does not have."""
    reader = Reader(tokens)
    reader.expect("ALTER", "TABLE")
    schema, table = qualified(reader)
    token = reader.next()
    if token.upper == "SET":
        made = _set(reader, schema, table)
    elif token.upper == "ADD" and reader.peek() in ("IF", "PARTITION"):
        calm = reader.if_not_exists()
        partitions = [_partition(reader)]
        while not reader.ended:
            partitions.append(_partition(reader))
        made = AlterTable(schema, table, "ADD PARTITION", tuple(partitions), calm=calm)
    elif token.upper == "DROP" and reader.peek() == "PARTITION":
        made = AlterTable(schema, table, "DROP PARTITION", (_partition(reader),))
    elif token.upper == "PARTITION":
        values = _values(reader)
        reader.expect("SET", "LOCATION")
        made = AlterTable(schema, table, "SET PARTITION LOCATION", (Partition(values, string(reader)),))
    elif token.upper == "RENAME" and reader.accept("COLUMN"):
        old = reader.name()
        reader.expect("TO")
        made = AlterTable(schema, table, "RENAME COLUMN", texts=(old, reader.name()))
    else:
        raise not_supported(f"ALTER TABLE ... {token.upper} of an external table")
    if not reader.ended:
        raise syntax_error(reader.next().text)
    return made


def _set(reader: Reader, schema: str, table: str) -> AlterTable:
    token = reader.next()
    if token.upper == "LOCATION":
        return AlterTable(schema, table, "SET LOCATION", texts=(string(reader),))
    if token.upper == "FILE":
        reader.expect("FORMAT")
        return AlterTable(schema, table, "SET FILE FORMAT", texts=(reader.name().upper(),))
    if token.upper == "TABLE":
        reader.expect("PROPERTIES")
        return AlterTable(schema, table, "SET TABLE PROPERTIES", properties=pairs(reader))
    raise syntax_error(token.text)


def _partition(reader: Reader) -> Partition:
    reader.expect("PARTITION")
    values = _values(reader)
    return Partition(values, string(reader) if reader.accept("LOCATION") else "")


def _values(reader: Reader) -> dict[str, str]:
    reader.expect("(")
    values: dict[str, str] = {}
    while True:
        name = reader.name()
        reader.expect("=")
        token = reader.next()
        values[name] = string_value(token) if token.kind == "string" else token.text
        if not reader.accept(","):
            break
    reader.expect(")")
    return values
