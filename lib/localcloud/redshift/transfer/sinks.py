"""The files of one UNLOAD: blocks of the engine's CSV become text, JSON or Parquet, named as Redshift names them."""

from __future__ import annotations

import contextlib
import io

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.journal import now
from localcloud.redshift.protocol.decimals import precision_and_scale
from localcloud.redshift.transfer import storage
from localcloud.redshift.transfer.arrow_types import ARROW
from localcloud.redshift.transfer.manifest import manifest
from localcloud.redshift.transfer.partitions import folders
from localcloud.redshift.transfer.removal import Removal
from localcloud.redshift.transfer.shape import Field, Shape
from localcloud.redshift.transfer.text_write import Lines
from localcloud.redshift.transfer.unload_files import File, ParquetFile, TextFile, Written
from localcloud.redshift.transfer.unload_statement import Unload

_SLICES = 2
_SUFFIX = {"gzip": ".gz", "bz2": ".bz2", "zstd": ".zst"}
_BLOCK = 1 << 20
_PARTITIONED_GROUP = 4 << 20
"""Bytes of a row group where many files are open at once."""
_ARROW = {**ARROW, "super": pa.json_()}
Key = tuple[str, int]
"""The folder of a file, and its slice."""


def arrow_type(field: Field) -> pa.DataType:
    """Return the type of a column in Parquet; what Parquet has no type for is text."""
    if field.type == "numeric":
        return pa.decimal128(*precision_and_scale(field.modifier))
    return _ARROW.get(field.type, pa.string())


class Sink:
    """All files of one UNLOAD."""

    def __init__(self, unload: Unload, target: fs.S3FileSystem, shape: Shape) -> None:
        self._unload, self._target, self._shape = unload, target, shape
        self._form = Lines.of(unload, tuple(field.is_text for field in shape.kept))
        self._schema = pa.schema([pa.field(field.name, arrow_type(field)) for field in shape.kept])
        self._open: dict[Key, tuple[File, Written]] = {}
        self._parts: dict[Key, int] = {}
        self._turn = 0
        self.files: list[Written] = []
        """The books of all objects, without the manifest."""
        self.written: list[str] = []
        """The paths of all objects that are complete, with the manifest."""

    @property
    def rows(self) -> int:
        """Return the rows of all files."""
        return sum(file.rows for file in self.files)

    def write(self, block: bytes) -> None:
        """Add a block of whole rows. Raises SqlError."""
        rows = self._read(block)
        with storage.storage_errors(self._unload.target):
            for folder, part in folders(rows, self._shape.keys):
                self._put((folder, self._turn % _SLICES if self._unload.parallel else 0), part)
        self._turn += 1

    def _read(self, block: bytes) -> pa.Table:
        """Return the rows of a block of CSV. Raises SqlError at a value that the file's type cannot hold."""
        types = self._types()
        try:
            return arrow_csv.read_csv(
                io.BytesIO(block),
                arrow_csv.ReadOptions(column_names=list(types), use_threads=False, block_size=max(len(block), _BLOCK)),
                arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
                arrow_csv.ConvertOptions(
                    column_types=types,
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                    true_values=["t"],
                    false_values=["f"],
                ),
            )
        except pa.ArrowInvalid as error:
            raise SqlError("XX000", f"a value does not fit the file: {error}") from None

    def _types(self) -> dict[str, pa.DataType]:
        """Return the columns of the engine's CSV, under names of our own, as the query may repeat its names."""
        if self._unload.format == "json":
            types = [pa.string()]
        elif self._unload.format == "parquet":
            types = [pa.string() if isinstance(kind, pa.JsonType) else kind for kind in self._schema.types]
        else:
            types = [pa.string()] * len(self._shape.kept)
        types += [pa.string()] * len(self._shape.keys)
        return {f"c{number}": kind for number, kind in enumerate(types)}

    def _put(self, key: Key, rows: pa.Table) -> None:
        """Write rows into the file of a folder and slice, and into further ones as each is full."""
        file, books = self._file(key)
        if file.write(rows):
            books.rows += rows.num_rows
            if file.full:
                self._close(key)
        elif rows.num_rows > 1:
            half = rows.num_rows // 2
            self._put(key, rows.slice(0, half))
            self._put(key, rows.slice(half))
        else:
            self._close(key)
            self._put(key, rows)

    def _file(self, key: Key) -> tuple[File, Written]:
        if key not in self._open:
            folder, number = key
            part = self._parts.get(key, 0)
            self._parts[key] = part + 1
            path = storage.path_of(self._unload.prefix) + folder + self._name(number, part)
            books = Written(path, number, folder=folder)
            self.files.append(books)
            self._open[key] = self._new(path), books
        return self._open[key]

    def _name(self, number: int, part: int) -> str:
        base = f"{number:04d}_part_{part:02d}" if self._unload.parallel else f"{part:03d}"
        extension = f".{self._unload.extension.lstrip('.')}" if self._unload.extension else ""
        default = ".parquet" if self._unload.format == "parquet" else _SUFFIX.get(self._unload.compression, "")
        return self._unload.name_prefix + base + (extension or default)

    def _new(self, path: str) -> File:
        limit = self._unload.maxfilesize
        if self._unload.format == "parquet":
            group = _PARTITIONED_GROUP if self._shape.keys else self._unload.rowgroupsize
            return ParquetFile(self._target, path, self._schema, limit, group)
        return TextFile(self._target, path, self._form, self._schema.names, limit)

    def _close(self, key: Key) -> None:
        """Complete a file. Raises SqlError if it holds other rows than were written into it."""
        file, books = self._open.pop(key)
        held = file.close()
        if held != books.rows:
            raise SqlError("58000", f"{books.url} holds {held} rows, but {books.rows} were written into it")
        books.size, books.ended = int(self._target.get_file_info(books.path).size), now()
        self.written.append(books.path)

    def finish(self) -> None:
        """Complete all files. Raises SqlError."""
        with storage.storage_errors(self._unload.target):
            if not self.files and self._unload.format != "json" and not self._shape.keys:
                self._file(("", 0))  # text and Parquet represent no rows by a file without any
            for key in list(self._open):
                self._close(key)

    def write_manifest(self) -> None:
        """Write the manifest, once the files are complete. Raises SqlError."""
        path = storage.path_of(self._unload.prefix) + "manifest"
        with storage.storage_errors(self._unload.target), self._target.open_output_stream(path) as out:
            out.write(manifest(self._unload, self.files, self._shape.fields))
        self.written.append(path)

    def abandon(self, removal: Removal) -> list[str]:
        """Remove what was written, after an error; return the addresses of the objects that could not be removed."""
        for file, _ in self._open.values():
            with contextlib.suppress(OSError, pa.ArrowException, SqlError):  # removed below, whole or not
                file.close()
        self._open.clear()
        return [books.url for books in self.files if not _removed(removal, books.path)]


def _removed(removal: Removal, path: str) -> bool:
    try:
        removal.remove(path)
    except SqlError:
        return False
    return True
