"""Typed rows as the engine takes them: its binary COPY, or CSV where Arrow has no type of that form."""

from __future__ import annotations

import io
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
from pgpq import ArrowToPostgresBinaryEncoder
from pyarrow import csv

from localcloud.redshift.transfer.target import Table


class Encoder(Protocol):
    """Writes rows for a COPY ... FROM STDIN."""

    options: str
    """The options of that COPY."""

    def begin(self) -> bytes:
        """Return what comes before the rows."""

    def rows(self, table: pa.Table) -> bytes:
        """Return rows; columns are in the order of the target's."""

    def end(self) -> bytes:
        """Return what comes after the rows."""


def encoder(target: Table) -> Encoder:
    """Return the encoder for a table. Raises SqlError for a column of a type that COPY cannot load."""
    schema = pa.schema([pa.field(str(number), column.arrow) for number, column in enumerate(target.columns)])
    return Csv() if any(column.as_text for column in target.columns) else Binary(schema)


class Binary:
    """The engine's binary form."""

    options = "FORMAT binary"

    def __init__(self, schema: pa.Schema) -> None:
        self._encoder = ArrowToPostgresBinaryEncoder(schema)

    def begin(self) -> bytes:
        """Return the signature."""
        return bytes(self._encoder.write_header())

    def rows(self, table: pa.Table) -> bytes:
        """Return rows."""
        return b"".join(bytes(self._encoder.write_batch(batch)) for batch in table.to_batches())

    def end(self) -> bytes:
        """Return the trailer."""
        return bytes(self._encoder.finish())


class Csv:
    """CSV: nothing for null, all else in quotes."""

    options = "FORMAT csv, NULL ''"

    def begin(self) -> bytes:
        """Return nothing."""
        return b""

    def rows(self, table: pa.Table) -> bytes:
        """Return rows."""
        texts = pa.Table.from_arrays([_as_text(column) for column in table.columns], names=table.column_names)
        out = io.BytesIO()
        csv.write_csv(texts, out, csv.WriteOptions(include_header=False, quoting_style="all_valid"))
        return out.getvalue()

    def end(self) -> bytes:
        """Return nothing."""
        return b""


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_binary(kind):
        return pa.chunked_array(
            [[None if value is None else f"\\x{value.hex()}" for value in column.to_pylist()]], pa.string()
        )
    if pa.types.is_timestamp(kind) and kind.tz:
        utc = column.cast(pa.timestamp(kind.unit)).cast(pa.string())
        return pc.binary_join_element_wise(utc, "+00", "")
    return column.cast(pa.string())
