"""CREATE EXTERNAL TABLE and DROP TABLE. https://docs.aws.amazon.com/athena/latest/ug/create-table.html"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localcloud.athena.failure import hive_error, not_supported
from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.serdes import support
from localcloud.athena.serdes.classes import AVRO, library
from localcloud.athena.statements import catalog, iceberg, iceberg_drop, storage
from localcloud.athena.statements.columns import check, read_columns, read_keys
from localcloud.athena.statements.database import DDL_ERROR, DONE, key_values, s3_location


def create(job: Job, reader: Reader) -> Outcome:
    """Define a table over data on S3, or create an Iceberg table with table_type ICEBERG."""
    reader = reader.as_hive()
    reader.need("CREATE")
    external = reader.take("EXTERNAL")
    reader.need("TABLE")
    absent = reader.take("IF", "NOT", "EXISTS")
    database, name = catalog.table_name(job, reader)
    entry = _read(reader, external=external)
    if catalog.find_table(job, database, name):
        if absent:
            return DONE
        raise hive_error(f"{DDL_ERROR} AlreadyExistsException(message:Table {name} already exists.)")
    if str(entry["Parameters"].get("table_type", "")).upper() == "ICEBERG":
        return iceberg.create(job, database, name, entry)
    if not external:
        raise hive_error("SemanticException CREATE TABLE needs EXTERNAL, or TBLPROPERTIES ('table_type'='ICEBERG')")
    if entry.pop("Transforms"):
        raise hive_error("ParseException PARTITIONED BY needs a type for each column of a table that is not ICEBERG")
    if reason := support.problem(entry):
        raise not_supported(reason)
    if not entry["StorageDescriptor"]["Columns"] and library(entry) != AVRO:
        raise hive_error(
            "SemanticException [Error 10043]: Either list of columns or a custom serializer should be specified"
        )
    _create(job, database, {**entry, "Name": name})
    return DONE


def _create(job: Job, database: str, entry: dict[str, Any]) -> None:
    if not entry["StorageDescriptor"].get("Location"):
        raise hive_error("SemanticException CREATE EXTERNAL TABLE needs a LOCATION on S3")
    try:
        job.glue.create_table(DatabaseName=database, TableInput=entry)
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise hive_error(f"SemanticException [Error 10072]: Database does not exist: {database}") from error
        raise


def _read(reader: Reader, *, external: bool) -> dict[str, Any]:
    stored = storage.default()
    parameters = {"EXTERNAL": "TRUE"} if external else {}
    entry: dict[str, Any] = {
        "TableType": "EXTERNAL_TABLE",
        "Owner": "hadoop",
        "Retention": 0,
        "PartitionKeys": [],
        "Transforms": [],
        "Parameters": parameters,
        "StorageDescriptor": stored,
    }
    stored["Columns"] = read_columns(reader) if reader.sees("(") else []
    reached = -1
    while reader.token.kind != "end":
        reached = _in_order(reader, reached)
        if not (storage.read_clause(reader, stored) or _clause(reader, entry)):
            raise reader.mismatch(
                "'COMMENT', 'PARTITIONED BY', 'ROW FORMAT', 'STORED AS', 'LOCATION', 'TBLPROPERTIES', <EOF>"
            )
    stored.pop("serde_given", None)
    check(stored["Columns"], entry["PartitionKeys"])
    return entry


_ORDER = ("COMMENT", "PARTITIONED", "CLUSTERED", "ROW", "STORED", "LOCATION", "TBLPROPERTIES")
"""How the clauses begin, in the order of the page; WITH SERDEPROPERTIES follows ROW FORMAT or STORED AS."""


def _in_order(reader: Reader, reached: int) -> int:
    """Return how far in the order the next clause is, which must be after the one before."""
    word = reader.token.upper()
    follows = word == "WITH" and reached in (_ORDER.index("ROW"), _ORDER.index("STORED"))
    if follows or word not in (*_ORDER, "WITH"):
        return reached
    if word in _ORDER and _ORDER.index(word) > reached:
        return _ORDER.index(word)
    line, column = reader.position()
    seen = reader.sql[reader.token.start : reader.token.end]
    raise hive_error(
        f"ParseException line {line}:{column} missing EOF at '{seen}'. The clauses come in this order: COMMENT, "
        "PARTITIONED BY, CLUSTERED BY, ROW FORMAT, STORED AS, LOCATION, TBLPROPERTIES"
    )


def _clause(reader: Reader, entry: dict[str, Any]) -> bool:
    stored = entry["StorageDescriptor"]
    if reader.take("COMMENT"):
        entry["Description"] = entry["Parameters"]["comment"] = reader.comment()
    elif reader.take("PARTITIONED", "BY"):
        _partitioned(reader, entry)
    elif reader.take("CLUSTERED", "BY"):
        _clustered(reader, stored)
    elif reader.take("LOCATION"):
        location = s3_location(reader.string())
        # Hive keeps a path, which has no slash at its end unless it is the bucket alone.
        stored["Location"] = location.rstrip("/") if location.count("/") > 3 else location
    elif reader.take("TBLPROPERTIES"):
        entry["Parameters"].update(key_values(reader))
    else:
        return False
    return True


def _clustered(reader: Reader, stored: dict[str, Any]) -> None:
    stored["BucketColumns"] = [part.strip().strip("`").lower() for part in reader.group().split(",")]
    names = [column["Name"] for column in stored["Columns"]]
    for name in stored["BucketColumns"]:
        if name not in names:
            raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {name}")
    reader.need("INTO")
    count = reader.step().text
    if not count.isdecimal() or int(count) < 1:
        raise hive_error(f"ParseException CLUSTERED BY needs a number of buckets from 1, and not {count}")
    stored["NumberOfBuckets"] = int(count)
    reader.need("BUCKETS")


def _partitioned(reader: Reader, entry: dict[str, Any]) -> None:
    # Hive gives each key a type; Iceberg names columns, or transforms of columns.
    start = reader.at
    text = reader.group()
    probe = Reader(text, hive=True)
    probe.name()
    if probe.token.kind == "word":
        reader.at = start
        entry["PartitionKeys"] = read_keys(reader)
    else:
        entry["Transforms"] = iceberg.transforms(Reader(text, hive=True))


def drop(job: Job, reader: Reader) -> Outcome:
    """Remove a table from the catalog. Its data stays on S3, except that of an Iceberg table."""
    reader = reader.as_hive()
    reader.need("DROP", "TABLE")
    present = reader.take("IF", "EXISTS")
    database, name = catalog.table_name(job, reader)
    reader.done()
    table = catalog.find_table(job, database, name)
    if table is None:
        if present:
            return DONE
        raise hive_error(f"SemanticException [Error 10001]: Table not found {database}.{name}")
    if catalog.is_view(table):
        text = "Cannot drop a view with DROP TABLE"
        raise hive_error(f"SemanticException [Error 10130]: {text}: {name}. Try: DROP VIEW {name}")
    if catalog.is_iceberg(table):
        iceberg_drop.drop(job, table)
    else:
        job.glue.delete_table(DatabaseName=database, Name=name)
    return DONE
