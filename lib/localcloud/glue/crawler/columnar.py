"""Parquet, ORC and Avro: their schema is in the file, so a few kilobytes of its end or its start are enough."""

from __future__ import annotations

import io
import json
from typing import Any

from localcloud.glue.crawler.s3 import RangeFile
from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.schema import Columns, Type


def parquet(file: RangeFile) -> Sample:
    """Return the schema and the exact number of rows of a Parquet file, from its footer."""
    import pyarrow  # noqa: PLC0415  late: 30 MB that a crawl without such files saves
    import pyarrow.parquet  # noqa: PLC0415  late: 30 MB that a crawl without such files saves

    with pyarrow.parquet.ParquetFile(pyarrow.PythonFile(file, mode="r")) as opened:
        return Sample("parquet", columns=_columns(opened.schema_arrow), records=opened.metadata.num_rows)


def orc(file: RangeFile) -> Sample:
    """Return the schema and the exact number of rows of an ORC file, from its footer."""
    import pyarrow  # noqa: PLC0415  late: 30 MB that a crawl without such files saves
    import pyarrow.orc  # noqa: PLC0415  late: 30 MB that a crawl without such files saves

    opened = pyarrow.orc.ORCFile(pyarrow.PythonFile(file, mode="r"))
    return Sample("orc", columns=_columns(opened.schema), records=opened.nrows)


def avro(head: bytes, size: int) -> Sample:
    """Return the schema of an Avro file, and an estimate of its records from the blocks in `head`."""
    import fastavro  # noqa: PLC0415  late, for a shorter start: most crawls read no Avro

    # fastavro resolves named types in place; the catalog wants the schema as the file has it.
    schema = json.loads(fastavro.reader(io.BytesIO(head)).metadata["avro.schema"])
    literal = json.dumps(schema, separators=(",", ":"))
    named: dict[str, Any] = {}
    fields = schema["fields"] if isinstance(schema, dict) and schema.get("type") == "record" else []
    columns = tuple((field["name"].lower(), _avro_type(field["type"], named)) for field in fields)
    records, read = 0, 0
    try:
        for block in fastavro.block_reader(io.BytesIO(head)):
            records, read = records + block.num_records, block.offset + block.size
    except (EOFError, ValueError, IndexError, StopIteration):
        pass  # the head ends inside a block
    estimate = records if size <= len(head) or not read else records * size // read
    shared = {"avro.schema.literal": literal}
    return Sample("avro", columns=columns, records=estimate, serde={"serialization.format": "1", **shared})


def _columns(schema: Any) -> Columns:
    return tuple((field.name.lower(), _arrow_type(field.type)) for field in schema)


_ARROW = {
    "bool": "boolean",
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "uint8": "smallint",
    "uint16": "int",
    "uint32": "bigint",
    "uint64": "decimal(20,0)",
    "halffloat": "float",
    "float": "float",
    "double": "double",
    "string": "string",
    "large_string": "string",
    "string_view": "string",
    "null": "string",
    "date32[day]": "date",
    "date64[ms]": "date",
}


def _arrow_type(kind: Any) -> Type:
    from pyarrow import types  # noqa: PLC0415  late: 30 MB that a crawl without such files saves

    if str(kind) in _ARROW:
        return _ARROW[str(kind)]
    if types.is_timestamp(kind):
        return "timestamp"
    if types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})" if kind.precision <= 38 else "string"
    if types.is_map(kind):
        return ("map", _arrow_type(kind.key_type), _arrow_type(kind.item_type))
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return ("array", _arrow_type(kind.value_type))
    if types.is_struct(kind):
        return ("struct", tuple((field.name, _arrow_type(field.type)) for field in kind))
    if types.is_dictionary(kind):
        return _arrow_type(kind.value_type)
    if types.is_time32(kind):
        return "int"
    if types.is_time64(kind) or types.is_duration(kind):
        return "bigint"
    return "binary"


_AVRO = {
    "null": "null",
    "boolean": "boolean",
    "int": "int",
    "long": "bigint",
    "float": "float",
    "double": "double",
    "string": "string",
    "bytes": "binary",
    "fixed": "binary",
    "enum": "string",
}
_LOGICAL = {
    "date": "date",
    "timestamp-millis": "timestamp",
    "timestamp-micros": "timestamp",
    "local-timestamp-millis": "timestamp",
    "local-timestamp-micros": "timestamp",
}


def _avro_type(schema: Any, named: dict[str, Any]) -> Type:
    if isinstance(schema, list):
        kinds = [kind for kind in schema if kind != "null"]
        return _avro_type(kinds[0], named) if len(kinds) == 1 else "string"
    if isinstance(schema, str):
        return _AVRO.get(schema) or named.get(schema.rpartition(".")[2], "string")
    if schema.get("logicalType") == "decimal":
        return f"decimal({schema['precision']},{schema.get('scale', 0)})"
    if schema.get("logicalType") in _LOGICAL:
        return _LOGICAL[schema["logicalType"]]
    return _avro_complex(schema, named)


def _avro_complex(schema: dict[str, Any], named: dict[str, Any]) -> Type:
    kind = schema["type"]
    if kind == "array":
        return ("array", _avro_type(schema["items"], named))
    if kind == "map":
        return ("map", "string", _avro_type(schema["values"], named))
    if kind != "record":
        inner = _avro_type(kind, named)
        return _name(schema, inner, named)
    fields = tuple((field["name"], _avro_type(field["type"], named)) for field in schema["fields"])
    return _name(schema, ("struct", fields), named)


def _name(schema: dict[str, Any], kind: Type, named: dict[str, Any]) -> Type:
    if "name" in schema:
        named[schema["name"].rpartition(".")[2]] = kind
    return kind
