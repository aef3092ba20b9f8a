"""Parquet and ORC as typed tables. Columns go by place; their types must be the table's.

https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html
"""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs, orc

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.books import FileBook
from localcloud.redshift.transfer.columnar_types import fitted
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.storage import Object, storage_errors
from localcloud.redshift.transfer.target import Table

_ROWS = 65_536
_MAGIC = (b"PAR1", b"ORC")
_UNPACK = {"gz": gzip.decompress, "bz2": bz2.decompress}


def tables(files: fs.S3FileSystem, file: Object, target: Table, copy: Copy, book: FileBook) -> Iterator[pa.Table]:
    """Give the rows of one file. Raises SqlError if a type or a value does not fit: there is no MAXERROR here."""
    schema = pa.schema([pa.field(str(number), column.arrow) for number, column in enumerate(target.columns)])
    with storage_errors(file.url), _opened(files, file) as opened:
        count, batches = _batches(opened, file, copy.format)
        book.read = count
        for batch in batches:
            table = pa.Table.from_arrays(_columns(batch, target, file, copy), schema=schema)
            book.sent += table.num_rows
            yield table
    book.scanned = file.size


def _opened(files: fs.S3FileSystem, file: Object) -> pa.NativeFile:
    """Open a file; one whose name ends with .gz or .bz2, and that is not columnar as it stands, is unpacked."""
    opened = files.open_input_file(file.path)
    if opened.size() != file.size:
        raise SqlError("XX000", f"{file.url} changed: {file.size} bytes were listed, it has {opened.size()}")
    unpack = _UNPACK.get(file.path.rsplit(".", 1)[-1])
    if unpack is None or opened.read(4).startswith(_MAGIC):
        opened.seek(0)
        return opened
    opened.seek(0)
    try:
        return pa.BufferReader(unpack(opened.read()))
    except (OSError, EOFError, zlib.error) as error:
        raise SqlError("XX000", f"{file.url} could not be unpacked: {error}") from None


def _batches(opened: pa.NativeFile, file: Object, form: str) -> tuple[int, Iterator[pa.RecordBatch]]:
    """Return how many rows the file says it has, and the rows."""
    try:
        if form == "orc":
            stripes = orc.ORCFile(opened)
            return stripes.nrows, _guarded((stripes.read_stripe(number) for number in range(stripes.nstripes)), file)
        parquet = pq.ParquetFile(opened, pre_buffer=True)
        return parquet.metadata.num_rows, _guarded(parquet.iter_batches(batch_size=_ROWS), file)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from None


def _guarded(batches: Iterator[pa.RecordBatch], file: Object) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    except pa.ArrowException as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Object, error: Exception) -> SqlError:
    return SqlError("XX000", f"Spectrum Scan Error: File '{file.url}' has an invalid version number: {error}")


def _columns(batch: pa.RecordBatch, target: Table, file: Object, copy: Copy) -> list[pa.Array]:
    given, wanted = batch.num_columns, len(target.columns)
    if given > wanted or (given < wanted and not copy.fillrecord):
        raise SqlError(
            "XX000",
            "Unmatched number of columns between table and file. "
            f"Table columns: {wanted}, Data columns: {given}, File name: {file.url}",
        )
    missing = [pa.nulls(batch.num_rows)] * (wanted - given)
    fields = [*batch.schema, *(pa.field(column.name, pa.null()) for column in target.columns[given:])]
    arrays = [*batch.columns, *missing]
    return [
        fitted(values, field, column, file, copy)
        for values, field, column in zip(arrays, fields, target.columns, strict=True)
    ]
