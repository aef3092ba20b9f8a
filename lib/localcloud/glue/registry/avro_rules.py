"""Can a reader with one Avro schema read what was written with another? The rules of Avro's "Schema Resolution".

https://avro.apache.org/docs/1.11.1/specification/#schema-resolution
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from localcloud.glue.registry.avro_schema import Field, Schema

_PROMOTIONS: Final = {
    "long": ("int",),
    "float": ("int", "long"),
    "double": ("int", "long", "float"),
    "bytes": ("string",),
    "string": ("bytes",),
}
"""Reader's type -> other types of the writer that it reads."""


def why_unreadable(reader: Schema, writer: Schema) -> str | None:
    """Return why `reader` cannot read data of `writer`; None if it can."""
    return _Comparison().compare(reader, writer, "")


class _Comparison:
    def __init__(self) -> None:
        self._results: dict[tuple[int, int], str | None] = {}

    def compare(self, reader: Schema, writer: Schema, path: str) -> str | None:
        """Compare two schemas. A pair that is being compared, inside a recursive type, counts as readable."""
        pair = (id(reader), id(writer))
        if pair not in self._results:
            self._results[pair] = None
            self._results[pair] = self._compare(reader, writer, path)
        return self._results[pair]

    def _compare(self, reader: Schema, writer: Schema, path: str) -> str | None:
        if writer.kind == "union":
            return self._first(self.compare(reader, branch, path) for branch in writer.branches)
        if reader.kind == "union":
            if any(self.compare(branch, writer, path) is None for branch in reader.branches):
                return None
            return f"{path or '/'}: no branch of the reader's union reads the writer's {writer}"
        if reader.kind != writer.kind:
            readable = writer.kind in _PROMOTIONS.get(reader.kind, ())
            return None if readable else f"{path or '/'}: the reader's {reader} does not read the writer's {writer}"
        if reader.name and not _same_name(reader, writer):
            return f"{path or '/'}: the reader's {reader} has another name than the writer's {writer}"
        return self._same_kind(reader, writer, path)

    def _same_kind(self, reader: Schema, writer: Schema, path: str) -> str | None:
        if reader.kind == "record":
            return self._first(self._field(part, writer, f"{path}/{part.name}") for part in reader.fields)
        if reader.kind == "fixed" and reader.size != writer.size:
            return f"{path or '/'}: fixed {reader.name} has {reader.size} bytes, the writer's has {writer.size}"
        if reader.kind == "enum" and reader.enum_default is None:
            absent = [symbol for symbol in writer.symbols if symbol not in reader.symbols]
            return f"{path or '/'}: the reader's enum lacks {', '.join(absent)}, and has no default" if absent else None
        if reader.items is not None and writer.items is not None:
            return self.compare(reader.items, writer.items, f"{path}/{'items' if reader.kind == 'array' else 'values'}")
        return None

    def _field(self, part: Field, writer: Schema, path: str) -> str | None:
        names = (part.name, *part.aliases)
        written = [other for name in names for other in writer.fields if other.name == name]
        if written:
            return self.compare(part.type, written[0].type, path)
        return None if part.has_default else f"{path}: the writer has no such field, and the reader has no default"

    @staticmethod
    def _first(results: Iterable[str | None]) -> str | None:
        return next((result for result in results if result is not None), None)


def _same_name(reader: Schema, writer: Schema) -> bool:
    last = reader.name.rpartition(".")[2] == writer.name.rpartition(".")[2]
    return last or writer.name in reader.aliases
