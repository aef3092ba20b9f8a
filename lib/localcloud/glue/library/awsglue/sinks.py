"""Writes frames to S3. Each file has the run in its name, and appears whole; with a bookmark, files of lost runs go.

Spark writes into a hidden folder in the target; the files are then copied to their names. A run that ended without
its commit has left files that the next run will write again, since the bookmark did not move: that run removes them.
"""

from __future__ import annotations

import re
from itertools import count
from typing import Any, Final

import boto3
from pyspark.sql import DataFrame

from .catalog import CatalogTable
from .job import Job
from .s3files import list_keys, split
from .sources import check_names, spark_options

_FORMATS: Final = {"glueparquet": "parquet", "parquet": "parquet", "json": "json", "csv": "csv", "orc": "orc"}
_OPTIONS: Final = ("path", "partitionKeys", "enableUpdateCatalog", "updateBehavior", "compression", "groupFiles")
_UPDATES: Final = ("UPDATE_IN_DATABASE", "LOG")
_PART: Final = re.compile(r"part-(\d+)")

_writes = count()


class S3Sink:
    """A path in S3, with the table of the catalog that shows it, if there is one."""

    def __init__(self, options: dict[str, Any], transformation_ctx: str = "") -> None:
        check_names(options, _OPTIONS, "sink options")
        self._path = options["path"].rstrip("/") + "/"
        self._keys: list[str] = list(options.get("partitionKeys") or [])
        self._update = options.get("enableUpdateCatalog", False)
        self._behavior = options.get("updateBehavior", "UPDATE_IN_DATABASE")
        self._compression = options.get("compression")
        self._format, self._format_options = "json", dict[str, Any]()
        self._table: CatalogTable | None = None
        if self._behavior not in _UPDATES:
            raise ValueError(f"updateBehavior must be one of {', '.join(_UPDATES)}, not {self._behavior!r}.")

    def setFormat(self, format: str, **options: Any) -> None:
        if format not in _FORMATS:
            raise NotImplementedError(f"format={format!r}")
        self._format, self._format_options = _FORMATS[format], options

    def setCatalogInfo(self, catalogDatabase: str, catalogTableName: str) -> None:
        self._table = CatalogTable(catalogDatabase, catalogTableName)

    def writeFrame(self, dynamic_frame: Any, info: str = "") -> Any:
        """Write a DynamicFrame, and bring the catalog up to date if that is wanted."""
        frame = dynamic_frame.toDF()
        _remove_lost(self._path)
        if frame.columns:
            folders = self._write(frame)
            if self._update and self._table is not None:
                self._update_catalog(self._table, frame, folders)
        return dynamic_frame

    def _write(self, frame: DataFrame) -> dict[tuple[str, ...], str]:
        bucket, prefix = split(self._path)
        staging = f"{prefix}_staging-{_run_name()}-{next(_writes)}/"
        writer = frame.write.format(self._format).options(**self._spark_options())
        if self._keys:
            writer = writer.partitionBy(*self._keys)
        writer.save(f"s3://{bucket}/{staging}")
        return self._publish(bucket, prefix, staging)

    def _spark_options(self) -> dict[str, str]:
        given = {"separator": ",", **self._format_options}
        header = str(given.pop("writeHeader", True)).lower()
        options = {"header": header} if self._format == "csv" else {}
        if self._format != "csv":
            given.pop("separator")
        compression = given.pop("compression", None) or self._compression
        options |= {name: value for name, value in spark_options(self._format, given).items() if name != "mode"}
        return options | ({"compression": compression} if compression else {})

    def _publish(self, bucket: str, prefix: str, staging: str) -> dict[tuple[str, ...], str]:
        """Give the staged files their names, then remove the staging; return the partitions' folders by values."""
        s3, folders, number = boto3.client("s3"), {}, next(_writes)
        staged = list(list_keys(bucket, staging))
        for item in staged:
            folder, _, name = item["Key"].removeprefix(staging).rpartition("/")
            part = _PART.match(name)
            if not part or not item["Size"]:
                continue
            target = f"{prefix}{folder + '/' if folder else ''}run-{_run_name()}-{number}-part-r-{part[1]}"
            target += name[name.find(".") :]
            s3.copy_object(Bucket=bucket, Key=target, CopySource={"Bucket": bucket, "Key": item["Key"]})
            values = tuple(_unescaped(level.partition("=")[2]) for level in folder.split("/")) if folder else ()
            folders[values] = f"s3://{bucket}/{prefix}{folder + '/' if folder else ''}"
        _delete(bucket, [item["Key"] for item in staged])
        return folders

    def _update_catalog(self, table: CatalogTable, frame: DataFrame, folders: dict[tuple[str, ...], str]) -> None:
        kinds = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
        columns = {name: kind for name, kind in kinds.items() if name not in self._keys}
        if not table.exists():
            keys = {name: kinds[name] for name in self._keys}
            table.create(self._format, self._path, columns, keys, self._spark_options().get("header") == "true")
            table = CatalogTable(table.database, table.name)
        elif self._behavior == "UPDATE_IN_DATABASE":
            table.add_columns(columns)
        if self._keys:
            table.add_partitions(folders, columns)


def _run_name() -> str:
    job = Job.active
    return _name_of(job.run.id) if job and job.run else "none"


def _name_of(run_id: str) -> str:
    """Return a short name of a run; attempts have names of their own."""
    return run_id[:20] + run_id[67:]


def _remove_lost(path: str) -> None:
    """Remove what runs have left at this path that ended without their commit."""
    job = Job.active
    if job is None or job.run is None or not job.keeps_books or not job.run.lost:
        return
    bucket, prefix = split(path)
    names = tuple(f"{kind}-{_name_of(run)}-" for run in job.run.lost for kind in ("run", "_staging"))
    lost = [item["Key"] for item in list_keys(bucket, prefix)]
    _delete(bucket, [key for key in lost if any(part.startswith(names) for part in key.split("/"))])


def _delete(bucket: str, keys: list[str]) -> None:
    s3: Any = boto3.client("s3")
    for start in range(0, len(keys), 1000):
        objects = [{"Key": key} for key in keys[start : start + 1000]]
        errors = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True}).get("Errors")
        if errors:
            raise RuntimeError(f"{errors[0]['Key']} can't be deleted: {errors[0].get('Message')}")


def _unescaped(text: str) -> str:
    """Return a partition's value, which Spark escapes in the name of its folder."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda code: chr(int(code[1], 16)), text)
