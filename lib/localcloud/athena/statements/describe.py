"""DESCRIBE: the columns of a table, a view, a partition or a column, and how they are stored.

https://docs.aws.amazon.com/athena/latest/ug/describe-table.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from localcloud.athena import iceberg_metadata
from localcloud.athena.failure import hive_error, not_supported
from localcloud.athena.job import Job, Outcome, text_answer
from localcloud.athena.reader import Reader
from localcloud.athena.statements import catalog, names, partition, types
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.describe_thrift import extended
from localcloud.athena.statements.show import all_columns, line

_BLANK = "\t \t "
_HEAD = ["col_name", "data_type", "comment"]


def describe(job: Job, reader: Reader) -> Outcome:
    """DESCRIBE [EXTENDED | FORMATTED] table [PARTITION (...)] [column]."""
    reader = reader.as_hive()
    if not reader.take("DESCRIBE"):
        reader.need("DESC")
    _refuse_others(reader)
    form = next((word for word in ("EXTENDED", "FORMATTED") if reader.take(word)), "")
    table = catalog.get_table(job, *catalog.table_name(job, reader))
    part = _partition(job, table, reader)
    if reader.token.kind != "end":
        return text_answer(_HEAD, _column(reader, part or table, table))
    lines = [*map(_column_line, all_columns(table)), *_keys(job, table)]
    if form == "FORMATTED":
        lines += [*_detailed(table, part), *_storage((part or table)["StorageDescriptor"])]
    elif form == "EXTENDED":
        lines += ["", extended(table, part)]
    return text_answer(_HEAD, lines)


def _refuse_others(reader: Reader) -> None:
    if reader.tokens[reader.at + 1].kind != "end":
        for word in ("DATABASE", "SCHEMA", "INPUT", "OUTPUT", "FUNCTION"):
            if reader.sees(word) and reader.tokens[reader.at + 1].text != ".":
                raise not_supported(f"DESCRIBE {word} is not supported")
    if reader.sees("TABLE"):
        raise hive_error("SemanticException [Error 10001]: Table not found table")


def _partition(job: Job, table: Table, reader: Reader) -> Table | None:
    if not reader.take("PARTITION"):
        return None
    values = partition.values(table, partition.read_spec(reader))
    return partition.get(job, table, values)


def _column(reader: Reader, stored: Table, table: Table) -> Iterator[str]:
    name = names.read(reader)
    path = types.read_path(reader)
    reader.done()
    described = [*stored["StorageDescriptor"].get("Columns", []), *(table.get("PartitionKeys") or [])]
    column = next((column for column in described if column["Name"] == name), None)
    if column is None:
        raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {name}")
    kind = column["Type"]
    for part in path:
        kind, name = types.step(name, kind, part), part
    outer, fields = types.split(kind)
    if outer == "struct":  # Hive answers a struct with its fields
        yield from (line(field, inner, "from deserializer") for field, inner in fields)
        return
    yield line(name, kind, "from deserializer" if path else column.get("Comment", ""))


def _column_line(column: Mapping[str, Any]) -> str:
    return line(column["Name"], column["Type"], column.get("Comment", ""))


def _keys(job: Job, table: Table) -> Iterable[str]:
    if catalog.is_iceberg(table):
        partitioned = iceberg_metadata.read(job.s3, table).partitioning()
        head = [_BLANK, "# Partition spec:\t \t ", line("# field_name", "field_transform", "column_name")]
        return [*head, *(line(*spec) for spec in partitioned)] if partitioned else []
    keys = table.get("PartitionKeys") or []
    head = [_BLANK, "# Partition Information\t \t ", line("# col_name", "data_type", "comment"), _BLANK]
    return [*head, *map(_column_line, keys)] if keys else []


def _time(value: datetime | None) -> str:
    return value.strftime("%a %b %d %H:%M:%S UTC %Y") if value else "UNKNOWN"


def _detailed(table: Table, part: Table | None) -> Iterator[str]:
    yield from (_BLANK, f"# Detailed {'Partition' if part else 'Table'} Information\t \t ")
    owner = part or table
    facts: dict[str, str] = {"Database:": table["DatabaseName"]}
    if part:
        facts = {"Partition Value:": f"[{', '.join(part['Values'])}]", **facts, "Table:": table["Name"]}
    else:
        facts["Owner:"] = table.get("Owner", "")
    facts |= {
        "CreateTime:": _time(owner.get("CreateTime") or owner.get("CreationTime")),
        "LastAccessTime:": _time(owner.get("LastAccessTime")),
        "Protect Mode:": "None",
    }
    if not part:
        facts["Retention:"] = str(table.get("Retention", 0))
    facts["Location:"] = owner["StorageDescriptor"].get("Location", "")
    if not part:
        facts["Table Type:"] = table.get("TableType", "")
    yield from (line(name, value, "") for name, value in facts.items())
    yield from _parameters(f"{'Partition' if part else 'Table'} Parameters:", owner.get("Parameters"))


def _parameters(head: str, parameters: Mapping[str, str] | None) -> Iterator[str]:
    yield line(head, "", "")
    yield from (line("", key, value) for key, value in sorted((parameters or {}).items()))


def _storage(stored: Table) -> Iterator[str]:
    yield from (_BLANK, "# Storage Information\t \t ")
    serde = stored.get("SerdeInfo") or {}
    facts = {
        "SerDe Library:": serde.get("SerializationLibrary", ""),
        "InputFormat:": stored.get("InputFormat", ""),
        "OutputFormat:": stored.get("OutputFormat", ""),
        "Compressed:": "Yes" if stored.get("Compressed") else "No",
        "Num Buckets:": str(stored.get("NumberOfBuckets", -1)),
        "Bucket Columns:": f"[{', '.join(stored.get('BucketColumns') or [])}]",
        "Sort Columns:": f"[{', '.join(column['Column'] for column in stored.get('SortColumns') or [])}]",
    }
    yield from (line(name, value, "") for name, value in facts.items())
    yield from _parameters("Storage Desc Params:", serde.get("Parameters"))
