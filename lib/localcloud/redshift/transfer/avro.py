"""The records of an Avro file, with values as they are stored: a date is its number of days, as COPY takes it.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-avro
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Iterator
from typing import IO, Any, cast

import fastavro

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.feed import Stream
from localcloud.redshift.transfer.json_text import Stored

_BLOCK_LIMIT = 4 * 1024 * 1024
_LOGICAL = ("logicalType", "precision", "scale")
_BROKEN = (ValueError, EOFError, KeyError, IndexError, TypeError, zlib.error, OSError)


class _Exactly:
    """A stream that gives as many bytes as are wanted, fewer only at its end."""

    def __init__(self, stream: Stream) -> None:
        self._stream, self._left, self._at = stream, b"", 0

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        parts, total = [self._left], len(self._left)
        while (total < size or size < 0) and (block := self._stream.read(1 << 20)):
            parts.append(block)
            total += len(block)
        data = b"".join(parts)
        size = len(data) if size < 0 else size
        self._left = data[size:]
        self._at += min(size, len(data))
        return data[:size]


def records(stream: Stream, url: str) -> Iterator[Stored]:
    """Give the records; their number stands for the line. Raises SqlError if the file is not Avro, or broken."""
    number = 0
    try:
        blocks = fastavro.block_reader(cast(IO[bytes], _Exactly(stream)))
        stored = _plain(json.loads(blocks.metadata["avro.schema"]))
        if not isinstance(stored, dict) or stored.get("type") != "record":
            raise SqlError("XX000", f"The Avro schema of {url} is not a record")
        schema = fastavro.parse_schema(stored)
        for block in blocks:
            content = block.bytes_.getvalue()  # type: ignore[attr-defined]
            if len(content) > _BLOCK_LIMIT:
                raise SqlError("XX000", f"An Avro data block of {url} is larger than 4 MB")
            data = io.BytesIO(content)
            for _ in range(block.num_records):
                number += 1
                value = fastavro.schemaless_reader(data, schema, None)
                yield Stored(number, "", value)
    except _BROKEN as error:
        raise SqlError("XX000", f"Invalid Avro file {url}: {type(error).__name__} {error}") from None


def _plain(schema: Any) -> Any:
    """Return a schema without logical types."""
    if isinstance(schema, dict):
        return {key: _plain(value) for key, value in schema.items() if key not in _LOGICAL}
    return [_plain(part) for part in schema] if isinstance(schema, list) else schema
