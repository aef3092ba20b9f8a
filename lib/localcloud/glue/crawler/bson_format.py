"""BSON files: documents one after another, as mongodump writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument

from localcloud.glue.crawler.content import MAX_DOCUMENT, Content, NotRecognized
from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.schema import Type
from localcloud.glue.crawler.values import columns_of, plain_type

NOTE = "Athena has no SerDe for BSON and cannot read this table"
_SHORTEST = 5


def sample_bson(content: Content) -> Sample:
    """Return what a BSON file holds.

    Raises:
        NotRecognized: it is not BSON.
    """
    documents = list(_documents(content))
    columns, notes = columns_of(documents, _scalar)
    return Sample("bson", columns=columns, records=len(documents), notes=(NOTE, *notes))


def _documents(content: Content) -> Iterator[dict[str, Any]]:
    raw, position = content.raw, 0
    while position < len(raw):
        size = int.from_bytes(raw[position : position + 4], "little")
        if not _SHORTEST <= size <= MAX_DOCUMENT:
            raise NotRecognized("the first bytes are not the length of a BSON document")
        if position + size > len(raw) and content.is_cut and position:
            return
        try:
            yield bson.decode(raw[position : position + size])
        except (bson.errors.BSONError, UnicodeDecodeError, OverflowError) as error:
            raise NotRecognized(f"it is not BSON: {error}") from None
        position += size
    if not raw:
        raise NotRecognized("it is empty")


def _scalar(value: Any) -> Type:
    if isinstance(value, bson.Int64):
        return "bigint"
    if isinstance(value, datetime | bson.Timestamp | bson.DatetimeMS):
        return "timestamp"
    if isinstance(value, bytes | bson.Binary | RawBSONDocument):
        return "binary"
    return "decimal(38,18)" if isinstance(value, bson.Decimal128) else plain_type(value)
