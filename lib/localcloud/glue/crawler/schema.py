"""Column types as the crawler infers and merges them, and their Hive text.

A type is a string ("int"), or a tuple: ("array", type), ("map", key, value), ("struct", ((name, type), ...)).
"null" is the type of a value that was never seen; it becomes string.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

Type: TypeAlias = Any
Columns: TypeAlias = tuple[tuple[str, Type], ...]

SIMILAR = 0.7
"""Schemas are similar when more than this share of their columns agree in name and type."""

_RANK = ("tinyint", "smallint", "int", "bigint", "float", "double")


def hive(of: Type) -> str:
    """Return the Hive text of a type: `array<struct<a:int,b:string>>`."""
    if isinstance(of, str):
        return "string" if of == "null" else of
    if of[0] == "struct":
        return f"struct<{','.join(f'{name}:{hive(kind)}' for name, kind in of[1])}>" if of[1] else "string"
    return f"{of[0]}<{','.join(hive(part) for part in of[1:])}>"


def parse(text: str) -> Type:
    """Return the type that a Hive text stands for; the inverse of `hive` (blanks are ignored)."""
    tokens = re.findall(r"\w[\w ]*\([\d, ]+\)|[^<>,:\s][^<>,:]*|[<>,:]", text)
    parsed, rest = _parse(tokens)
    return parsed if not rest else text


def _parse(tokens: list[str]) -> tuple[Type, list[str]]:
    head, rest = tokens[0].strip(), tokens[1:]
    if not rest or rest[0] != "<":
        return head, rest
    parts: list[Any] = []
    while rest and rest[0] != ">":
        rest = rest[1:]  # the opening bracket, or the comma before the next part
        if head == "struct":
            name, rest = rest[0].strip(), rest[2:]
            kind, rest = _parse(rest)
            parts.append((name, kind))
        else:
            kind, rest = _parse(rest)
            parts.append(kind)
    return (("struct", tuple(parts)) if head == "struct" else (head, *parts)), rest[1:]


def merge(a: Type, b: Type) -> Type:
    """Return a type that holds the values of both: numbers widen, structs and arrays merge inside, else string."""
    if a == b or b == "null":
        return a
    if a == "null":
        return b
    if a in _RANK and b in _RANK:
        wide = max(a, b, key=_RANK.index)
        return "double" if wide == "float" and "bigint" in (a, b) else wide
    if isinstance(a, tuple) and isinstance(b, tuple) and a[0] == b[0]:
        if a[0] == "struct":
            return ("struct", merge_columns((a[1], b[1])))
        return (a[0], *(merge(left, right) for left, right in zip(a[1:], b[1:], strict=True)))
    return _decimal(a, b) or "string"


_WHOLE = {"tinyint": "decimal(3,0)", "smallint": "decimal(5,0)", "int": "decimal(10,0)", "bigint": "decimal(19,0)"}


def _decimal(a: Type, b: Type) -> Type | None:
    a, b = (_WHOLE.get(kind, kind) if isinstance(kind, str) else kind for kind in (a, b))
    sizes = [re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", kind) if isinstance(kind, str) else None for kind in (a, b)]
    if not all(sizes):
        return None
    whole = max(int(size[1]) - int(size[2]) for size in sizes if size)
    scale = max(int(size[2]) for size in sizes if size)
    return f"decimal({whole + scale},{scale})" if whole + scale <= 38 else "double"


def merge_columns(schemas: Iterable[Columns]) -> Columns:
    """Return the union of columns, in the order of first appearance, with merged types."""
    merged: dict[str, Type] = {}
    for columns in dict.fromkeys(schemas):
        for name, kind in columns:
            merged[name] = merge(merged[name], kind) if name in merged else kind
    return tuple(merged.items())


def similarity(a: Columns, b: Columns) -> float:
    """Return the share of columns that agree in name and in a compatible type, from 0 to 1."""
    if not a or not b:
        return 1.0 if a == b else 0.0
    known = dict(b)
    same = sum(1 for name, kind in a if name in known and _compatible(kind, known[name]))
    return same / max(len(a), len(b))


def _compatible(a: Type, b: Type) -> bool:
    return bool(a == b or merge(a, b) != "string")


def clusters(schemas: Iterable[Columns]) -> list[tuple[Columns, int]]:
    """Group schemas around the most frequent ones that they are similar to; return each with its count, largest first.

    The columns of a cluster are the union of its members'.
    """
    groups: list[list[Any]] = []
    for columns, weight in Counter(schemas).most_common():
        for group in groups:
            if similarity(group[0], columns) > SIMILAR:
                group[0], group[1] = merge_columns((group[0], columns)), group[1] + weight
                break
        else:
            groups.append([columns, weight])
    return sorted(((columns, weight) for columns, weight in groups), key=lambda group: -group[1])


def texts(columns: Columns) -> Iterator[tuple[str, str]]:
    """Yield name and Hive type of columns."""
    return ((name, hive(kind)) for name, kind in columns)
