"""CREATE TABLE of Iceberg tables, and the properties that Athena has for them.

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.athena import iceberg_metadata
from localcloud.athena.failure import QueryFailed, hive_error, not_supported
from localcloud.athena.iceberg_metadata import KEPT, PATHS
from localcloud.athena.job import ICEBERG, Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import storage
from localcloud.athena.statements.columns import engine_type
from localcloud.athena.statements.database import DONE
from localcloud.athena.statements.properties import array, identifier, quoted

_TRANSFORMS = ("bucket", "truncate", "year", "month", "day", "hour")
# https://docs.aws.amazon.com/athena/latest/ug/compression-support-iceberg.html
CODECS = {
    "parquet": ("gzip", "lz4", "snappy", "zstd", "none"),
    "orc": ("lz4", "snappy", "zlib", "zstd", "none"),
    "avro": ("deflate", "gzip", "snappy", "zstd", "none"),
}
"""The compressions that each file format can have."""
_LIMITS = {"optimize_rewrite_data_file_threshold": 50, "optimize_rewrite_delete_file_threshold": 50}


def transforms(reader: Reader) -> list[str]:
    """Return the partitioning of an Iceberg table as the engine writes it: `day(ts)`, `bucket(id, 16)`."""
    fields = []
    while reader.token.kind != "end":
        name = reader.name()
        if reader.sees("("):
            if name not in _TRANSFORMS:
                raise not_supported(f"Partition transform {name}. Iceberg has {', '.join(_TRANSFORMS)}")
            inside = [part.strip().strip("`").lower() for part in reader.group().split(",")]
            # Athena writes bucket(16, id), the engine bucket(id, 16).
            name = f"{name}({', '.join(sorted(inside, key=str.isdigit))})"
        fields.append(name)
        if not reader.take(","):
            reader.done()
    return fields


def create(job: Job, database: str, name: str, entry: dict[str, Any]) -> Outcome:
    """Make an empty Iceberg table at its LOCATION."""
    if "EXTERNAL" in entry["Parameters"]:
        raise hive_error("SemanticException External keyword not supported for table type ICEBERG")
    location = entry["StorageDescriptor"].get("Location")
    if not location:
        raise hive_error("SemanticException An Iceberg table needs a LOCATION on S3")
    if entry["PartitionKeys"]:
        raise hive_error("ParseException Column type is not allowed in PARTITIONED BY of an Iceberg table")
    plain = storage.default()
    if any(entry["StorageDescriptor"].get(key) != value for key, value in plain.items()):
        raise hive_error("SemanticException ROW FORMAT, STORED AS and CLUSTERED BY are not for Iceberg tables")
    given = {key.lower(): value for key, value in entry["Parameters"].items() if key not in ("table_type", "comment")}
    file_format, codec, kept = checked(given)
    if outside := set(kept) & set(PATHS):
        raise hive_error(f"SemanticException Unsupported table property key: {min(outside)}")
    columns = ", ".join(_column(column) for column in entry["StorageDescriptor"]["Columns"])
    options = [f"location = {quoted(location.rstrip('/'))}", f"format = {quoted(file_format.upper())}"]
    if kept:
        options.append(f"extra_properties = {properties_map(kept)}")
    if entry["Transforms"]:
        options.append(f"partitioning = {array(entry['Transforms'])}")
    comment = f" COMMENT {quoted(entry['Description'])}" if entry.get("Description") else ""
    sql = f"CREATE TABLE {identifier(ICEBERG, database, name)} ({columns}){comment} WITH ({', '.join(options)})"
    job.trino(sql, engine_codec(codec)).finish()
    return DONE


def engine_codec(codec: str) -> dict[str, str]:
    """Return the session property that makes the engine write with a compression."""
    named = {"zlib": "GZIP", "deflate": "GZIP"}.get(codec, codec.upper())
    return {f"{ICEBERG}.compression_codec": named}


def write_session(job: Job, table: dict[str, Any]) -> dict[str, str]:
    """Return the session property by which the engine keeps to the table's target size of files."""
    size = iceberg_metadata.read(job.s3, table).properties.get("write_target_data_file_size_bytes")
    return {f"{ICEBERG}.target_max_file_size": f"{size}B"} if size else {}


def checked(given: Mapping[str, str], known_format: str = "parquet") -> tuple[str, str, dict[str, str]]:
    """Return file format, compression and the other properties that are stored by their own names.

    Raises:
        QueryFailed: a property that Athena does not have for Iceberg tables, or a value that it cannot have.
    """
    file_format = given.get("format", known_format).lower()
    if file_format not in CODECS:
        raise not_supported(f"Iceberg tables cannot have the format {file_format}. They have {', '.join(CODECS)}")
    codec = given.get("write_compression", "zstd").lower()
    if codec not in CODECS[file_format]:
        raise not_supported(
            f"{file_format} cannot have write_compression {codec}. It has {', '.join(CODECS[file_format])}"
        )
    kept = {key: value for key, value in given.items() if key in (*KEPT, *PATHS)}
    for key in given:
        if key not in (*kept, "format", "write_compression"):
            raise hive_error(f"SemanticException Unsupported table property key: {key}")
    for key, value in kept.items():
        _check_value(key, value)
    return file_format, codec, kept


def _check_value(key: str, value: str) -> None:
    if key in PATHS:
        if not value.startswith("s3://"):
            raise QueryFailed("INVALID_TABLE_PROPERTY", f"{key} is not on S3: {value!r}. Try: 's3://bucket/folder'")
        return
    if not value.isdigit() or (int(value) == 0 and key != "optimize_rewrite_min_data_file_size_bytes"):
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"{key} needs a positive number and not {value!r}")
    if int(value) >= _LIMITS.get(key, int(value) + 1):
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"{key} must be less than {_LIMITS[key]} and is {value}")


def _column(column: dict[str, str]) -> str:
    comment = f" COMMENT {quoted(column['Comment'])}" if column.get("Comment") else ""
    return f"{identifier(column['Name'])} {engine_type(column['Type'])}{comment}"


def properties_map(values: Mapping[str, str]) -> str:
    """Return properties as a map in SQL."""
    return f"MAP({array(list(values))}, {array(list(values.values()))})"
