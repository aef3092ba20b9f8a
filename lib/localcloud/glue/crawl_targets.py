"""The targets of a crawler as its crawl's process reads them: include paths, and tables of the catalog."""

from __future__ import annotations

from localcloud.glue.crawl_changes import location_of
from localcloud.glue.crawlers import Crawler
from localcloud.glue.names import InvalidInput
from localcloud.glue.state import GlueBackend
from localcloud.glue.tables import Json, Table


def of(backend: GlueBackend, crawler: Crawler) -> tuple[list[Json], list[str]]:
    """Return the targets, and the roots of the tables that an incremental crawl may add to.

    Raises:
        EntityNotFoundException: a table of a catalog target does not exist.
        InvalidInput: it is not a table of files in S3.
    """
    known, roots = _known(backend, crawler)
    targets = crawler.definition["Targets"]
    paths = [
        {
            "path": target["Path"],
            "exclusions": target.get("Exclusions", []),
            "sample_size": target.get("SampleSize"),
            "known": known,
        }
        for target in targets.get("S3Targets") or []
    ]
    tables = [
        _catalog_target(backend.get_table(target["DatabaseName"], name))
        for target in targets.get("CatalogTargets") or []
        for name in target["Tables"]
    ]
    return [*paths, *tables], roots


def _catalog_target(table: Table) -> Json:
    parameters = table.input.get("Parameters") or {}
    location = location_of(table.input)
    kind = parameters.get("table_type") or table.input.get("TableType") or ""
    if kind.upper() in ("ICEBERG", "DELTA", "VIRTUAL_VIEW") or not location.startswith("s3://"):
        raise InvalidInput(
            f"Table {table.database_name}.{table.name} cannot be crawled: the lab crawls only catalog tables with "
            f"files in S3; this one is {kind or 'of another store'} at {location or 'no location'}."
        )
    return {
        "path": location,
        "table": f"{table.database_name}.{table.name}",
        "keys": [key["Name"] for key in table.keys],
        "classification": parameters.get("classification", ""),
    }


def _known(backend: GlueBackend, crawler: Crawler) -> tuple[list[str], list[str]]:
    """Return the folders that an incremental crawl leaves out, and the roots of the tables that it may add to."""
    database = backend.databases.get((crawler.definition.get("DatabaseName") or "").lower())
    if crawler.definition["RecrawlPolicy"].get("RecrawlBehavior") != "CRAWL_NEW_FOLDERS_ONLY" or not database:
        return [], []
    tables = [
        table
        for table in database.tables.values()
        if (table.input.get("Parameters") or {}).get("UPDATED_BY_CRAWLER") == crawler.name
    ]
    folders = [location_of(table.input) for table in tables if not table.keys]
    folders += [location_of(partition.input) for table in tables for partition in table.partitions.values()]
    return folders, [location_of(table.input).removeprefix("s3://") for table in tables if table.keys]
