"""What the lab looks at in the tables of a query before the engine reads them."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any

from localcloud.athena import views
from localcloud.athena.engine_view import is_told_as_view
from localcloud.athena.failure import QueryFailed
from localcloud.athena.job import Job
from localcloud.athena.serdes import json_check
from localcloud.athena.serdes.classes import GROK, HIVE_JSON, LAZY, OPEN_CSV, OPENX_JSON, REGEX, library
from localcloud.athena.serdes.lines import S3File, UnknownCompression, files, is_hadoop_block, lines
from localcloud.athena.statements import catalog, hidden
from localcloud.athena.statements.reader import scan
from localcloud.athena.statements.references import Name, tables

Table = dict[str, Any]

_KEPT = 200_000
_MANY = 5
_TEXT = (LAZY, OPEN_CSV, REGEX, GROK, HIVE_JSON, OPENX_JSON)
_checked: set[tuple[str, str, str]] = set()
"""Address, version and table definition of the files that have been read and were right."""
_lock = Lock()


def prepared(job: Job, sql: str) -> str:
    """Read the JSON files of the tables that a query names, also by its views; return the query for the engine.

    Raises:
        QueryFailed: a record that Athena refuses; see `localcloud.athena.serdes.json_check`.
    """
    for table in sources(job, sql) if _reads_rows(sql) else ():
        if library(table) in _TEXT and not catalog.is_view(table):
            _check_blocks(job, table)
        if library(table) == OPENX_JSON and not catalog.is_view(table):
            _check_files(job, table)
    return hidden.rewritten(sql, lambda name: _told_as_view(job, name)) if "$" in sql else sql


def _told_as_view(job: Job, name: Name) -> bool:
    resolved = _resolved(name, job.database)
    table = catalog.find_table(job, *resolved) if resolved else None
    return table is not None and is_told_as_view(table)


def _reads_rows(sql: str) -> bool:
    first = [token.upper() for token in scan(sql)[:4]]
    return not (first[0] == "CREATE" and "VIEW" in first) and (first[0] != "EXPLAIN" or first[1] == "ANALYZE")


def sources(job: Job, sql: str) -> Iterator[Table]:
    """Yield the catalog's entries of the tables and views that a query names, and those below the views."""
    return _sources(job, sql, job.database, set())


def _sources(job: Job, sql: str, database: str, seen: set[tuple[str, str]]) -> Iterator[Table]:
    for name in tables(sql):
        resolved = _resolved(name, database)
        if resolved is None or resolved in seen:
            continue
        seen.add(resolved)
        table = catalog.find_table(job, *resolved)
        if table is None:
            continue
        yield table
        if views.is_view(table):
            defined = views.definition(table)
            yield from _sources(job, defined["originalSql"], defined.get("schema") or database, seen)


def _resolved(name: Name, database: str) -> tuple[str, str] | None:
    parts = (database, *name)[-2:]
    if "$" in parts[1] or parts[0] == "information_schema" or not all(parts):
        return None
    return parts[0], parts[1]


def _check_blocks(job: Job, table: Table) -> None:
    for file in _files(job, table):
        key = (file.url, file.version, "block")
        if not file.key.endswith((".lz4", ".snappy")) or key in _checked:
            continue
        if not is_hadoop_block(job.s3, file):
            raise QueryFailed(
                "HIVE_CANNOT_OPEN_SPLIT",
                f"{file.url} is not compressed as Hadoop does it. The lab reads no LZ4 or Snappy text in frames or "
                "raw. Try: gzip or zstd",
            )
        _remember(key)


def _check_files(job: Job, table: Table) -> None:
    rules = json_check.rules_of(table)
    definition = repr((table["StorageDescriptor"].get("Columns"), table["StorageDescriptor"].get("SerdeInfo")))
    for file in _files(job, table):
        key = (file.url, file.version, definition)
        if key in _checked:
            continue
        try:
            json_check.check(lines(job.s3, file), file, rules)
        except UnknownCompression:
            continue
        _remember(key)


def _files(job: Job, table: Table) -> Iterator[S3File]:
    folders = _folders(job, table)
    root = str(table["StorageDescriptor"].get("Location") or "").rstrip("/") + "/"
    if len(folders) > _MANY and all(folder.startswith(root) for folder in folders):
        known = {folder.rstrip("/") for folder in folders}
        # One list of all objects costs less than one for each partition.
        yield from (file for file in files(job.s3, root) if known & set(_parents(file.url)))
        return
    for folder in folders:
        yield from files(job.s3, folder)


def _parents(url: str) -> Iterator[str]:
    while "/" in url.partition("://")[2]:
        url = url.rpartition("/")[0]
        yield url


def _remember(key: tuple[str, str, str]) -> None:
    with _lock:
        if len(_checked) >= _KEPT:
            _checked.clear()
        _checked.add(key)


def _folders(job: Job, table: Table) -> list[str]:
    root = str(table["StorageDescriptor"].get("Location") or "")
    parameters = table.get("Parameters") or {}
    if not table.get("PartitionKeys"):
        return [root]
    if parameters.get("projection.enabled", "").strip().lower() == "true":
        template = parameters.get("storage.location.template") or root
        return [template.partition("${")[0].rpartition("/")[0] if "${" in template else root]
    return sorted({part["StorageDescriptor"]["Location"] for part in catalog.partitions(job, table)})
