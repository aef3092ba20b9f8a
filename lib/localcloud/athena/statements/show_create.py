"""SHOW CREATE TABLE and SHOW CREATE VIEW: the statement that would make a table or a view again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from localcloud import java_map
from localcloud.athena.job import Job, Outcome, text_answer
from localcloud.athena.statements import catalog
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.properties import identifier
from localcloud.athena.statements.reader import Reader

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_DELIMITERS = (
    ("field.delim", "FIELDS TERMINATED BY"),
    ("escape.delim", "ESCAPED BY"),
    ("collection.delim", "COLLECTION ITEMS TERMINATED BY"),
    ("mapkey.delim", "MAP KEYS TERMINATED BY"),
    ("line.delim", "LINES TERMINATED BY"),
    ("serialization.null.format", "NULL DEFINED AS"),
)


def view(job: Job, _reader: Reader) -> Outcome:
    """SHOW CREATE VIEW: the engine keeps the text; it names the catalog and who may see it, and Athena does not."""
    statement = job.trino(job.sql)
    text = "".join(str(row[0]) for page in statement.pages() for row in page)
    kept = Reader(text)
    kept.need("CREATE", "VIEW")
    kept.step()
    kept.need(".")
    name = ".".join(part if _PLAIN.fullmatch(part) else identifier(part) for part in kept.path())
    kept.skip_to("AS")
    kept.need("AS")
    return text_answer(["Create View"], [f"CREATE VIEW {name} AS", *kept.rest().split("\n")])


def table(job: Job, reader: Reader) -> Outcome:
    """SHOW CREATE TABLE."""
    reader = reader.as_hive()
    reader.need("SHOW", "CREATE", "TABLE")
    start = reader.at
    found = catalog.get_table(job, *catalog.table_name(job, reader))
    qualified = reader.at - start > 1 or "." in reader.tokens[start].text
    reader.done()
    name = f"{found['DatabaseName']}.{found['Name']}" if qualified else found["Name"]
    return text_answer(["createtab_stmt"], _statement(found, name))


def _statement(table: Table, name: str) -> Iterator[str]:
    stored = table["StorageDescriptor"]
    external = "" if catalog.is_iceberg(table) else "EXTERNAL "
    yield f"CREATE {external}TABLE `{name}`("
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
    if not catalog.is_iceberg(table):
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
        yield from (f"  {words} {_text(parameters[key])} " for key, words in _DELIMITERS if key in parameters)
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
