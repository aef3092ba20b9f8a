"""The Java classes that name a table's format in the catalog."""

from __future__ import annotations

from typing import Any

LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
REGEX = "org.apache.hadoop.hive.serde2.RegexSerDe"
HIVE_JSON = "org.apache.hive.hcatalog.data.JsonSerDe"
HIVE_JSON_2 = "org.apache.hadoop.hive.serde2.JsonSerDe"
OPENX_JSON = "org.openx.data.jsonserde.JsonSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
ORC = "org.apache.hadoop.hive.ql.io.orc.OrcSerde"
AVRO = "org.apache.hadoop.hive.serde2.avro.AvroSerDe"
COLUMNAR = "org.apache.hadoop.hive.serde2.columnar.ColumnarSerDe"
LAZY_COLUMNAR = "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe"
GROK = "com.amazonaws.glue.serde.GrokSerDe"
CLOUDTRAIL = "com.amazon.emr.hive.serde.CloudTrailSerde"
ION = "com.amazon.ionhiveserde.IonHiveSerDe"

_IO = "org.apache.hadoop.hive.ql.io"
TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
TEXT_OUTPUT = f"{_IO}.HiveIgnoreKeyTextOutputFormat"
OPENX_OUTPUT = f"{_IO}.IgnoreKeyTextOutputFormat"
"""What Athena notes for a table with this SerDe: https://docs.aws.amazon.com/athena/latest/ug/describe-table.html"""
SEQUENCE_INPUT = "org.apache.hadoop.mapred.SequenceFileInputFormat"
SEQUENCE_OUTPUT = f"{_IO}.HiveSequenceFileOutputFormat"
PARQUET_INPUT = f"{_IO}.parquet.MapredParquetInputFormat"
PARQUET_OUTPUT = f"{_IO}.parquet.MapredParquetOutputFormat"
ORC_INPUT = f"{_IO}.orc.OrcInputFormat"
ORC_OUTPUT = f"{_IO}.orc.OrcOutputFormat"
AVRO_INPUT = f"{_IO}.avro.AvroContainerInputFormat"
AVRO_OUTPUT = f"{_IO}.avro.AvroContainerOutputFormat"
RC_INPUT = f"{_IO}.RCFileInputFormat"
RC_OUTPUT = f"{_IO}.RCFileOutputFormat"


def library(entry: dict[str, Any]) -> str:
    """Return the SerDe class of a table or a partition, or '' where the catalog names none."""
    stored = entry.get("StorageDescriptor") or {}
    return str((stored.get("SerdeInfo") or {}).get("SerializationLibrary") or "")


def serde_properties(entry: dict[str, Any]) -> dict[str, str]:
    """Return the SerDe properties of a table or a partition."""
    stored = entry.get("StorageDescriptor") or {}
    return dict((stored.get("SerdeInfo") or {}).get("Parameters") or {})
