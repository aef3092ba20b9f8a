"""ApplyMapping: fields renamed, moved into structs and cast."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

_PART: Final = re.compile(r"`([^`]+)`|([^.`]+)")
_TYPES: Final = {"long": "bigint", "short": "smallint", "byte": "tinyint", "null": "string"}
_NESTED: Final = ("struct", "array", "map", "choice")


def quoted(name: str) -> str:
    """Return a field's name as Spark's SQL takes any name."""
    return f"`{name.replace('`', '``')}`"


def parts(path: str) -> list[str]:
    """Return the names of a path; between backticks, a dot is part of the name."""
    return [quotes or plain for quotes, plain in _PART.findall(path)]


def cast_type(kind: str) -> str:
    """Return Spark's name of one of Glue's types."""
    return _TYPES.get(kind, kind)


def mapped(frame: DataFrame, mappings: Sequence[Sequence[str]]) -> DataFrame:
    """Return the mapped fields. As on AWS, a mapping of a field that is not there gives none."""
    tree: dict[str, Any] = {}
    for mapping in mappings:
        source, target, kind = mapping[0], mapping[-2 if len(mapping) > 2 else -1], mapping[-1]
        column = _column(frame, parts(source))
        if column is None:
            continue
        if len(mapping) > 2 and kind not in _NESTED:
            column = column.cast(cast_type(kind))
        _place_at(tree, parts(target), column)
    return frame.select(*(_built(value).alias(name) for name, value in tree.items()))


def _column(frame: DataFrame, names: list[str]) -> Column | None:
    """Return the column at a path, whatever the case of its names, or None."""
    kind: Any = frame.schema
    actual = []
    for name in names:
        fields = kind.fields if isinstance(kind, StructType) else []
        field = next((each for each in fields if each.name.lower() == name.lower()), None)
        if field is None:
            return None
        actual.append(field.name)
        kind = field.dataType
    return F.col(".".join(quoted(name) for name in actual))


def _place_at(tree: dict[str, Any], names: list[str], column: Column) -> None:
    for name in names[:-1]:
        tree = tree.setdefault(name, {})
    if names[-1] in tree:
        raise ValueError(f"ApplyMapping: two fields are mapped to {'.'.join(names)!r}.")
    tree[names[-1]] = column


def _built(value: Any) -> Column:
    if isinstance(value, dict):
        return F.struct(*(_built(member).alias(name) for name, member in value.items()))
    column: Column = value
    return column
