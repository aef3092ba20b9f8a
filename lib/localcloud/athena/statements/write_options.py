"""Which properties CREATE TABLE AS and UNLOAD have, and which compressions each file format can have.

https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
"""

from __future__ import annotations

from collections.abc import Iterable

from localcloud.athena.failure import QueryFailed, not_supported
from localcloud.athena.statements.properties import Properties

CTAS = (
    "bucket_count",
    "bucketed_by",
    "compression_level",
    "external_location",
    "field_delimiter",
    "format",
    "is_external",
    "orc_compression",
    "parquet_compression",
    "partitioned_by",
    "write_compression",
)
UNLOAD = ("compression", "compression_level", "field_delimiter", "format", "partitioned_by")
# https://docs.aws.amazon.com/athena/latest/ug/compression-support-hive.html
_TEXT = ("BZIP2", "GZIP", "LZ4", "SNAPPY", "ZSTD", "NONE")
COMPRESSIONS = {
    "AVRO": ("BZIP2", "DEFLATE", "SNAPPY", "ZSTD", "NONE"),
    "ION": ("BZIP2", "GZIP", "LZ4", "SNAPPY", "ZSTD", "NONE"),
    "JSON": _TEXT,
    "ORC": ("LZ4", "SNAPPY", "ZLIB", "ZSTD", "NONE"),
    "PARQUET": ("GZIP", "LZ4", "LZO", "SNAPPY", "ZSTD", "NONE", "UNCOMPRESSED"),
    "TEXTFILE": _TEXT,
}
_OF_FORMAT = {"orc_compression": "ORC", "parquet_compression": "PARQUET"}


def check(given: Properties, known: Iterable[str]) -> None:
    """Make sure that the properties of a statement are its own and fit together.

    Raises:
        QueryFailed: an unknown property, two compressions, or one that the file format cannot have.
    """
    allowed = set(known)
    for key in given:
        if key not in allowed:
            raise QueryFailed("INVALID_TABLE_PROPERTY", f"table property '{key}' does not exist")
    file_format = str(given.get("format", "PARQUET")).upper()
    named = [key for key in given if key.endswith("compression")]
    if len(named) > 1:
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"Only one compression can be given, and not {' and '.join(named)}")
    for key in named:
        if _OF_FORMAT.get(key, file_format) != file_format:
            raise QueryFailed("INVALID_TABLE_PROPERTY", f"{key} is not for the format {file_format}")
        _check_codec(file_format, str(given[key]).upper())
    if len(str(given.get("field_delimiter", ","))) != 1:
        raise not_supported(f"field_delimiter is a single character, and not {given['field_delimiter']!r}")


def _check_codec(file_format: str, codec: str) -> None:
    codecs = COMPRESSIONS.get(file_format)
    if codecs is not None and codec not in codecs:
        raise not_supported(f"{file_format} cannot have the compression {codec}. It has {', '.join(codecs)}")
