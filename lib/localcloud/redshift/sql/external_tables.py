"""CREATE EXTERNAL TABLE as data.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_TABLE.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.edits import written
from localcloud.redshift.sql.external_types import glue_type
from localcloud.redshift.sql.lexer import Token, Tokens
from localcloud.redshift.sql.names import string_value
from localcloud.redshift.sql.reader import Reader

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
    query: tuple[Token, ...] = ()


def read_create(tokens: Tokens) -> CreateTable:
    """Read a CREATE EXTERNAL TABLE. Raises SqlError if it breaks the grammar."""
    reader = Reader(tokens)
    reader.expect("CREATE", "EXTERNAL", "TABLE")
    if_not_exists = reader.if_not_exists()
    schema, table = qualified(reader)
    columns = _columns(reader) if reader.peek() == "(" else ()
    clauses = _Clauses()
    while not reader.ended and reader.peek() != "AS":
        clauses.read(reader, typed=bool(columns))
    query = tokens[reader.index :] if reader.accept("AS") else []
    _check(columns, clauses, query)
    storage = Storage(**clauses.storage)  # type: ignore[arg-type]
    location = "s3://" + clauses.location[5:]
    data = (columns, clauses.keys, storage, location, clauses.properties)
    return CreateTable(schema, table, *data, if_not_exists, tuple(query))


def _check(columns: Columns, clauses: _Clauses, query: Tokens) -> None:
    """Raise SqlError if a table has no place, neither columns nor a query, or a column twice."""
    if not clauses.location.lower().startswith("s3://"):
        raise SqlError("42601", "CREATE EXTERNAL TABLE needs LOCATION 's3://...'")
    if bool(columns) == bool(query):
        raise SqlError("42601", "CREATE EXTERNAL TABLE needs either columns or AS with a SELECT")
    repeated = {name for name, _ in columns} & {name for name, _ in clauses.keys}
    if repeated:
        raise SqlError("42701", f'column "{sorted(repeated)[0]}" is both a column and a partition column')


class _Clauses:
    """The clauses after the columns, in any order."""

    def __init__(self) -> None:
        self.keys: Columns = ()
        self.location = ""
        self.properties: dict[str, str] = {}
        self.storage: dict[str, object] = {}

    def read(self, reader: Reader, *, typed: bool) -> None:
        """Take one clause. Raises SqlError at another word."""
        token = reader.next()
        if token.upper == "PARTITIONED":
            reader.expect("BY")
            self.keys = _columns(reader) if typed else tuple((name, "") for name in reader.names())
        elif token.upper == "ROW":
            reader.expect("FORMAT")
            self._row_format(reader)
        elif token.upper == "STORED":
            reader.expect("AS")
            self._stored_as(reader)
        elif token.upper == "LOCATION":
            self.location = string(reader)
        elif token.upper == "TABLE":
            reader.expect("PROPERTIES")
            self.properties |= pairs(reader)
        elif token.upper == "WITH":
            reader.expect("SERDEPROPERTIES")
            self.storage["parameters"] = pairs(reader)
        else:
            raise syntax_error(token.text)

    def _row_format(self, reader: Reader) -> None:
        if reader.accept("SERDE"):
            self.storage["serde"] = string(reader)
            return
        reader.expect("DELIMITED")
        parameters: dict[str, str] = {}
        while reader.peek() in ("FIELDS", "LINES"):
            name = "field.delim" if reader.next().upper == "FIELDS" else "line.delim"
            reader.expect("TERMINATED", "BY")
            parameters[name] = _character(reader.next())
        self.storage |= {"delimited": True, "lines": "line.delim" in parameters, "parameters": parameters}

    def _stored_as(self, reader: Reader) -> None:
        if reader.accept("INPUTFORMAT"):
            given = string(reader)
            reader.expect("OUTPUTFORMAT")
            self.storage["classes"] = (given, string(reader))
            return
        self.storage["format"] = reader.name().upper()


def qualified(reader: Reader) -> tuple[str, str]:
    """Take `schema.table`. Raises SqlError if the schema is missing: no search path holds external tables."""
    schema = reader.name()
    if not reader.accept("."):
        raise SqlError("42P01", f'external table "{schema}" needs the name of its external schema')
    return schema, reader.name()


def _columns(reader: Reader) -> Columns:
    reader.expect("(")
    columns: list[tuple[str, str]] = []
    while True:
        name = reader.name()
        first, depth = reader.index, 0
        while depth or reader.peek() not in (",", ")"):
            text = reader.next().text
            depth += len(re.findall(r"[<(]", text)) - len(re.findall(r"[>)]", text))
        if reader.index == first:
            raise syntax_error(name)
        columns.append((name, glue_type(written(reader.tokens[first : reader.index]))))
        if not reader.accept(","):
            break
    reader.expect(")")
    names = [name for name, _ in columns]
    for name in names:
        if name.startswith("$") or names.count(name) > 1:
            raise SqlError("42701", f'column "{name}" cannot be given, or is given twice')
    return tuple(columns)


def pairs(reader: Reader) -> dict[str, str]:
    """Take a list such as ('key'='value', ...)."""
    reader.expect("(")
    properties: dict[str, str] = {}
    while True:
        key = string(reader)
        reader.expect("=")
        properties[key] = string(reader)
        if not reader.accept(","):
            break
    reader.expect(")")
    return properties


def string(reader: Reader) -> str:
    """Take a string literal. Raises SqlError at another token."""
    token = reader.next()
    if token.kind != "string":
        raise syntax_error(token.text)
    return string_value(token)


def _character(token: Token) -> str:
    r"""Return a delimiter: one ASCII character, an escape, or an octal number up to \177."""
    octal = re.fullmatch(r"'\\([0-7]{3})'", token.text)
    if token.kind != "string":
        raise syntax_error(token.text)
    value = {"'\\A'": "\x01"}.get(token.text) or (chr(int(octal[1], 8)) if octal else string_value(token))
    if len(value) != 1 or not value.isascii():
        raise not_supported(f"delimiter {value!r}: anything but one ASCII character")
    return value
