"""Statements about external tables as data: CREATE, ALTER and DROP, and the head of INSERT.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_TABLE.html, r_ALTER_TABLE_external-table.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.external_types import glue_type
from localcloud.redshift.sql.lexer import Token, string_value, tokens
from localcloud.redshift.transfer.options import Reader

Columns = tuple[tuple[str, str], ...]
"""Names, and types of the Data Catalog."""


@dataclass(frozen=True)
class Storage:
    """How the files are written: ROW FORMAT, STORED AS, LOCATION."""

    format: str = "TEXTFILE"
    classes: tuple[str, str] | None = None
    """INPUTFORMAT and OUTPUTFORMAT, where they are given."""
    serde: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    delimited: bool = False
    lines: bool = False
    """Whether LINES TERMINATED BY is given."""


@dataclass(frozen=True)
class CreateTable:
    """A CREATE EXTERNAL TABLE; with a query it is one AS, whose keys have no types."""

    schema: str
    table: str
    columns: Columns
    keys: Columns
    storage: Storage
    location: str
    properties: Mapping[str, str]
    if_not_exists: bool = False
    query: str = ""


@dataclass(frozen=True)
class Partition:
    """A partition: its keys with their values, and perhaps where it lies."""

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


def read_create(sql: str) -> CreateTable:
    """Read a CREATE EXTERNAL TABLE. Raises SqlError where it breaks the grammar."""
    words = tokens(sql)
    reader = Reader(words)
    for word in ("CREATE", "EXTERNAL", "TABLE"):
        reader.expect(word)
    calm = _if_not_exists(reader)
    schema, table = _qualified(reader)
    columns = _columns(reader, words, sql) if reader.peek() == "(" else ()
    clauses = _Clauses()
    while not reader.ended and reader.peek() != "AS":
        clauses.read(reader, words, sql, typed=bool(columns))
    query = ""
    if reader.accept("AS"):
        query = sql[words[reader.place].start :] if not reader.ended else ""
    if not clauses.location.lower().startswith("s3://"):
        raise SqlError("42601", "CREATE EXTERNAL TABLE needs LOCATION 's3://...'")
    if bool(columns) == bool(query):
        raise SqlError("42601", "CREATE EXTERNAL TABLE needs either columns or AS with a SELECT")
    repeated = {name for name, _ in columns} & {name for name, _ in clauses.keys}
    if repeated:
        raise SqlError("42701", f'column "{sorted(repeated)[0]}" is both a column and a partition column')
    storage = Storage(**clauses.storage)  # type: ignore[arg-type]
    location = "s3://" + clauses.location[5:]
    return CreateTable(schema, table, columns, clauses.keys, storage, location, clauses.properties, calm, query)


class _Clauses:
    """The clauses after the columns, in any order."""

    def __init__(self) -> None:
        self.keys: Columns = ()
        self.location = ""
        self.properties: dict[str, str] = {}
        self.storage: dict[str, object] = {}

    def read(self, reader: Reader, words: list[Token], sql: str, *, typed: bool) -> None:
        """Take one clause. Raises SqlError at another word."""
        token = reader.next()
        if token.upper == "PARTITIONED":
            reader.expect("BY")
            self.keys = _columns(reader, words, sql) if typed else tuple((name, "") for name in reader.names())
        elif token.upper == "ROW":
            reader.expect("FORMAT")
            self._row_format(reader)
        elif token.upper == "STORED":
            reader.expect("AS")
            self._stored_as(reader)
        elif token.upper == "LOCATION":
            self.location = _string(reader)
        elif token.upper == "TABLE":
            reader.expect("PROPERTIES")
            self.properties |= _pairs(reader)
        elif token.upper == "WITH":
            reader.expect("SERDEPROPERTIES")
            self.storage["parameters"] = _pairs(reader)
        else:
            raise syntax_error(token.text)

    def _row_format(self, reader: Reader) -> None:
        if reader.accept("SERDE"):
            self.storage["serde"] = _string(reader)
            return
        reader.expect("DELIMITED")
        parameters: dict[str, str] = {}
        while reader.peek() in ("FIELDS", "LINES"):
            name = "field.delim" if reader.next().upper == "FIELDS" else "line.delim"
            reader.expect("TERMINATED")
            reader.expect("BY")
            parameters[name] = _character(reader.next())
        self.storage |= {"delimited": True, "lines": "line.delim" in parameters, "parameters": parameters}

    def _stored_as(self, reader: Reader) -> None:
        if reader.accept("INPUTFORMAT"):
            given = _string(reader)
            reader.expect("OUTPUTFORMAT")
            self.storage["classes"] = (given, _string(reader))
            return
        self.storage["format"] = reader.name().upper()


def read_alter(sql: str) -> AlterTable:
    """Read an ALTER TABLE of an external table. Raises SqlError at an action that it does not have."""
    reader = Reader(tokens(sql))
    reader.expect("ALTER")
    reader.expect("TABLE")
    schema, table = _qualified(reader)
    token = reader.next()
    if token.upper == "SET":
        made = _set(reader, schema, table)
    elif token.upper == "ADD" and reader.peek() in ("IF", "PARTITION"):
        calm = _if_not_exists(reader)
        partitions = [_partition(reader)]
        while not reader.ended:
            partitions.append(_partition(reader))
        made = AlterTable(schema, table, "ADD PARTITION", tuple(partitions), calm=calm)
    elif token.upper == "DROP" and reader.peek() == "PARTITION":
        made = AlterTable(schema, table, "DROP PARTITION", (_partition(reader),))
    elif token.upper == "PARTITION":
        values = _values(reader)
        reader.expect("SET")
        reader.expect("LOCATION")
        made = AlterTable(schema, table, "SET PARTITION LOCATION", (Partition(values, _string(reader)),))
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
        return AlterTable(schema, table, "SET LOCATION", texts=(_string(reader),))
    if token.upper == "FILE":
        reader.expect("FORMAT")
        return AlterTable(schema, table, "SET FILE FORMAT", texts=(reader.name().upper(),))
    if token.upper == "TABLE":
        reader.expect("PROPERTIES")
        return AlterTable(schema, table, "SET TABLE PROPERTIES", properties=_pairs(reader))
    raise syntax_error(token.text)


def _partition(reader: Reader) -> Partition:
    reader.expect("PARTITION")
    values = _values(reader)
    return Partition(values, _string(reader) if reader.accept("LOCATION") else "")


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


def _if_not_exists(reader: Reader) -> bool:
    if not reader.accept("IF"):
        return False
    reader.expect("NOT")
    reader.expect("EXISTS")
    return True


def _qualified(reader: Reader) -> tuple[str, str]:
    """Take `schema.table`. Raises SqlError where the schema is missing: no search path holds external tables."""
    schema = reader.name()
    if not reader.accept("."):
        raise SqlError("42P01", f'external table "{schema}" needs the name of its external schema')
    return schema, reader.name()


def _columns(reader: Reader, words: list[Token], sql: str) -> Columns:
    reader.expect("(")
    columns: list[tuple[str, str]] = []
    while True:
        name = reader.name()
        first, depth = reader.place, 0
        while depth or reader.peek() not in (",", ")"):
            text = reader.next().text
            depth += len(re.findall(r"[<(]", text)) - len(re.findall(r"[>)]", text))
        if reader.place == first:
            raise syntax_error(name)
        columns.append((name, glue_type(sql[words[first].start : words[reader.place - 1].end])))
        if not reader.accept(","):
            break
    reader.expect(")")
    names = [name for name, _ in columns]
    for name in names:
        if name.startswith("$") or names.count(name) > 1:
            raise SqlError("42701", f'column "{name}" cannot be given, or is given twice')
    return tuple(columns)


def _pairs(reader: Reader) -> dict[str, str]:
    reader.expect("(")
    pairs: dict[str, str] = {}
    while True:
        key = _string(reader)
        reader.expect("=")
        pairs[key] = _string(reader)
        if not reader.accept(","):
            break
    reader.expect(")")
    return pairs


def _string(reader: Reader) -> str:
    token = reader.next()
    if token.kind != "string":
        raise syntax_error(token.text)
    return string_value(token)


def _character(token: Token) -> str:
    """Return a delimiter: one ASCII character, an escape, or an octal number up to \\177."""
    octal = re.fullmatch(r"'\\([0-7]{3})'", token.text)
    if token.kind != "string":
        raise syntax_error(token.text)
    value = {"'\\A'": "\x01"}.get(token.text) or (chr(int(octal[1], 8)) if octal else string_value(token))
    if len(value) != 1 or not value.isascii():
        raise not_supported(f"delimiter {value!r}: anything but one ASCII character")
    return value


def target(words: list[Token], place: int) -> tuple[str, str] | None:
    """Return schema and table of the name `schema.table` that begins there; None where another stands."""
    if place + 2 >= len(words) or words[place + 1].text != ".":
        return None
    if not is_name(words[place]) or not is_name(words[place + 2]):
        return None
    return folded(words[place]), folded(words[place + 2])
