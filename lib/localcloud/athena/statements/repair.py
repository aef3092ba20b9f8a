"""MSCK REPAIR TABLE: the catalog learns of the folders that hold partitions.

https://docs.aws.amazon.com/athena/latest/ug/msck-repair-table.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from localcloud.athena.failure import not_supported
from localcloud.athena.job import Job, Outcome, text_answer
from localcloud.athena.partitions import registered_partitions
from localcloud.athena.reader import Reader
from localcloud.athena.results import list_files
from localcloud.athena.statements import catalog
from localcloud.athena.statements.catalog import Table, partition_name
from localcloud.athena.statements.partition import create, entry_of, key_names


def repair(job: Job, reader: Reader) -> Outcome:
    """MSCK REPAIR TABLE: add partitions for `key=value` folders that the catalog doesn't have."""
    reader = reader.as_hive()
    reader.need("MSCK", "REPAIR", "TABLE")
    database, name = catalog.table_name(job, reader)
    reader.done()
    table = catalog.get_table(job, database, name)
    if catalog.is_iceberg(table) or catalog.is_view(table):
        kind = "an Iceberg table" if catalog.is_iceberg(table) else "a view"
        raise not_supported(f"MSCK REPAIR TABLE is not supported: {name} is {kind}")
    if not key_names(table):
        return text_answer((), [f"Table {database}.{name} is not partitioned."])
    known = {tuple(partition["Values"]) for partition in registered_partitions(job, table)}
    root = table["StorageDescriptor"]["Location"].rstrip("/") + "/"
    folders = {
        values: folder for values, folder in _folders(table, root, list_files(job.s3, root)) if values not in known
    }
    create(job, table, [entry_of(table, list(values), folder) for values, folder in sorted(folders.items())])
    return text_answer((), _report(table, sorted(folders)))


def _folders(table: Table, root: str, files: Iterable[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    keys = key_names(table)
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
