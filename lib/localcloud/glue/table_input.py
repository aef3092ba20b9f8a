"""A table that a crawl found, as the catalog describes it: SerDe, formats, parameters and statistics."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import md5
from typing import Any

from localcloud.glue.crawler.crawled import CrawledPart, CrawledTable

Json = dict[str, Any]

PARTITION_INDEX = "crawler_partition_index"
MAX_NAME = 128

_TEXT = ("org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat")
_HIVE = "org.apache.hadoop.hive"
_ION = "com.amazon.ionhiveserde"
_CLASSES = {
    "ion": (f"{_ION}.IonHiveSerDe", f"{_ION}.formats.IonInputFormat", f"{_ION}.formats.IonOutputFormat"),
    "grok": ("com.amazonaws.glue.serde.GrokSerDe", *_TEXT),
    "csv": (f"{_HIVE}.serde2.lazy.LazySimpleSerDe", *_TEXT),
    "json": ("org.openx.data.jsonserde.JsonSerDe", *_TEXT),
    "parquet": (
        f"{_HIVE}.ql.io.parquet.serde.ParquetHiveSerDe",
        f"{_HIVE}.ql.io.parquet.MapredParquetInputFormat",
        f"{_HIVE}.ql.io.parquet.MapredParquetOutputFormat",
    ),
    "orc": (
        f"{_HIVE}.ql.io.orc.OrcSerde",
        f"{_HIVE}.ql.io.orc.OrcInputFormat",
        f"{_HIVE}.ql.io.orc.OrcOutputFormat",
    ),
    "avro": (
        f"{_HIVE}.serde2.avro.AvroSerDe",
        f"{_HIVE}.ql.io.avro.AvroContainerInputFormat",
        f"{_HIVE}.ql.io.avro.AvroContainerOutputFormat",
    ),
}


def table_name(crawled: CrawledTable, prefix: str) -> str:
    """Return the name of a table: its folder (or file, or bucket) in lower case, other characters as `_`.

    It is cut to 128 characters: https://docs.aws.amazon.com/glue/latest/dg/crawler-running.html
    """
    folder = crawled.location.removeprefix("s3://").rstrip("/").rpartition("/")[2]
    return (prefix + re.sub(r"[^a-z0-9_]", "_", folder.lower())).lower()[:MAX_NAME]


def clashing_name(name: str, location: str) -> str:
    """Return the name for a table whose plain name another location already has."""
    return f"{name[: MAX_NAME - 33]}_{md5(location.encode(), usedforsecurity=False).hexdigest()}"


def table_input(name: str, crawled: CrawledTable, crawler: str, index: bool) -> Json:
    """Return the TableInput of a found table."""
    parameters = _parameters(crawled, crawled.parts, crawler)
    if crawled.exclusions:
        parameters["exclusions"] = json.dumps(crawled.exclusions)
    if index and crawled.keys:
        parameters["partition_filtering.enabled"] = "true"
    return {
        "Name": name,
        "Owner": "owner",
        "Retention": 0,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in crawled.keys],
        "StorageDescriptor": _storage(crawled, crawled.columns, crawled.location, parameters),
    }


def partition_input(part: CrawledPart, crawled: CrawledTable, crawler: str) -> Json:
    """Return the PartitionInput of one part of a found table."""
    parameters = _parameters(crawled, [part], crawler)
    return {
        "Values": part.values,
        "Parameters": parameters,
        "StorageDescriptor": _storage(crawled, part.columns, part.location, parameters),
    }


def _storage(crawled: CrawledTable, columns: list[tuple[str, str]], location: str, parameters: Json) -> Json:
    # XML and BSON tables have no SerDe and no formats on AWS either.
    kind = crawled.serde.get("format") or crawled.classification
    library, reader, writer = _CLASSES.get(kind, ("", "", ""))
    serde = {key: value for key, value in crawled.serde.items() if key not in ("library", "format")}
    if kind in ("parquet", "orc"):
        serde = {"serialization.format": "1"} if kind == "parquet" else {}
    storage: Json = {
        "Columns": _columns(tuple(map(tuple, columns))),
        "Location": location,
        "Compressed": crawled.compression != "none",
        "NumberOfBuckets": -1,
        "BucketColumns": [],
        "SortColumns": [],
        "StoredAsSubDirectories": False,
        "Parameters": parameters,
        "SerdeInfo": {"Parameters": serde},
    }
    if library:
        storage["SerdeInfo"]["SerializationLibrary"] = crawled.serde.get("library", library)
        storage |= {"InputFormat": reader, "OutputFormat": writer}
    return storage


@lru_cache(maxsize=64)
def _columns(columns: tuple[tuple[str, ...], ...]) -> list[Json]:
    """Return column structures; equal ones are one object, since thousands of partitions share them."""
    return [{"Name": name, "Type": kind} for name, kind in columns]


def _parameters(crawled: CrawledTable, parts: list[CrawledPart], crawler: str) -> dict[str, str]:
    size, records = sum(part.size for part in parts), sum(part.records for part in parts)
    described = {key: crawled.serde[key] for key in ("avro.schema.literal",) if key in crawled.serde}
    return {
        "CrawlerSchemaDeserializerVersion": "1.0",
        "CrawlerSchemaSerializerVersion": "1.0",
        "UPDATED_BY_CRAWLER": crawler,
        "averageRecordSize": str(max(1, size // records) if records else 0),
        "classification": crawled.classification,
        "compressionType": crawled.compression,
        "objectCount": str(sum(part.objects for part in parts)),
        "recordCount": str(records),
        "sizeKey": str(size),
        "typeOfData": "file",
        **crawled.parameters,
        **described,
    }
