"""The files of an UNLOAD: blocks of the engine's CSV become text, JSON or Parquet, named as Redshift names them."""

from __future__ import annotations

import io
import json
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv
from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.frames import Column
from localcloud.redshift.transfer import storage
from localcloud.redshift.transfer.text_write import lines_of
from localcloud.redshift.transfer.unload_statement import Unload

_SLICES = 2
_SUFFIX = {"gzip": ".gz", "bz2": ".bz2", "zstd": ".zst"}
_ARROW = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
}


class File(Protocol):
    """One object being written."""

    def write(self, rows: pa.Table) -> None:
        """Add rows."""

    def close(self) -> None:
        """Complete the object."""

    def size(self) -> int:
        """Return the bytes so far."""


class TextFile:
    """Lines of text, perhaps packed."""

    def __init__(self, unload: Unload, target: fs.S3FileSystem, path: str, columns: list[Column]) -> None:
        self._raw = target.open_output_stream(path, compression=None)
        packing = unload.compression
        self._out = pa.CompressedOutputStream(self._raw, packing) if packing else self._raw
        self._unload = unload
        if unload.header:
            names = pa.table({str(place): [column.name] for place, column in enumerate(columns)})
            self._out.write(lines_of(names, unload))

    def write(self, rows: pa.Table) -> None:
        """Add rows."""
        self._out.write(lines_of(rows, self._unload))

    def close(self) -> None:
        """Complete the object."""
        self._out.close()
        if not self._raw.closed:
            self._raw.close()

    def size(self) -> int:
        """Return the bytes so far."""
        return 0 if self._raw.closed else int(self._raw.tell())


class ParquetFile:
    """One Parquet object."""

    def __init__(self, target: fs.S3FileSystem, path: str, schema: pa.Schema) -> None:
        self._raw = target.open_output_stream(path)
        self._writer = pq.ParquetWriter(self._raw, schema, compression="snappy")

    def write(self, rows: pa.Table) -> None:
        """Add rows as one row group."""
        self._writer.write_table(rows)

    def close(self) -> None:
        """Complete the object."""
        self._writer.close()
        self._raw.close()

    def size(self) -> int:
        """Return the bytes so far."""
        return int(self._raw.tell())


class Sink:
    """All files of one UNLOAD."""

    def __init__(self, unload: Unload, target: fs.S3FileSystem, columns: list[Column], types: list[str]) -> None:
        self._unload, self._target, self._types = unload, target, types
        self._whole_json = unload.format == "json" and not unload.partition_by
        self._columns = columns
        self._open: dict[tuple[str, int], File] = {}
        self._paths: dict[tuple[str, int], str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self.files: list[dict[str, Any]] = []
        self.written: list[str] = []
        """The paths of all objects, when they are complete."""
        self._turn = 0
        self._schema = pa.schema([pa.field(f"c{place}", self._type(place)) for place in range(len(columns))])

    def _type(self, place: int) -> pa.DataType:
        if self._unload.format != "parquet":
            return pa.string()
        modifier = self._columns[place].modifier
        if self._types[place] == "numeric":
            precision, scale = (((modifier - 4) >> 16) & 0xFFFF, (modifier - 4) & 0x7FF) if modifier >= 4 else (38, 10)
            return pa.decimal128(min(precision, 38), scale)
        return _ARROW.get(self._types[place], pa.string())

    def write(self, block: bytes) -> None:
        """Add a block of whole rows."""
        names = ["line"] if self._whole_json else list(self._schema.names)
        types = (
            {name: pa.string() for name in names}
            if self._whole_json
            else dict(zip(names, self._schema.types, strict=True))
        )
        try:
            rows = arrow_csv.read_csv(
                io.BytesIO(block),
                arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=max(len(block), 1 << 20)),
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
            raise SqlError("XX000", f"a value has no place in the file: {error}") from None
        with storage.storage_errors(self._unload.target):
            for partition, part in self._partitions(rows):
                self._write_part(partition, part)
        self._turn += 1

    def _partitions(self, rows: pa.Table) -> list[tuple[str, pa.Table]]:
        names = [column.name for column in self._columns]
        if not self._unload.partition_by:
            return [("", rows)]
        places = [names.index(name) for name in self._unload.partition_by]
        keys = [rows.column(place).cast(pa.string()).fill_null("__HIVE_DEFAULT_PARTITION__") for place in places]
        label = pc.binary_join_element_wise(
            *(
                pc.binary_join_element_wise(f"{names[place]}=", key, "")
                for place, key in zip(places, keys, strict=True)
            ),
            "/",
        )
        kept = rows if self._unload.include else rows.drop_columns([f"c{place}" for place in places])
        found = pc.unique(label).to_pylist()
        return [(f"{one}/", kept.filter(pc.equal(label, one))) for one in found]

    def _kept(self) -> list[Column]:
        dropped = () if self._unload.include else self._unload.partition_by
        return [column for column in self._columns if column.name not in dropped]

    def _write_part(self, partition: str, rows: pa.Table) -> None:
        number = self._turn % _SLICES if self._unload.parallel else 0
        file = self._file(partition, number)
        if self._unload.format == "json" and not self._whole_json:
            rows = _json_lines(rows, self._kept(), [self._types[self._columns.index(one)] for one in self._kept()])
        if self._unload.format == "parquet":
            rows = rows.rename_columns([column.name for column in self._kept()])
        file.write(rows)
        self.files[self._index(partition, number)]["rows"] += rows.num_rows
        if file.size() >= self._unload.maxfilesize:
            self._close((partition, number))

    def _index(self, partition: str, number: int) -> int:
        path = self._paths[partition, number]
        return next(place for place, one in enumerate(self.files) if one["path"] == path)

    def _file(self, partition: str, number: int) -> File:
        key = (partition, number)
        if key not in self._open:
            part = self._counts.get(key, 0)
            self._counts[key] = part + 1
            prefix = storage.path_of(self._unload.target)
            folder = "/" if partition and not prefix.endswith("/") else ""  # a prefix becomes a folder of partitions
            path = prefix + folder + partition + self._name(number, part)
            self._paths[key] = path
            self.files.append({"path": path, "rows": 0, "size": 0})
            self._open[key] = self._new(path)
        return self._open[key]

    def _name(self, number: int, part: int) -> str:
        base = f"{number:04d}_part_{part:02d}" if self._unload.parallel else f"{part:03d}"
        extension = f".{self._unload.extension.lstrip('.')}" if self._unload.extension else ""
        default = ".parquet" if self._unload.format == "parquet" else _SUFFIX.get(self._unload.compression, "")
        return base + (extension or default)

    def _new(self, path: str) -> File:
        columns = self._kept()
        if self._unload.format == "parquet":
            types = [self._schema.field(self._columns.index(column)).type for column in columns]
            schema = pa.schema([pa.field(column.name, kind) for column, kind in zip(columns, types, strict=True)])
            return ParquetFile(self._target, path, schema)
        return TextFile(self._unload, self._target, path, columns)

    def _close(self, key: tuple[str, int]) -> None:
        file, place = self._open.pop(key), self._index(*key)
        file.close()
        self.written.append(self.files[place]["path"])
        self.files[place]["size"] = self._target.get_file_info(self.files[place]["path"]).size

    def finish(self) -> None:
        """Complete all files, and write the manifest."""
        with storage.storage_errors(self._unload.target):
            if not self.files:
                self._file("", 0)
            for key in list(self._open):
                self._close(key)
            if self._unload.manifest:
                self._write_manifest()

    def _write_manifest(self) -> None:
        entries = [
            {"url": f"s3://{one['path']}", "meta": {"content_length": one["size"], "record_count": one["rows"]}}
            for one in self.files
        ]
        if not self._unload.verbose and self._unload.format != "parquet":
            entries = [{"url": entry["url"]} for entry in entries]
        written: dict[str, Any] = {"entries": entries}
        if self._unload.verbose:
            elements = [{"name": c.name, "type": {"base": t}} for c, t in zip(self._columns, self._types, strict=True)]
            written["schema"] = {"elements": elements}
            written["meta"] = {
                "content_length": sum(one["size"] for one in self.files),
                "record_count": sum(one["rows"] for one in self.files),
            }
            written["author"] = {"name": "Amazon Redshift", "version": "1.0.0"}
        path = storage.path_of(self._unload.target) + "manifest"
        with self._target.open_output_stream(path) as out:
            out.write(json.dumps(written, indent=2).encode())
        self.written.append(path)

    def abandon(self) -> None:
        """Remove what was written, after an error."""
        for key in list(self._open):
            try:
                self._close(key)
            except (OSError, pa.ArrowException):
                continue
        for one in self.files:
            try:
                self._target.delete_file(one["path"])
            except OSError:
                continue


def _json_lines(rows: pa.Table, columns: list[Column], types: list[str]) -> pa.Table:
    lines = []
    for values in rows.to_pylist():
        parts = [
            f"{json.dumps(column.name, ensure_ascii=False)}:{_json_value(value, kind)}"
            for column, kind, value in zip(columns, types, values.values(), strict=True)
        ]
        lines.append("{" + ",".join(parts) + "}")
    return pa.table({"line": pa.array(lines, pa.string())})


def _json_value(value: str | None, kind: str) -> str:
    if value is None:
        return "null"
    if kind == "bool":
        return "true" if value == "t" else "false"
    if kind in ("int2", "int4", "int8", "numeric", "super") or (kind in ("float4", "float8") and value[-1].isdigit()):
        return value
    return json.dumps(value, ensure_ascii=False)


def make_sink(unload: Unload, target: fs.S3FileSystem, columns: list[Column], types: list[str]) -> Sink:
    """Return the sink of an UNLOAD. Raises SqlError where two columns of a file would have one name."""
    if unload.format in ("parquet", "json"):
        names = [column.name for column in columns]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise SqlError("42701", f'UNLOAD to {unload.format.upper()}: column "{twice}" is given more than once')
    if unload.partition_by and not unload.include and len(set(unload.partition_by)) == len(columns):
        raise SqlError("22023", "UNLOAD: at least one column must not be a partition column")
    return Sink(unload, target, columns, types)
