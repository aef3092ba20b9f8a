"""SHOW CREATE TABLE and SHOW CREATE VIEW: the statement that recreates a table or a view."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from localcloud import java_map
from localcloud.athena import iceberg_metadata, views
from localcloud.athena.failure import QueryFailed, not_supported
from localcloud.athena.job import CATALOG, Job, Outcome, text_answer
from localcloud.athena.reader import Reader
from localcloud.athena.statements import catalog, targets
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.names import RESERVED
from localcloud.athena.statements.properties import identifier

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_DELIMITERS = (
    ("field.delim", "FIELDS TERMINATED BY"),
    ("escape.delim", "ESCAPED BY"),
    ("collection.delim", "COLLECTION ITEMS TERMINATED BY"),
    ("mapkey.delim", "MAP KEYS TERMINATED BY"),
    ("line.delim", "LINES TERMINATED BY"),
    ("serialization.null.format", "NULL DEFINED AS"),
)


def view(job: Job, reader: Reader) -> Outcome:
    """SHOW CREATE VIEW: the query as stored in the catalog."""
    reader.need("SHOW", "CREATE", "VIEW")
    line, column = reader.position()
    database, name = targets.sql_name(job, reader)
    reader.done()
    entry = catalog.find_table(job, database, name)
    shown = f"'{CATALOG}.{database}.{name}'"
    if entry is None:
        raise QueryFailed("TABLE_NOT_FOUND", f"line {line}:{column}: View {shown} does not exist")
    if not views.is_view(entry):
        raise not_supported(f"line {line}:{column}: Relation {shown} is a table, not a view. Try: SHOW CREATE TABLE")
    parts = (part if _PLAIN.fullmatch(part) else identifier(part) for part in (database, name))
    query = str(views.definition(entry)["originalSql"]).rstrip("\n")
    return text_answer(["Create View"], [f"CREATE VIEW {'.'.join(parts)} AS", *query.split("\n")])


def table(job: Job, reader: Reader) -> Outcome:
    """SHOW CREATE TABLE."""
    reader = reader.as_hive()
    reader.need("SHOW", "CREATE", "TABLE")
    start = reader.at
    entry = catalog.get_table(job, *catalog.table_name(job, reader))
    qualified = reader.at - start > 1 or "." in reader.tokens[start].text
    reader.done()
    name = f"{entry['DatabaseName']}.{entry['Name']}" if qualified else entry["Name"]
    if catalog.is_view(entry):
        raise not_supported(f"SHOW CREATE TABLE is not supported for views. Try: SHOW CREATE VIEW {name}")
    lines = _iceberg(job, entry) if catalog.is_iceberg(entry) else _statement(entry, name)
    return text_answer(["createtab_stmt"], lines)


def _iceberg(job: Job, table: Table) -> Iterator[str]:
    metadata = iceberg_metadata.read(job.s3, table)
    yield f"CREATE TABLE {table['DatabaseName']}.{table['Name']} ("
    yield from _iceberg_columns(table)
    if fields := [iceberg_metadata.partition_field(transform, name) for _, transform, name in metadata.partitioning()]:
        yield f"PARTITIONED BY ({', '.join(fields)})"
    yield f"LOCATION {_text(table['StorageDescriptor'].get('Location', ''))}"
    yield "TBLPROPERTIES ("
    yield from _pairs(metadata.athena_properties().items())


def _iceberg_columns(table: Table) -> Iterator[str]:
    columns = table["StorageDescriptor"]["Columns"]
    for column in columns:
        comment = f" COMMENT {_text(column['Comment'])}" if column.get("Comment") else ""
        name = column["Name"]
        plain = _PLAIN.fullmatch(name) and name.upper() not in RESERVED and not name.startswith("_")
        end = "," if column is not columns[-1] else ")"
        yield f"  {name if plain else f'`{name}`'} {column['Type']}{comment}{end}"


def _statement(table: Table, name: str) -> Iterator[str]:
    stored = table["StorageDescriptor"]
    yield f"CREATE EXTERNAL TABLE `{name}`("
    yield from _columns(stored.get("Columns", []))
    if comment := (table.get("Parameters") or {}).get("comment"):
        yield f"COMMENT {_text(comment)}"
    if keys := table.get("PartitionKeys"):
        yield "PARTITIONED BY ( "
        yield from _columns(keys)
    if buckets := stored.get("BucketColumns"):
        yield "CLUSTERED BY ( "
        yield from (f"  {name}{',' if name != buckets[-1] else ')'} " for name in buckets)
        yield f"INTO {stored['NumberOfBuckets']} BUCKETS"
    yield from _row_format(stored)
    yield from ("STORED AS INPUTFORMAT ", f"  {_text(stored.get('InputFormat', ''))} ")
    yield from ("OUTPUTFORMAT ", f"  {_text(stored.get('OutputFormat', ''))}")
    yield from ("LOCATION", f"  {_text(stored.get('Location', ''))}")
    yield from _properties(table)


def _columns(columns: list[dict[str, str]]) -> Iterator[str]:
    for column in columns:
        comment = f" COMMENT {_text(column['Comment'])}" if column.get("Comment") else ""
        end = ", " if column is not columns[-1] else ")"
        yield f"  `{column['Name']}` {column['Type']}{comment}{end}"


def _row_format(stored: Table) -> Iterator[str]:
    serde = stored.get("SerdeInfo", {})
    parameters = serde.get("Parameters") or {}
    if any(key in parameters for key, _ in _DELIMITERS) and serde["SerializationLibrary"].endswith("LazySimpleSerDe"):
        yield "ROW FORMAT DELIMITED "
        yield from (f"  {clause} {_text(parameters[key])} " for key, clause in _DELIMITERS if key in parameters)
        return
    yield "ROW FORMAT SERDE "
    yield f"  {_text(serde.get('SerializationLibrary', ''))} "
    own = {key: value for key, value in parameters.items() if key != "serialization.format"}
    if own:
        yield "WITH SERDEPROPERTIES ( "
        yield from _pairs(own.items())


def _properties(table: Table) -> Iterator[str]:
    hidden = ("EXTERNAL", "comment")
    parameters = {key: value for key, value in (table.get("Parameters") or {}).items() if key not in hidden}
    if parameters:
        yield "TBLPROPERTIES ("
        yield from _pairs(java_map.ordered(parameters).items())


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    listed = list(pairs)
    for at, (key, value) in enumerate(listed):
        yield f"  {_text(key)}={_text(value)}{', ' if at < len(listed) - 1 else ')'}"


def _text(value: str) -> str:
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\t", "\\t"), ("\x01", "\\u0001")):
        value = value.replace(plain, escaped)
    return f"'{value}'"
