"""Tables of the Glue catalog, as sources and sinks need them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

_SERDES: Final = {
    "JsonSerDe": "json",
    "OpenXJsonSerDe": "json",
    "ParquetHiveSerDe": "parquet",
    "OrcSerde": "orc",
    "LazySimpleSerDe": "csv",
    "OpenCSVSerde": "csv",
}
_CLASSES: Final = {
    "json": (
        "org.openx.data.jsonserde.JsonSerDe",
        "org.apache.hadoop.mapred.TextInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    ),
    "parquet": (
        "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    ),
    "csv": (
        "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        "org.apache.hadoop.mapred.TextInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    ),
}
"""SerDe, input and output format of the tables that sinks make."""


class CatalogTable:
    """One table: where its files are, how to read them, its partitions."""

    def __init__(self, database: str, name: str) -> None:
        self.database, self.name = database, name
        self._glue: Any = boto3.client("glue")

    @cached_property
    def _table(self) -> dict[str, Any]:
        table: dict[str, Any] = self._glue.get_table(DatabaseName=self.database, Name=self.name)["Table"]
        return table

    @property
    def _storage(self) -> dict[str, Any]:
        storage: dict[str, Any] = self._table["StorageDescriptor"]
        return storage

    @property
    def location(self) -> str:
        location: str = self._storage["Location"]
        return location

    @cached_property
    def columns(self) -> dict[str, str]:
        return {column["Name"]: column["Type"] for column in self._storage["Columns"]}

    @cached_property
    def partition_keys(self) -> dict[str, str]:
        return {key["Name"]: key["Type"] for key in self._table.get("PartitionKeys", [])}

    @cached_property
    def format(self) -> str:
        serde = self._storage.get("SerdeInfo", {}).get("SerializationLibrary", "")
        name = serde.rpartition(".")[2]
        if name not in _SERDES:
            raise NotImplementedError(f"the SerDe {serde!r} of {self.database}.{self.name}")
        return _SERDES[name]

    @property
    def options(self) -> dict[str, str]:
        """Spark's options for the files of the table."""
        serde = self._storage["SerdeInfo"].get("Parameters", {})
        if self.format != "csv":
            return {}
        skipped = {**serde, **self._table.get("Parameters", {})}.get("skip.header.line.count", "0")
        if skipped not in ("0", "1"):
            raise NotImplementedError(f"skip.header.line.count={skipped}")
        default = "," if "separatorChar" in serde or "quoteChar" in serde else "\x01"
        options = {"sep": serde.get("separatorChar") or serde.get("field.delim") or default}
        options["header"] = "true" if skipped == "1" else "false"
        return {**options, "quote": serde.get("quoteChar", "") if "field.delim" in serde else '"'}

    @property
    def file_schema(self) -> StructType | None:
        """The columns of files that do not name them."""
        if self.format != "csv":
            return None
        keys = set(self.partition_keys)
        fields = [f"`{name}` {kind}" for name, kind in self.columns.items() if name not in keys]
        schema = StructType.fromDDL(", ".join(fields))
        return schema if isinstance(schema, StructType) else None

    def folders(self, session: SparkSession, predicate: str) -> list[str]:
        """Return the folders of the table, or of the partitions for which the predicate holds."""
        if not self.partition_keys:
            if predicate:
                raise ValueError(f"push_down_predicate {predicate!r}: {self.name} has no partitions.")
            return [self.location]
        pages = self._glue.get_paginator("get_partitions").paginate(DatabaseName=self.database, TableName=self.name)
        partitions = [part for page in pages for part in page["Partitions"]]
        places = {tuple(part["Values"]): part["StorageDescriptor"]["Location"] for part in partitions}
        for values, location in places.items():
            self._check_place(values, location)
        if predicate and places:
            places = {values: places[values] for values in self._matching(session, list(places), predicate)}
        return list(places.values())

    def _check_place(self, values: tuple[str, ...], location: str) -> None:
        relative = location.rstrip("/").removeprefix(self.location.rstrip("/") + "/").split("/")
        names = [part.partition("=")[0].lower() for part in relative]
        if names != list(self.partition_keys):
            raise NotImplementedError(f"the partition {'/'.join(values)} at {location}, which is not at key=value")

    def _matching(self, session: SparkSession, values: list[tuple[str, ...]], predicate: str) -> list[tuple[str, ...]]:
        schema = ", ".join(f"`{name}` string" for name in self.partition_keys)
        frame: DataFrame = session.createDataFrame(values, schema)
        typed = [F.col(f"`{name}`").cast(kind).alias(name) for name, kind in self.partition_keys.items()]
        texts = [F.col(f"`{name}`").alias(f"text {number}") for number, name in enumerate(self.partition_keys)]
        rows = frame.select(*typed, *texts).filter(predicate).collect()
        return [tuple(row)[len(self.partition_keys) :] for row in rows]

    def exists(self) -> bool:
        """Return whether the catalog has the table."""
        try:
            return bool(self._table)
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityNotFoundException":
                raise
            return False

    def create(
        self, format: str, location: str, columns: dict[str, str], keys: dict[str, str], header: bool = False
    ) -> None:
        """Add the table for files that a sink writes."""
        if format not in _CLASSES:
            raise NotImplementedError(f"enableUpdateCatalog with format={format!r}")
        table = {
            "Name": self.name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": format, **({"skip.header.line.count": "1"} if header else {})},
            "PartitionKeys": _members(keys),
            "StorageDescriptor": _storage_of(format, location, columns),
        }
        self._glue.create_table(DatabaseName=self.database, TableInput=table)

    def add_columns(self, columns: dict[str, str]) -> None:
        """Add the columns that the table does not have yet."""
        new = {name: kind for name, kind in columns.items() if name.lower() not in self.columns}
        if not new:
            return
        kept = ("Name", "Description", "Owner", "Retention", "PartitionKeys", "TableType", "Parameters")
        table = {name: self._table[name] for name in kept if name in self._table}
        storage = {**self._storage, "Columns": [*self._storage["Columns"], *_members(new)]}
        self._glue.update_table(DatabaseName=self.database, TableInput={**table, "StorageDescriptor": storage})

    def add_partitions(self, folders: dict[tuple[str, ...], str], columns: dict[str, str]) -> None:
        """Add the partitions that the table does not have yet."""
        entries = [
            {"Values": list(values), "StorageDescriptor": _storage_of(self.format, folder, columns)}
            for values, folder in folders.items()
        ]
        for start in range(0, len(entries), 100):
            answer = self._glue.batch_create_partition(
                DatabaseName=self.database, TableName=self.name, PartitionInputList=entries[start : start + 100]
            )
            for error in answer.get("Errors", []):
                if error["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException":
                    raise RuntimeError(f"Partition {error['PartitionValues']}: {error['ErrorDetail']['ErrorMessage']}")


def _members(columns: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Type": kind} for name, kind in columns.items()]


def _storage_of(format: str, location: str, columns: dict[str, str]) -> dict[str, Any]:
    serde, reads, writes = _CLASSES[format]
    parameters = {"field.delim": ","} if format == "csv" else {}
    return {
        "Columns": _members(columns),
        "Location": location,
        "InputFormat": reads,
        "OutputFormat": writes,
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": parameters},
    }
