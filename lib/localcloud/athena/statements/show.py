"""SHOW and DESCRIBE: what the catalog holds, as lines of text.

https://docs.aws.amazon.com/athena/latest/ug/show-tables.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from localcloud.athena.failure import hive_error
from localcloud.athena.job import Job, Outcome, text_answer
from localcloud.athena.statements import catalog
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.reader import Reader

WIDTH = 20
"""Characters to which Hive fills up the words of DESCRIBE."""


def databases(job: Job, reader: Reader) -> Outcome:
    """SHOW DATABASES [LIKE 'pattern']."""
    reader = reader.as_hive()
    reader.need("SHOW")
    reader.step()
    matches = catalog.like(_pattern(reader))
    pages = job.glue.get_paginator("get_databases").paginate()
    names = sorted(one["Name"] for page in pages for one in page["DatabaseList"])
    return text_answer(["database_name"], filter(matches.match, names))


def _pattern(reader: Reader) -> str | None:
    reader.take("LIKE")
    pattern = None if reader.token.kind == "end" else reader.string()
    reader.done()
    return pattern


def _entries(job: Job, reader: Reader) -> Iterator[Table]:
    database = reader.name() if reader.take("IN") or reader.take("FROM") else job.database
    matches = catalog.like(_pattern(reader))
    found = sorted(catalog.tables(job, database), key=lambda table: str(table["Name"]))
    return (table for table in found if matches.match(table["Name"]))


def tables(job: Job, reader: Reader) -> Outcome:
    """SHOW TABLES [IN database] ['pattern']."""
    reader = reader.as_hive()
    reader.need("SHOW", "TABLES")
    return text_answer(["tab_name"], [table["Name"] for table in _entries(job, reader)])


def views(job: Job, reader: Reader) -> Outcome:
    """SHOW VIEWS [IN database] ['pattern']."""
    reader = reader.as_hive()
    reader.need("SHOW", "VIEWS")
    return text_answer(["views"], [table["Name"] for table in _entries(job, reader) if catalog.is_view(table)])


def partitions(job: Job, reader: Reader) -> Outcome:
    """SHOW PARTITIONS table."""
    reader = reader.as_hive()
    reader.need("SHOW", "PARTITIONS")
    table = catalog.get_table(job, *catalog.table_name(job, reader))
    reader.done()
    if not table.get("PartitionKeys"):
        raise hive_error(f"SemanticException [Error 10241]: Table {table['Name']} is not a partitioned table")
    names = [catalog.partition_name(table, one["Values"]) for one in catalog.partitions(job, table)]
    return text_answer(["partition"], sorted(names))


def columns(job: Job, reader: Reader) -> Outcome:
    """SHOW COLUMNS IN table [IN database]."""
    reader = reader.as_hive()
    reader.need("SHOW", "COLUMNS")
    if not (reader.take("IN") or reader.take("FROM")):
        raise reader.mismatch("'FROM', 'IN'")
    database, name = catalog.table_name(job, reader)
    if reader.take("IN") or reader.take("FROM"):
        database = reader.name()
    reader.done()
    table = catalog.get_table(job, database, name)
    return text_answer(["field"], [_fill(column["Name"]) for column in all_columns(table)])


def properties(job: Job, reader: Reader) -> Outcome:
    """SHOW TBLPROPERTIES table [('key')]."""
    reader = reader.as_hive()
    reader.need("SHOW", "TBLPROPERTIES")
    table = catalog.get_table(job, *catalog.table_name(job, reader))
    values = dict(sorted((table.get("Parameters") or {}).items()))
    if not reader.take("("):
        reader.done()
        return text_answer(["prpt_name", "prpt_value"], [f"{key}\t{value}" for key, value in values.items()])
    key = reader.string()
    reader.need(")")
    reader.done()
    missing = f"Table {table['DatabaseName']}.{table['Name']} does not have property: {key}"
    return text_answer(["prpt_name"], [values.get(key, missing)])


def describe(job: Job, reader: Reader) -> Outcome:
    """DESCRIBE [EXTENDED | FORMATTED] table [column]."""
    reader = reader.as_hive()
    if not reader.take("DESCRIBE"):
        reader.need("DESC")
    extended = reader.take("EXTENDED") or reader.take("FORMATTED")
    table = catalog.get_table(job, *catalog.table_name(job, reader))
    wanted = None if reader.token.kind == "end" else reader.name()
    reader.done()
    described = all_columns(table)
    if wanted is not None:
        described = [column for column in described if column["Name"] == wanted]
        if not described:
            raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {wanted}")
    lines = [*map(_column_line, described)]
    if wanted is None:
        lines += _partition_lines(table)
        lines += _detail_lines(table) if extended else []
    return text_answer(["col_name", "data_type", "comment"], lines)


def all_columns(table: Table) -> list[dict[str, str]]:
    """Return the columns of a table, its partition keys last."""
    return [*table["StorageDescriptor"].get("Columns", []), *(table.get("PartitionKeys") or [])]


def _fill(text: str) -> str:
    return text.ljust(WIDTH)


def _line(*words: str) -> str:
    return "\t".join(map(_fill, words))


def _column_line(column: dict[str, str]) -> str:
    return _line(column["Name"], column["Type"], column.get("Comment", ""))


def _partition_lines(table: Table) -> Iterable[str]:
    keys = table.get("PartitionKeys") or []
    if not keys:
        return []
    head = ["\t \t ", "# Partition Information\t \t ", _line("# col_name", "data_type", "comment"), "\t \t "]
    return [*head, *map(_column_line, keys)]


def _detail_lines(table: Table) -> list[str]:
    stored = table["StorageDescriptor"]
    facts = {
        "Database:": table["DatabaseName"],
        "Owner:": table.get("Owner", ""),
        "Location:": stored.get("Location", ""),
        "Table Type:": table.get("TableType", ""),
        "SerDe Library:": stored.get("SerdeInfo", {}).get("SerializationLibrary", ""),
        "InputFormat:": stored.get("InputFormat", ""),
        "OutputFormat:": stored.get("OutputFormat", ""),
    }
    lines = ["\t \t ", "# Detailed Table Information\t \t ", *(_line(name, value, "") for name, value in facts.items())]
    parameters = sorted((table.get("Parameters") or {}).items())
    return [*lines, _line("Table Parameters:", "", ""), *(_line("", key, value) for key, value in parameters)]
