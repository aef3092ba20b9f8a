"""Partitions of external tables: ALTER TABLE ADD, DROP and RENAME PARTITION, and MSCK REPAIR TABLE.

https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-partition.html
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from localcloud.athena.failure import hive_error
from localcloud.athena.job import Job, Outcome, text_answer
from localcloud.athena.results import list_files
from localcloud.athena.statements import catalog
from localcloud.athena.statements.catalog import Table, partition_name
from localcloud.athena.statements.database import DDL_ERROR, DONE, s3_location
from localcloud.athena.statements.reader import Reader

BATCH = 100
"""Partitions that one call of the catalog takes."""


def _keys(table: Table) -> list[str]:
    return [key["Name"] for key in table.get("PartitionKeys") or []]


def read_spec(reader: Reader) -> list[tuple[str, str, str]]:
    """Return the `(key op value, ...)` that come next as key, operator and value."""
    found = []
    reader.need("(")
    while not reader.sees(")"):
        key, operator = reader.name(), ""
        while reader.token.kind == "mark":
            operator += reader.step().text
        found.append((key, operator, reader.step().text))
        if not reader.take(","):
            break
    reader.need(")")
    return found


def _values(table: Table, spec: list[tuple[str, str, str]]) -> list[str]:
    given = {key: value for key, _, value in spec}
    if set(given) != set(_keys(table)):
        raise hive_error(
            f"SemanticException Partition spec {given} does not have the columns {_keys(table)} of the table"
        )
    return [given[key] for key in _keys(table)]


def _entry(table: Table, values: list[str], location: str) -> dict[str, Any]:
    stored = copy.deepcopy(table["StorageDescriptor"])
    stored["Location"] = location
    return {"Values": values, "StorageDescriptor": stored, "Parameters": {}}


def _default_location(table: Table, values: list[str]) -> str:
    return f"{table['StorageDescriptor']['Location'].rstrip('/')}/{partition_name(table, values)}"


def _create(job: Job, table: Table, entries: list[dict[str, Any]]) -> list[list[str]]:
    """Add partitions; return the values of those that were there already."""
    known = []
    for start in range(0, len(entries), BATCH):
        answer = job.glue.batch_create_partition(
            DatabaseName=table["DatabaseName"],
            TableName=table["Name"],
            PartitionInputList=entries[start : start + BATCH],
        )
        for error in answer.get("Errors", []):
            if error["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException":
                raise hive_error(f"{DDL_ERROR} {error['ErrorDetail']}")
            known.append(error["PartitionValues"])
    return known


def add(job: Job, table: Table, reader: Reader) -> Outcome:
    """ADD [IF NOT EXISTS] PARTITION (...) [LOCATION '...'] ..."""
    absent = reader.take("IF", "NOT", "EXISTS")
    entries = []
    while reader.take("PARTITION"):
        values = _values(table, read_spec(reader))
        location = s3_location(reader.string()) if reader.take("LOCATION") else _default_location(table, values)
        entries.append(_entry(table, values, location))
    reader.done()
    known = _create(job, table, entries)
    if known and not absent:
        raise hive_error(f"{DDL_ERROR} AlreadyExistsException(message:Partition already exists: {known[0]})")
    return DONE


def drop(job: Job, table: Table, reader: Reader) -> Outcome:
    """DROP [IF EXISTS] PARTITION (...), PARTITION (...); comparisons with <, > and != drop many."""
    present = reader.take("IF", "EXISTS")
    reader.need("PARTITION")
    while True:
        expression = " AND ".join(f"{key} {op} {_literal(table, key, value)}" for key, op, value in read_spec(reader))
        doomed = [partition["Values"] for partition in catalog.partitions(job, table, expression)]
        if not doomed and not present:
            raise hive_error(f"SemanticException [Error 10006]: Partition not found ({expression})")
        for start in range(0, len(doomed), 25):
            wanted = [{"Values": values} for values in doomed[start : start + 25]]
            job.glue.batch_delete_partition(
                DatabaseName=table["DatabaseName"], TableName=table["Name"], PartitionsToDelete=wanted
            )
        reader.take(",")
        if not reader.take("PARTITION"):
            break
    reader.done()
    return DONE


def _literal(table: Table, key: str, value: str) -> str:
    types = {one["Name"]: one["Type"] for one in table.get("PartitionKeys") or []}
    if key not in types:
        raise hive_error(f"SemanticException [Error 10098]: Partition column {key} not found")
    numeric = types[key] in ("tinyint", "smallint", "int", "bigint", "float", "double")
    return value if numeric else "'" + value.replace("'", "''") + "'"


def rename(job: Job, table: Table, old: list[str], reader: Reader) -> Outcome:
    """PARTITION (...) RENAME TO PARTITION (...)."""
    reader.need("PARTITION")
    values = _values(table, read_spec(reader))
    reader.done()
    named = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
    partition = job.glue.get_partition(**named, PartitionValues=old)["Partition"]
    entry = {**catalog.partition_input(partition), "Values": values}
    job.glue.update_partition(**named, PartitionValueList=old, PartitionInput=entry)
    return DONE


def set_location(job: Job, table: Table, values: list[str], location: str) -> Outcome:
    """PARTITION (...) SET LOCATION '...'."""
    named = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
    partition = job.glue.get_partition(**named, PartitionValues=values)["Partition"]
    partition["StorageDescriptor"]["Location"] = location
    entry = catalog.partition_input(partition)
    job.glue.update_partition(**named, PartitionValueList=values, PartitionInput=entry)
    return DONE


def repair(job: Job, reader: Reader) -> Outcome:
    """MSCK REPAIR TABLE: find `key=value` folders under the table's location that the catalog does not know."""
    reader = reader.as_hive()
    reader.need("MSCK", "REPAIR", "TABLE")
    database, name = catalog.table_name(job, reader)
    reader.done()
    table = catalog.get_table(job, database, name)
    if not _keys(table):
        return text_answer((), [f"Table {database}.{name} is not partitioned."])
    known = {tuple(partition["Values"]) for partition in catalog.partitions(job, table)}
    root = table["StorageDescriptor"]["Location"].rstrip("/") + "/"
    found = {
        values: folder for values, folder in _folders(table, root, list_files(job.s3, root)) if values not in known
    }
    _create(job, table, [_entry(table, list(values), folder) for values, folder in sorted(found.items())])
    return text_answer((), _report(table, sorted(found)))


def _folders(table: Table, root: str, files: Iterable[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    keys = _keys(table)
    for url in files:
        parts = url[len(root) :].split("/")[:-1][: len(keys)]
        pairs = [part.partition("=") for part in parts]
        if [key.lower() for key, _, _ in pairs] == keys:
            yield tuple(unquote(value) for _, _, value in pairs), root + "/".join(parts) + "/"


def _report(table: Table, added: list[tuple[str, ...]]) -> list[str]:
    if not added:
        return []
    names = [f"{table['Name']}:{partition_name(table, list(values))}" for values in added]
    lines = ["Partitions not in metastore:\t" + "\t".join(names)]
    return lines + [f"Repair: Added partition to metastore {name}" for name in names]
