"""Types of nested values, as JSON, BSON, Ion and XML hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from localcloud.glue.crawler.schema import Columns, Type, merge, merge_columns

Scalar = Callable[[Any], Type]
"""Returns the type of a value that is neither a list nor an object."""


def type_of(value: Any, scalar: Scalar) -> Type:
    """Return the type of a value: arrays and structs by what is inside them, anything else by `scalar`."""
    if isinstance(value, Mapping):
        fields = tuple((str(name), type_of(inside, scalar)) for name, inside in value.items())
        return ("struct", fields) if fields else "string"
    if isinstance(value, list):
        return ("array", merged_type(value, scalar))
    return scalar(value)


def merged_type(values: Iterable[Any], scalar: Scalar) -> Type:
    """Return the one type that holds all values."""
    whole: Type = "null"
    for value in values:
        whole = merge(whole, type_of(value, scalar))
    return whole


def columns_of(records: Iterable[Mapping[str, Any]], scalar: Scalar) -> tuple[Columns, tuple[str, ...]]:
    """Return the columns of records, names in lower case, and notes on keys that differ only in case."""
    names: dict[str, str] = {}
    twice: dict[str, None] = {}
    schemas = []
    for record in records:
        for name in record:
            if names.setdefault(name.lower(), name) != name:
                twice[name.lower()] = None
        schemas.append(tuple((str(name).lower(), type_of(value, scalar)) for name, value in record.items()))
    notes = (f"keys that differ only in case share a column: {', '.join(twice)}",) if twice else ()
    return merge_columns(_merged_inside(schema) for schema in schemas), notes


def _merged_inside(schema: Columns) -> Columns:
    return schema if len(dict(schema)) == len(schema) else merge_columns((column,) for column in schema)


def number_type(value: int) -> str:
    """Return the smallest of int and bigint that holds a number, or string."""
    if -(1 << 31) <= value < 1 << 31:
        return "int"
    return "bigint" if -(1 << 63) <= value < 1 << 63 else "string"


def plain_type(value: Any) -> Type:
    """Return the type of a null, a truth value, a number or a text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return number_type(value)
    return "double" if isinstance(value, float) else "string"
