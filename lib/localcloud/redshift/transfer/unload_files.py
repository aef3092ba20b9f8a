"""The objects of an UNLOAD while they are written. Blocking; called in threads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.journal import now
from localcloud.redshift.transfer.text_write import Lines


@dataclass
class Written:
    """The books of one object: `bucket/key`, its slice, rows without a header, bytes on S3, times in UTC."""

    path: str
    slice: int
    rows: int = 0
    size: int = 0
    started: str = field(default_factory=now)
    ended: str = ""
    folder: str = ""
    """The folder of its partition, such as `a=1/b=x/`."""

    @property
    def url(self) -> str:
        """Return its address."""
        return f"s3://{self.path}"


class File(Protocol):
    """One object being written."""

    full: bool
    """Whether it has reached the largest size."""

    def write(self, rows: pa.Table) -> bool:
        """Add rows; return False, and add none, where they do not fit any more."""

    def close(self) -> int:
        """Complete the object; return the rows that it holds. Raises OSError, SqlError."""


class _Counted:
    """A stream that counts the bytes which pass to the object."""

    def __init__(self, raw: pa.NativeFile) -> None:
        self._raw, self.count, self.closed = raw, 0, False

    def write(self, data: Any) -> int:
        """Pass bytes on."""
        self._raw.write(data)
        self.count += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: S3 takes parts as they fill."""

    def close(self) -> None:
        """Complete the object, once."""
        if not self.closed:
            self.closed = True
            self._raw.close()


class TextFile:
    """Lines of text, perhaps compressed."""

    def __init__(self, target: fs.S3FileSystem, path: str, form: Lines, names: list[str], limit: int) -> None:
        self._target, self._path, self._form, self._limit = target, path, form, limit
        self._counted = _Counted(target.open_output_stream(path, compression=None))
        packing = form.unload.compression
        python = pa.PythonFile(self._counted, mode="w")
        self._out = pa.CompressedOutputStream(python, packing) if packing else python
        self._rows, self.full = 0, False
        if form.unload.header:
            self._out.write(form.header(names))

    def write(self, rows: pa.Table) -> bool:
        """Add rows, if they fit; one row always fits an empty file."""
        body = self._form.encode(rows)
        size = self._counted.count + len(body)
        if size > self._limit and (self._rows or rows.num_rows > 1):
            return False
        self._out.write(body)
        self._rows += rows.num_rows
        self.full = size >= self._limit
        return True

    def close(self) -> int:
        """Complete the object; return its rows. Raises SqlError if S3 has other bytes than were written."""
        self._out.close()
        self._counted.close()
        stored = self._target.get_file_info(self._path).size
        if stored != self._counted.count:
            raise SqlError("58000", f"s3://{self._path} holds {stored} bytes, but {self._counted.count} were written")
        return self._rows


class ParquetFile:
    """One Parquet object; rows wait until they fill a row group."""

    def __init__(self, target: fs.S3FileSystem, path: str, schema: pa.Schema, limit: int, group: int) -> None:
        self._target, self._path, self._limit, self._group = target, path, limit, min(group, limit)
        self._raw, self._schema = target.open_output_stream(path), schema
        self._writer = pq.ParquetWriter(self._raw, schema, compression="snappy")
        self._waiting: list[pa.Table] = []
        self._bytes, self.full = 0, False

    def write(self, rows: pa.Table) -> bool:
        """Add rows; the size is only approximately kept, as the page says."""
        self._waiting.append(rows.rename_columns(self._schema.names).cast(self._schema))
        self._bytes += rows.nbytes
        if self._bytes >= self._group:
            self._flush()
            self.full = int(self._raw.tell()) >= self._limit
        return True

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting))
            self._waiting, self._bytes = [], 0

    def close(self) -> int:
        """Complete the object; return the rows that its footer, read back from S3, tells."""
        self._flush()
        self._writer.close()
        self._raw.close()
        with self._target.open_input_file(self._path) as stored:
            return int(pq.read_metadata(stored).num_rows)
