"""The one line of DESCRIBE EXTENDED: the catalog entry as Hive's Thrift classes print themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localcloud.athena.statements.catalog import Table


def extended(table: Table, part: Table | None) -> str:
    """Return `Detailed Table Information` or `Detailed Partition Information` with the entry in one line."""
    if part is not None:
        return f"Detailed Partition Information\t{_partition(table, part)}\t"
    return f"Detailed Table Information\t{_table(table)}\t"


def _table(table: Table) -> str:
    return (
        f"Table(tableName:{table['Name']}, dbName:{table['DatabaseName']}, owner:{table.get('Owner')}, "
        f"createTime:{_seconds(table.get('CreateTime'))}, lastAccessTime:{_seconds(table.get('LastAccessTime'))}, "
        f"retention:{table.get('Retention', 0)}, sd:{_storage(table['StorageDescriptor'])}, "
        f"partitionKeys:{_fields(table.get('PartitionKeys'))}, parameters:{_map(table.get('Parameters'))}, "
        f"viewOriginalText:{_text(table.get('ViewOriginalText'))}, "
        f"viewExpandedText:{_text(table.get('ViewExpandedText'))}, tableType:{table.get('TableType')})"
    )


def _partition(table: Table, part: Table) -> str:
    return (
        f"Partition(values:[{', '.join(part['Values'])}], dbName:{table['DatabaseName']}, tableName:{table['Name']}, "
        f"createTime:{_seconds(part.get('CreationTime'))}, lastAccessTime:{_seconds(part.get('LastAccessTime'))}, "
        f"sd:{_storage(part['StorageDescriptor'])}, parameters:{_map(part.get('Parameters'))})"
    )


def _storage(stored: Table) -> str:
    serde = stored.get("SerdeInfo") or {}
    sorts = ", ".join(
        f"Order(col:{column['Column']}, order:{column['SortOrder']})" for column in stored.get("SortColumns") or []
    )
    return (
        f"StorageDescriptor(cols:{_fields(stored.get('Columns'))}, location:{stored.get('Location')}, "
        f"inputFormat:{stored.get('InputFormat')}, outputFormat:{stored.get('OutputFormat')}, "
        f"compressed:{str(bool(stored.get('Compressed'))).lower()}, numBuckets:{stored.get('NumberOfBuckets', -1)}, "
        f"serdeInfo:SerDeInfo(name:{_text(serde.get('Name'))}, "
        f"serializationLib:{_text(serde.get('SerializationLibrary'))}, parameters:{_map(serde.get('Parameters'))}), "
        f"bucketCols:[{', '.join(stored.get('BucketColumns') or [])}], sortCols:[{sorts}], "
        f"parameters:{_map(stored.get('Parameters'))}, skewedInfo:SkewedInfo(skewedColNames:[], skewedColValues:[], "
        f"skewedColValueLocationMaps:{{}}), storedAsSubDirectories:false)"
    )


def _fields(columns: Sequence[Mapping[str, Any]] | None) -> str:
    fields = [
        f"FieldSchema(name:{column['Name']}, type:{column['Type']}, comment:{_text(column.get('Comment'))})"
        for column in columns or []
    ]
    return f"[{', '.join(fields)}]"


def _map(parameters: Mapping[str, str] | None) -> str:
    return f"{{{', '.join(f'{key}={value}' for key, value in (parameters or {}).items())}}}"


def _text(value: str | None) -> str:
    return "null" if value is None else value


def _seconds(value: Any) -> int:
    return int(value.timestamp()) if value else 0
