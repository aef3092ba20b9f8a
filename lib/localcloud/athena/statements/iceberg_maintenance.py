"""OPTIMIZE and VACUUM of Iceberg tables.

https://docs.aws.amazon.com/athena/latest/ug/optimize-statement.html
"""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.athena import iceberg_metadata
from localcloud.athena.job import ICEBERG, Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import iceberg, targets
from localcloud.athena.statements.catalog import Table
from localcloud.athena.statements.properties import identifier, quoted

KEPT_S = 432_000
"""Seconds for which VACUUM keeps snapshots where the table does not say it: five days."""
_TARGET = 536_870_912
"""Bytes of a file that writing aims at where the table does not say it."""


def optimize(job: Job, reader: Reader) -> Outcome:
    """Merge a table's small files: OPTIMIZE t REWRITE DATA USING BIN_PACK [WHERE ...]."""
    reader.need("OPTIMIZE")
    table = targets.target(job, reader, "OPTIMIZE")
    reader.need("REWRITE", "DATA", "USING", "BIN_PACK")
    where = f" {reader.rest()}" if reader.sees("WHERE") else ""
    if not where:
        reader.done()
    properties = iceberg_metadata.read(job.s3, table).properties
    if _worth_while(job, table, properties):
        smallest = properties.get("optimize_rewrite_min_data_file_size_bytes")
        size = f"(file_size_threshold => {quoted(f'{smallest}B')})" if smallest else ""
        sql = f"ALTER TABLE {_name(table)} EXECUTE optimize{size}{where}"
        job.trino(sql, iceberg.write_session(job, table)).finish()
    return Outcome()


def _worth_while(job: Job, table: Table, properties: Mapping[str, str]) -> bool:
    """Return whether there are as many files to rewrite as the table wants; one that says nothing wants any number."""
    wanted = properties.get("optimize_rewrite_data_file_threshold")
    if wanted is None:
        return True
    target = int(properties.get("write_target_data_file_size_bytes", _TARGET))
    smallest = int(properties.get("optimize_rewrite_min_data_file_size_bytes", target * 3 // 4))
    largest = int(properties.get("optimize_rewrite_max_data_file_size_bytes", target * 9 // 5))
    files = identifier(ICEBERG, table["DatabaseName"], f"{table['Name']}$files")
    outside = f"content = 0 AND NOT file_size_in_bytes BETWEEN {smallest} AND {largest}"
    counts = f"count_if({outside}), count_if(content <> 0)"
    ((data, deletes),) = job.ask(f"SELECT {counts} FROM {files}")  # noqa: S608  quoted names and numbers
    return int(data) >= int(wanted) or int(deletes) >= int(properties.get("optimize_rewrite_delete_file_threshold", 2))


def vacuum(job: Job, reader: Reader) -> Outcome:
    """Delete snapshots older than the table's limit, and files that no snapshot needs."""
    reader.need("VACUUM")
    table = targets.target(job, reader, "VACUUM")
    reader.done()
    properties = iceberg_metadata.read(job.s3, table).properties
    age_s = max(
        int(properties.get("vacuum_max_snapshot_age_seconds", KEPT_S)),
        _age_of(job, table, int(properties.get("vacuum_min_snapshots_to_keep", 1))),
    )
    name = _name(table)
    job.trino(f"ALTER TABLE {name} EXECUTE expire_snapshots(retention_threshold => {quoted(f'{age_s}s')})").finish()
    kept = properties.get("vacuum_max_snapshot_age_seconds", KEPT_S)
    orphans = f"remove_orphan_files(retention_threshold => {quoted(f'{kept}s')})"
    job.trino(f"ALTER TABLE {name} EXECUTE {orphans}").finish()
    return Outcome()


def _age_of(job: Job, table: Table, kept: int) -> int:
    """Return how old in seconds a snapshot must be so that the newest `kept` stay; the current one always does."""
    if kept <= 1:
        return 0
    snapshots = identifier(ICEBERG, table["DatabaseName"], f"{table['Name']}$snapshots")
    age = "date_diff('second', committed_at, current_timestamp) + 2"
    rows = job.ask(f"SELECT {age} FROM {snapshots} ORDER BY committed_at DESC LIMIT {kept}")  # noqa: S608  quoted names
    return max((int(row[0]) for row in rows), default=0)


def _name(table: Table) -> str:
    return identifier(ICEBERG, table["DatabaseName"], table["Name"])
