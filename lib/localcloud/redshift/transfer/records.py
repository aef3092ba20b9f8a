"""Records of JSON and Avro as typed tables, a few thousand at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from localcloud.redshift.transfer.books import FileBook
from localcloud.redshift.transfer.fields import Field
from localcloud.redshift.transfer.json_text import Number, Stored
from localcloud.redshift.transfer.jsonpaths import Picker
from localcloud.redshift.transfer.rejects import BadValue
from localcloud.redshift.transfer.rows import Converter, Row
from localcloud.redshift.transfer.target import Target

_ROWS, _CHARACTERS = 20_000, 8 * 1024 * 1024


def tables(records: Iterator[Stored], pick: Picker, converter: Converter, book: FileBook) -> Iterator[pa.Table]:
    """Give the records that can be loaded; the others go to the rejects. Raises TooManyRejects."""
    rows, size = list[tuple[Stored, list[str | None]]](), 0
    for record in records:
        row = _written(record, pick, converter.targets)
        rows.append(row)
        size += sum(len(value or "") for value in row[1])
        if len(rows) >= _ROWS or size > _CHARACTERS:
            yield _table(rows, converter, book)
            rows, size = [], 0
    if rows:
        yield _table(rows, converter, book)


def _written(record: Stored, pick: Picker, targets: tuple[Target, ...]) -> tuple[Stored, list[str | None]]:
    """Return a record with its values as texts, or with the problem that it has."""
    if record.problem is not None:
        return record, []
    try:
        values = pick(record.value)
    except BadValue as error:
        return record._replace(problem=error.problem), []
    return record._replace(value=None), [_text(value, target) for value, target in zip(values, targets, strict=True)]


def _text(value: Any, target: Target) -> str | None:
    if value is None:
        return None
    if target.type == "super":
        return compact(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return compact(value)


def _table(rows: list[tuple[Stored, list[str | None]]], converter: Converter, book: FileBook) -> pa.Table:
    ready = _at_once(rows, converter)
    if ready is not None:
        book.read += len(rows)
        book.sent += ready.num_rows
        return ready
    return converter.one_by_one([_row(record, values) for record, values in rows], book)


def _at_once(rows: list[tuple[Stored, list[str | None]]], converter: Converter) -> pa.Table | None:
    if any(record.problem for record, _ in rows):
        return None
    columns = list(zip(*(values for _, values in rows), strict=True))
    if any(value is not None and "\0" in value for column in columns for value in column):
        return None
    try:
        arrays = [pa.array(list(column), pa.string()) for column in columns]
    except UnicodeEncodeError:
        return None  # bytes that are no text: `exact` finds the record
    return converter.fast(
        pa.Table.from_arrays(arrays, schema=pa.schema([(str(at), pa.string()) for at in range(len(arrays))])), None
    )


def _row(record: Stored, values: list[str | None]) -> Row:
    fields = [Field(None if value is None else _bytes(value), 0) for value in values]
    return Row(record.line, _bytes(record.raw), fields, record.problem)


def _bytes(text: str) -> bytes:
    """Return the bytes of which a text was read; a lone surrogate of JSON becomes invalid UTF-8 too."""
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")


def compact(value: Any) -> str:
    """Return JSON without blanks; numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        members = (f"{json.dumps(str(key), ensure_ascii=False)}:{compact(member)}" for key, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(compact(member) for member in value) + "]"
    if isinstance(value, bytes):
        return json.dumps(value.decode("latin-1"))
    return json.dumps(value, ensure_ascii=False)
