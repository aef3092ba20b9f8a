"""Partitions of external tables: ALTER TABLE ADD, DROP and RENAME PARTITION.

https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-partition.html
"""

from __future__ import annotations

import copy
import re
from typing import Any

from botocore.exceptions import ClientError

from localcloud.athena.failure import hive_error, not_supported
from localcloud.athena.job import Job, Outcome
from localcloud.athena.partitions import registered_partitions
from localcloud.athena.reader import Reader
from localcloud.athena.statements import catalog, names
from localcloud.athena.statements.catalog import Table, partition_name
from localcloud.athena.statements.columns import check, read_columns
from localcloud.athena.statements.database import DDL_ERROR, DONE, s3_location

BATCH = 100
"""Partitions that one call of the catalog adds."""
_FORMS = {**dict.fromkeys(("tinyint", "smallint", "int", "bigint"), r"[+-]?\d+"), "date": r"\d{4}-\d\d?-\d\d?"}
"""How the values of some types of partition keys look."""
DROP_BATCH = 25
"""Partitions that one call of the catalog removes."""

Spec = dict[str, str]
"""Keys and values of a partition, as a statement names them."""


def key_names(table: Table) -> list[str]:
    """Return the names of a table's partition keys."""
    return [key["Name"] for key in table.get("PartitionKeys") or []]


def read_spec(reader: Reader) -> Spec:
    """Return the `(key = value, ...)` that come next; comparisons other than `=` are not part of Athena."""
    spec: Spec = {}
    reader.need("(")
    while not reader.sees(")"):
        key = names.read(reader)
        reader.need("=")
        if key in spec:
            raise hive_error(f"SemanticException [Error 10035]: Partition column {key} is named twice")
        spec[key] = _value(reader)
        if not reader.take(","):
            break
    reader.need(")")
    return spec


def _value(reader: Reader) -> str:
    sign = "-" if reader.take("-") else ""
    if reader.sees("DATE") or reader.sees("TIMESTAMP"):
        reader.step()
    if reader.token.kind == "name" and reader.sql[reader.token.start] == '"':
        return sign + reader.step().text
    if reader.token.kind not in ("string", "number"):
        raise reader.mismatch("<value>")
    return sign + reader.step().text


def values(table: Table, given: Spec) -> list[str]:
    """Return the values of a partition in the order of the table's keys.

    Raises:
        QueryFailed: a key is missing, or one is not the table's.
    """
    if set(given) != set(key_names(table)):
        raise hive_error(
            f"SemanticException Partition spec {given} does not have the columns {key_names(table)} of the table"
        )
    return [given[key] for key in key_names(table)]


def entry_of(table: Table, values: list[str], location: str) -> dict[str, Any]:
    """Return what the catalog takes of a new partition."""
    stored = copy.deepcopy(table["StorageDescriptor"])
    stored["Location"] = location
    return {"Values": values, "StorageDescriptor": stored, "Parameters": {}}


def _default_location(table: Table, values: list[str]) -> str:
    return f"{table['StorageDescriptor']['Location'].rstrip('/')}/{partition_name(table, values)}"


def create(job: Job, table: Table, entries: list[dict[str, Any]]) -> list[list[str]]:
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
        given = values(table, read_spec(reader))
        _check_types(table, given)
        location = s3_location(reader.string()) if reader.take("LOCATION") else _default_location(table, given)
        entries.append(entry_of(table, given, location))
        reader.take(",")
    if not entries:
        raise reader.mismatch("'PARTITION'")
    reader.done()
    known = create(job, table, entries)
    if known and not absent:
        raise hive_error(f"{DDL_ERROR} AlreadyExistsException(message:Partition already exists: {known[0]})")
    return DONE


def _check_types(table: Table, given: list[str]) -> None:
    """Raise Hive's error for a value that its key cannot have: no query could read the table any more."""
    for key, value in zip(table["PartitionKeys"], given, strict=True):
        kind = str(key.get("Type") or "string").lower()
        pattern = _FORMS.get(kind)
        if pattern and not re.fullmatch(pattern, value, re.ASCII):
            raise hive_error(
                f"SemanticException [Error 10248]: Cannot add partition column {key['Name']} of type string as it "
                f"cannot be converted to type {kind}"
            )


def drop(job: Job, table: Table, reader: Reader) -> Outcome:
    """DROP [IF EXISTS] PARTITION (...), PARTITION (...); a part of the keys drops all partitions that have it."""
    present = reader.take("IF", "EXISTS")
    doomed: list[list[str]] = []
    reader.need("PARTITION")
    while True:
        spec = read_spec(reader)
        fitting = _fitting(job, table, spec)
        if not fitting and not present:
            raise hive_error(f"SemanticException [Error 10006]: Partition not found {spec}")
        doomed += fitting
        if not reader.take(","):
            break
        reader.need("PARTITION")
    reader.done()
    for start in range(0, len(doomed), DROP_BATCH):
        wanted = [{"Values": given} for given in doomed[start : start + DROP_BATCH]]
        answer = job.glue.batch_delete_partition(**_named(table), PartitionsToDelete=wanted)
        if answer.get("Errors"):
            raise hive_error(f"{DDL_ERROR} {answer['Errors'][0]['ErrorDetail']}")
    return DONE


def _fitting(job: Job, table: Table, spec: Spec) -> list[list[str]]:
    keys = key_names(table)
    for key in spec:
        if key not in keys:
            raise hive_error(f"SemanticException [Error 10098]: Partition column {key} not found")
    if not spec:
        raise hive_error("ParseException A partition needs at least one key = value")
    wanted = [(keys.index(key), value) for key, value in spec.items()]
    known = (list(part["Values"]) for part in registered_partitions(job, table))
    return [part for part in known if all(part[at] == value for at, value in wanted)]


def _named(table: Table) -> dict[str, str]:
    return {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}


def get(job: Job, table: Table, given: list[str]) -> Table:
    """Return a partition of the catalog.

    Raises:
        QueryFailed: Hive's error for a partition that does not exist.
    """
    try:
        partition: Table = job.glue.get_partition(**_named(table), PartitionValues=given)["Partition"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
        shown = dict(zip(key_names(table), given, strict=True))
        raise hive_error(f"SemanticException [Error 10006]: Partition not found {shown}") from error
    return partition


def change(job: Job, table: Table, reader: Reader) -> Outcome:
    """PARTITION (...) with RENAME TO PARTITION, SET LOCATION, ADD COLUMNS or REPLACE COLUMNS."""
    old = values(table, read_spec(reader))
    part = get(job, table, old)
    entry = catalog.partition_input(part)
    stored = entry["StorageDescriptor"]
    if reader.take("RENAME", "TO", "PARTITION"):
        entry["Values"] = values(table, read_spec(reader))
    elif reader.take("SET", "LOCATION"):
        stored["Location"] = s3_location(reader.string())
    elif reader.take("ADD", "COLUMNS"):
        stored["Columns"] = [*stored.get("Columns", []), *read_columns(reader)]
        check(stored["Columns"], table.get("PartitionKeys") or [])
    elif reader.take("REPLACE", "COLUMNS"):
        stored["Columns"] = read_columns(reader)
        check(stored["Columns"], table.get("PartitionKeys") or [])
    else:
        raise not_supported(f"ALTER TABLE ... PARTITION ... {reader.rest()} is not supported")
    reader.done()
    _update(job, table, old, entry)
    return DONE


def _update(job: Job, table: Table, old: list[str], entry: dict[str, Any]) -> None:
    try:
        job.glue.update_partition(**_named(table), PartitionValueList=old, PartitionInput=entry)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AlreadyExistsException":
            raise
        raise hive_error(f"{DDL_ERROR} Partition already exists: {entry['Values']}") from error
