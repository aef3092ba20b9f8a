"""Reads objects of S3 as Spark's DataFrames; with a bookmark, only those that no earlier run read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, Final

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from .catalog import CatalogTable
from .job import Job
from .s3files import S3File, after, files_below, unread

_WITHOUT_EFFECT: Final = ("recurse", "groupFiles", "groupSize", "maxBand", "maxFilesInBand", "useS3ListImplementation")
_OPTIONS: Final[dict[str, dict[str, str]]] = {
    "json": {"multiLine": "multiLine", "multiline": "multiLine"},
    "csv": {
        "separator": "sep",
        "quoteChar": "quote",
        "escaper": "escape",
        "withHeader": "header",
        "multiLine": "multiLine",
    },
    "parquet": {},
    "orc": {},
}
"""Glue's names of a format's options, and Spark's."""
_IGNORED: Final = ("optimizePerformance", "useGlueParquetWriter", "compression")


def read_paths(session: SparkSession, options: dict[str, Any], format: str, given: dict[str, Any], ctx: str) -> Any:
    """Return what is at the paths of `connection_options`."""
    check_names(options, ("paths", *_WITHOUT_EFFECT), "connection_options")
    roots = [options["paths"]] if isinstance(options["paths"], str) else list(options["paths"])
    frames = []
    listing = {root: list(files_below(root)) for root in roots}
    wanted = _select(ctx, roots, [file for files in listing.values() for file in files])
    for root, files in listing.items():
        uris = [file.uri for file in files if file.uri in wanted]
        if uris:
            frames.append(_load(session, format, spark_options(format, given), uris, root))
    return _union(session, frames)


def read_table(session: SparkSession, table: CatalogTable, predicate: str, ctx: str) -> DataFrame:
    """Return a table of the catalog; its partitions are those that the catalog has."""
    folders = table.folders(session, predicate)
    wanted = _select(ctx, [table.location], [file for folder in folders for file in files_below(folder)])
    if not wanted:
        return _union(session, [])
    options = {**spark_options(table.format, {}), **table.options}
    frame = _load(session, table.format, options, sorted(wanted), table.location, table.file_schema)
    for name, kind in table.partition_keys.items():
        frame = frame.withColumn(name, F.col(f"`{name}`").cast(kind))
    return frame


def spark_options(format: str, given: dict[str, Any]) -> dict[str, str]:
    """Return Spark's options for those of Glue's format_options."""
    if format not in _OPTIONS:
        raise NotImplementedError(f"format={format!r}")
    names = _OPTIONS[format]
    check_names(given, (*names, *_IGNORED), "format_options")
    options = {"mode": "FAILFAST"} if format in ("json", "csv") else {"mergeSchema": "true"}
    for name, value in given.items():
        if name in names:
            no_quotes = name == "quoteChar" and value in (-1, "-1")
            text = "" if no_quotes else str(value)
            options[names[name]] = text.lower() if text in ("True", "False") else text
    return options


def check_names(given: dict[str, Any], known: Sequence[str], where: str) -> None:
    """Refuse options that would have no effect here but have one on AWS."""
    for name in given:
        if name not in known:
            raise NotImplementedError(f"{where}: {name}")


def _select(ctx: str, roots: list[str], files: list[S3File]) -> set[str]:
    """Return the URIs that the run must read, and note them for its commit."""
    job = Job.active
    if job is None or not ctx or not job.reads_only_new:
        return {file.uri for file in files}
    seen = job.seen(ctx)
    if seen.get("roots") != roots:
        seen = {}
    chosen = unread(files, seen)
    job.note(ctx, {"roots": roots, **after(chosen, seen)})
    return {file.uri for file in chosen}


def _load(
    session: SparkSession, format: str, options: dict[str, str], uris: list[str], root: str, schema: Any = None
) -> DataFrame:
    reader = session.read.format(format).options(**options)
    if root not in uris:
        reader = reader.option("basePath", root)
    if schema is not None:
        reader = reader.schema(schema)
    frame = reader.load(uris)
    if format == "csv" and schema is None and options.get("header") != "true":
        names = [f"col{name[2:]}" if name.startswith("_c") else name for name in frame.columns]
        frame = frame.toDF(*names)
    return frame


def _union(session: SparkSession, frames: list[DataFrame]) -> DataFrame:
    if not frames:
        return session.createDataFrame([], StructType([]))
    return reduce(lambda frame, other: frame.unionByName(other, allowMissingColumns=True), frames)
