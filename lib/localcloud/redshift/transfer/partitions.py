"""Partitions of an UNLOAD: rows by their keys, and the folders of Hive's convention."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

_NULL = "__HIVE_DEFAULT_PARTITION__"
_ESCAPED = {chr(code) for code in (*range(1, 32), 127)} | set("\"#%'*/:=?\\{[]^")
"""What Hive writes as % and two digits, so that a value is one folder and reads back as it was."""


def escaped(value: str) -> str:
    """Return a value, or a name, as a part of a path."""
    return "".join(f"%{ord(character):02X}" if character in _ESCAPED else character for character in value)


def folders(rows: pa.Table, keys: tuple[str, ...]) -> Iterator[tuple[str, pa.Table]]:
    """Yield each folder (`a=1/b=x/`) with its rows; the last columns are the keys' texts, and are left out."""
    if not keys:
        yield "", rows
        return
    kept = rows.select(range(rows.num_columns - len(keys)))
    texts = rows.columns[-len(keys) :]
    parts = [
        pc.binary_join_element_wise(f"{escaped(key)}=", _paths(text), "") for key, text in zip(keys, texts, strict=True)
    ]
    labels = pc.binary_join_element_wise(*parts, "/") if len(parts) > 1 else parts[0]
    for label in pc.unique(labels).to_pylist():
        yield f"{label}/", kept.filter(pc.equal(labels, label))


def _paths(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the values as parts of paths; each different value is escaped once."""
    values = pc.unique(texts).drop_null()
    paths = pa.array([escaped(value) for value in values.to_pylist()], pa.string())
    return pc.fill_null(pc.take(paths, pc.index_in(texts, value_set=values)), _NULL)
