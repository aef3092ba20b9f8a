"""Parquet and ORC in the engine's binary form. Columns go by place; their types must be the table's, as in Redshift."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pgpq import ArrowToPostgresBinaryEncoder
from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.storage import Object, storage_errors
from localcloud.redshift.transfer.target import Table, Target

_ROWS = 65_536
_INTEGERS = {"int2": (8, 16), "int4": (32,), "int8": (64,)}


def binary_chunks(
    storage: fs.S3FileSystem, files: list[Object], table: Table, form: str, nested: bool
) -> Iterator[bytes]:
    """Give the rows of all files in the engine's binary COPY form, some megabytes at a time."""
    schema = pa.schema([pa.field(column.name, column.arrow) for column in table.columns])
    encoder = ArrowToPostgresBinaryEncoder(schema)
    yield bytes(encoder.write_header())
    for file in files:
        with storage_errors(file.url), storage.open_input_file(file.path) as opened:
            for batch in _batches(opened, file, form):
                yield bytes(encoder.write_batch(_fitted(batch, table, schema, file, nested)))
    yield bytes(encoder.finish())


def _batches(opened: pa.NativeFile, file: Object, form: str) -> Iterator[pa.RecordBatch]:
    try:
        if form == "orc":
            from pyarrow import orc  # late: rarely used

            reader = orc.ORCFile(opened)
            for stripe in range(reader.nstripes):
                yield reader.read_stripe(stripe)
        else:
            yield from pq.ParquetFile(opened, pre_buffer=True).iter_batches(batch_size=_ROWS)
    except pa.ArrowInvalid as error:
        raise SqlError(
            "XX000", f"Spectrum Scan Error: File '{file.url}' has an invalid version number: {error}"
        ) from None


def _fitted(batch: pa.RecordBatch, table: Table, schema: pa.Schema, file: Object, nested: bool) -> pa.RecordBatch:
    """Return the batch with the table's types. Raises SqlError where a value or a type does not fit."""
    if batch.num_columns != len(table.columns):
        raise SqlError(
            "XX000",
            "Unmatched number of columns between table and file. "
            f"Table columns: {len(table.columns)}, Data columns: {batch.num_columns}, File name: {file.url}",
        )
    columns = [
        _column(batch.column(place), batch.schema.field(place), target, file, nested)
        for place, target in enumerate(table.columns)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(values: pa.Array, field: pa.Field, target: Target, file: Object, nested: bool) -> pa.Array:
    if pa.types.is_dictionary(field.type):
        values = values.dictionary_decode()
    if not _is_compatible(values.type, target, nested):
        raise SqlError(
            "XX000",
            f"Spectrum Scan Error: File '{file.url}' has an incompatible Parquet schema for column "
            f"'{file.url}.{field.name}'. Column type: {target.declared}, Parquet schema: {field}",
        )
    if target.required and values.null_count:
        raise SqlError("23502", f'null value in column "{target.name}" violates not-null constraint')
    if target.type == "super":
        return _as_json(values)
    if target.is_text:
        return _checked_text(values, target)
    try:
        return values.cast(target.arrow, safe=not pa.types.is_timestamp(values.type))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SqlError("22003", f'column "{target.name}": value does not fit {target.declared}: {error}') from None


def _is_compatible(given: pa.DataType, target: Target, nested: bool) -> bool:
    kind = target.type
    if pa.types.is_null(given):
        return True
    if kind in _INTEGERS:
        return pa.types.is_signed_integer(given) and given.bit_width in _INTEGERS[kind]
    if kind == "super":
        return nested or not pa.types.is_nested(given)
    checks = {
        "float4": pa.types.is_float32,
        "float8": pa.types.is_float64,
        "numeric": pa.types.is_decimal,
        "bool": pa.types.is_boolean,
        "date": pa.types.is_date,
        "timestamp": pa.types.is_timestamp,
        "timestamptz": pa.types.is_timestamp,
        "time": pa.types.is_time,
        "varbyte": pa.types.is_binary,
        "bytea": pa.types.is_binary,
    }
    if kind in checks:
        return bool(checks[kind](given))
    return any(check(given) for check in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary))


def _checked_text(values: pa.Array, target: Target) -> pa.Array:
    text = values.cast(pa.string())
    longest = pc.max(pc.binary_length(text)).as_py()
    if target.length is not None and longest is not None and longest > target.length:
        raise SqlError(
            "22001",
            f"Value too long for type {target.declared}: the length of the data column {target.name} is longer than "
            f"the length defined in the table. Table: {target.length}, Data: {longest}",
        )
    return text


def _as_json(values: pa.Array) -> pa.Array:
    import json

    if isinstance(values.type, pa.JsonType):  # as UNLOAD writes SUPER (unload-super-parquet)
        return values.storage

    def written(value: object) -> str | None:
        return None if value is None else json.dumps(value, separators=(",", ":"), default=str, ensure_ascii=False)

    return pa.array([written(value) for value in values.to_pylist()], pa.string())
