"""Columns and types of Hive DDL, and the same types in the engine's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from localcloud.athena.failure import QueryFailed, hive_error
from localcloud.athena.reader import Reader
from localcloud.athena.statements import names

Column = dict[str, str]

# https://docs.aws.amazon.com/athena/latest/ug/data-types.html
_LENGTHS = {"char": 255, "varchar": 65_535}
_MAX_PRECISION = 38

_ALIASES = {"integer": "int"}
"""Page data-types: `int` is the word of DDL, but its examples have `array<integer>`."""
_ENGINE = {"int": "integer", "string": "varchar", "float": "real", "binary": "varbinary"}
_PLAIN = [
    "tinyint",
    "smallint",
    "int",
    "bigint",
    "boolean",
    "float",
    "double",
    "string",
    "date",
    "timestamp",
    "binary",
    "decimal",
    "varchar",
    "char",
]
_NESTED = ("array", "map", "struct")


def read_columns(reader: Reader) -> list[Column]:
    """Return the `(name type [COMMENT 'text'], ...)` that come next, as the catalog keeps columns."""
    columns = []
    reader.need("(")
    while True:
        columns.append(read_column(reader))
        if not reader.take(","):
            break
    reader.need(")")
    return columns


def read_column(reader: Reader) -> Column:
    """Return one `name type [COMMENT 'text']`."""
    column = {"Name": names.read(reader), "Type": read_type(reader)}
    if reader.take("COMMENT"):
        column["Comment"] = reader.comment()
    return column


@dataclass(frozen=True)
class ColumnPosition:
    """Where a column shall stand: after another, or first."""

    after: str | None


def read_change(reader: Reader) -> tuple[str, Column, ColumnPosition | None]:
    """Return the `[COLUMN] old new type [COMMENT 'text'] [FIRST | AFTER column]` that comes next, to its end."""
    reader.take("COLUMN")
    name = names.read(reader)
    column = read_column(reader)
    position = None
    if reader.take("FIRST"):
        position = ColumnPosition(None)
    elif reader.take("AFTER"):
        position = ColumnPosition(names.read(reader))
    reader.done()
    return name, column, position


def check(columns: Sequence[Column], keys: Sequence[Column]) -> None:
    """Make sure that no two columns have one name.

    Raises:
        QueryFailed: Hive's error for a column that repeats, or for a partition key that repeats a column.
    """
    seen: set[str] = set()
    for column in columns:
        if column["Name"] in seen:
            raise hive_error(f"SemanticException [Error 10036]: Duplicate column name: {column['Name']}")
        seen.add(column["Name"])
    for key in keys:
        if key["Name"] in seen:
            raise hive_error("SemanticException [Error 10035]: Column repeated in partitioning columns")
        seen.add(key["Name"])


def read_type(reader: Reader) -> str:
    """Return the Hive type that comes next, in lower case and without spaces."""
    token = reader.token
    name = reader.name()
    name = _ALIASES.get(name, name)
    if name not in (*_PLAIN, *_NESTED):
        raise QueryFailed(
            "HIVE_DDL", f"FAILED: ParseException {_at(reader, token.start)} unknown type {name}", prefix=False
        )
    if name in _NESTED:
        return f"{name}<{_inner(reader, name)}>"
    size = re.sub(r"\s", "", reader.group()) if reader.sees("(") else ""
    if name == "decimal":
        size = size if "," in size else f"{size or 10},0"
    if name in ("varchar", "char") and not size.isdigit():
        raise reader.mismatch("'(' <length> ')'")
    _check_size(name, size)
    return f"{name}({size})" if size else name


def _check_size(name: str, size: str) -> None:
    if name in _LENGTHS and not 1 <= int(size) <= _LENGTHS[name]:
        text = f"{name} length {size} out of allowed range [1, {_LENGTHS[name]}]"
        raise hive_error(f"RuntimeException {text}")
    if name == "decimal":
        digits, _, scale = size.partition(",")
        if not (
            digits.isdigit() and scale.isdigit() and 1 <= int(digits) <= _MAX_PRECISION and int(scale) <= int(digits)
        ):
            raise hive_error(f"ParseException Invalid decimal precision or scale: decimal({size})")
    elif size and name not in _LENGTHS:
        raise hive_error(f"ParseException Type {name} has no length: {name}({size})")


def _inner(reader: Reader, name: str) -> str:
    reader.need("<")
    parts = []
    while True:
        prefix = ""
        if name == "struct":
            prefix = reader.name() + ":"
            reader.need(":")
        parts.append(prefix + read_type(reader))
        if name == "struct" and reader.take("COMMENT"):
            reader.string()
        if not reader.take(","):
            break
    reader.need(">")
    if len(parts) != {"array": 1, "map": 2}.get(name, len(parts) or 1):
        raise hive_error(f"ParseException {name}<{','.join(parts)}> has {len(parts)} types")
    if name == "map" and parts[0].startswith(_NESTED):
        raise hive_error(f"ParseException the key of map<{','.join(parts)}> must have a primitive type")
    return ",".join(parts)


def read_keys(reader: Reader) -> list[Column]:
    """Return the partition keys that come next, which must have primitive types."""
    keys = read_columns(reader)
    for key in keys:
        if key["Type"].startswith(_NESTED):
            raise hive_error(f"SemanticException Partition column {key['Name']} must have a primitive type")
    return keys


def _at(reader: Reader, start: int) -> str:
    before = reader.sql[:start]
    return f"line {before.count(chr(10)) + 1}:{len(before) - (before.rfind(chr(10)) + 1) + 1}"


def engine_type(hive_type: str) -> str:
    """Return the engine's name of a Hive type, for an Iceberg table (whose timestamps have six digits)."""
    return _engine_type(Reader(hive_type, hive=True))


def _engine_type(reader: Reader) -> str:
    name = reader.name()
    if name == "timestamp":
        return "timestamp(6)"
    if name in ("array", "map"):
        reader.need("<")
        inner = [_engine_type(reader)]
        while reader.take(","):
            inner.append(_engine_type(reader))
        reader.need(">")
        return f"{name}({', '.join(inner)})"
    if name == "struct":
        return f"row({', '.join(_fields(reader))})"
    size = f"({reader.group()})" if reader.sees("(") else ""
    return _ENGINE.get(name, name) + size


def _fields(reader: Reader) -> list[str]:
    reader.need("<")
    fields = []
    while not reader.sees(">"):
        name = reader.name()
        reader.need(":")
        fields.append(f'"{name}" {_engine_type(reader)}')
        reader.take(",")
    reader.need(">")
    return fields
