"""What the engine is asked for an UNLOAD: rows as CSV, with each value in the form that the file wants.

The columns of the CSV are those of the file, then one text for each partition key.
https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html (usage notes)
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.errors import SqlError
from localcloud.redshift.protocol.frames import Column
from localcloud.redshift.protocol.modifiers import digits_of
from localcloud.redshift.sql.names import literal
from localcloud.redshift.transfer.unload_statement import Unload

_TEXT = ("varchar", "bpchar", "text")
_NUMBERS = ("int2", "int4", "int8", "numeric")
_FLOATS = ("float4", "float8")
_KEYS = {"int2", "int4", "int8", "numeric", "float4", "bool", "date", "timestamp", *_TEXT}
"""Types of partition keys."""
_BYTES = ("bytea", "varbyte")
_SPATIAL = ("geometry", "geography")


@dataclass(frozen=True)
class Field:
    """A column of the query: its name, the engine's type and modifier, and its name in the engine's query."""

    name: str
    type: str
    modifier: int
    reference: str

    @property
    def is_text(self) -> bool:
        """Return whether it is CHAR or VARCHAR."""
        return self.type in _TEXT


@dataclass(frozen=True)
class Shape:
    """The query of an UNLOAD for the engine, and how its rows fall into files."""

    statement: str
    fields: tuple[Field, ...]
    """All columns of the query."""
    kept: tuple[Field, ...]
    """The columns that the files hold."""
    keys: tuple[str, ...]
    """The names of the partition keys."""


def shape_of(query: str, unload: Unload, columns: list[Column], types: list[str]) -> Shape:
    """Return the shape of an UNLOAD. Raises SqlError if a column does not suit the format or the partitions."""
    fields = tuple(
        Field(column.name, type_name, column.modifier, f"c{number}")
        for number, (column, type_name) in enumerate(zip(columns, types, strict=True))
    )
    _check_names(unload, fields)
    keys = [_key(name, fields) for name in unload.partition_by]
    kept = fields if unload.include else tuple(field for field in fields if field not in keys)
    if not kept:
        raise SqlError("22023", "UNLOAD: at least one column must not be a partition column")
    for field in kept:
        _check_type(unload, field)
    values = [_json_line(kept)] if unload.format == "json" else [_value(field, unload) for field in kept]
    values += [_key_text(key) for key in keys]
    names = ", ".join(field.reference for field in fields)
    rows = f"({query}) AS unloaded ({names})"
    if any(map(_is_unbounded, fields)):
        rows = f"(SELECT {', '.join(map(_bounded, fields))} FROM {rows}) AS bounded"
    selected = f"SELECT {', '.join(values)} FROM {rows}"
    # Null is nothing, an empty text is two quotes.
    return Shape(f"COPY ({selected}) TO STDOUT (FORMAT csv, NULL '')", fields, kept, unload.partition_by)


def _is_unbounded(field: Field) -> bool:
    """Return whether the engine may compute more digits than a decimal of Redshift's has."""
    return field.type == "numeric" and digits_of(field.modifier) is None


def _bounded(field: Field) -> str:
    name = field.reference
    return f"redshift_lab.within_38_digits({name}) AS {name}" if _is_unbounded(field) else name


def _check_names(unload: Unload, fields: tuple[Field, ...]) -> None:
    names = [field.name for field in fields]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None and (unload.format in ("parquet", "json") or twice in unload.partition_by):
        raise SqlError("42701", f'UNLOAD to {unload.format.upper()}: column "{twice}" is given more than once')


def _key(name: str, fields: tuple[Field, ...]) -> Field:
    field = next((field for field in fields if field.name == name), None)
    if field is None:
        raise SqlError("42703", f'column "{name}" does not exist in the query of UNLOAD')
    if field.type not in _KEYS:
        raise SqlError("0A000", f'column "{name}" of type {field.type} cannot be a partition column of UNLOAD')
    return field


def _check_type(unload: Unload, field: Field) -> None:
    """Raise SqlError at VARBYTE, GEOMETRY or GEOGRAPHY in a format that has no form for it."""
    form = "FIXEDWIDTH" if unload.fixedwidth else unload.format.upper()
    if field.type in (*_BYTES, *_SPATIAL) and form in ("FIXEDWIDTH", "PARQUET", "JSON"):
        kind = "VARBYTE" if field.type in _BYTES else field.type.upper()
        raise SqlError("0A000", f'UNLOAD to {form} does not support {kind}, the type of column "{field.name}"')


def _value(field: Field, unload: Unload) -> str:
    """Return the expression of a column in a file of text or Parquet."""
    if field.type == "bpchar" or (unload.hive and unload.format != "parquet" and field.type == "bool"):
        return f"{field.reference}::pg_catalog.text"  # without the blanks that fill it up; true and false for Hive
    if field.type in _BYTES:
        return f"pg_catalog.encode({field.reference}, 'hex')"
    if field.type in _SPATIAL:
        return f"redshift_lab.hexadecimal({field.reference})"
    if field.type == "super" and unload.format != "parquet":
        return f"coalesce({field.reference}::pg_catalog.json::pg_catalog.text, 'null')"  # NULL AS is not for SUPER
    return field.reference


def _key_text(field: Field) -> str:
    return f"{field.reference}::pg_catalog.text"


def _json_line(fields: tuple[Field, ...]) -> str:
    members = ", ".join(f"{_member(field.name)} || {_json_value(field)}" for field in fields)
    return f"'{{' || pg_catalog.array_to_string(ARRAY[{members}], ',') || '}}'"


def _member(name: str) -> str:
    return f"pg_catalog.to_json({literal(name)}::pg_catalog.text)::pg_catalog.text || ':'"


def _json_value(field: Field) -> str:
    """Return the expression of a value in JSON: null is `null`, booleans are `t` and `f`, SUPER nests."""
    value = field.reference
    text = f"{value}::pg_catalog.text"
    if field.type == "super":
        text = f"{value}::pg_catalog.json::pg_catalog.text"
    elif field.type == "bool":
        text = f"CASE WHEN {value} THEN '\"t\"' WHEN NOT {value} THEN '\"f\"' END"
    elif field.type in _FLOATS:
        special = f"{value} IN ('NaN', 'Infinity', '-Infinity')"
        text = f"CASE WHEN {special} THEN '\"' || {text} || '\"' ELSE {text} END"
    elif field.type not in _NUMBERS:
        text = f"pg_catalog.to_json({text})::pg_catalog.text"
    return f"coalesce({text}, 'null')"
