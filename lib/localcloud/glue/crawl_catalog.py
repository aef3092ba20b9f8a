"""Writes what a crawl found into the catalog, under the crawler's policies for changes and deletions."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from localcloud.glue.crawler.survey import FoundTable
from localcloud.glue.crawlers import Crawler
from localcloud.glue.state import Database, GlueBackend
from localcloud.glue.table_input import PARTITION_INDEX, clashing_name, partition_input, table_input, table_name
from localcloud.glue.tables import Json, Partition, Table

DEPRECATED = "DEPRECATED_BY_CRAWLER"
_STATISTICS = ("averageRecordSize", "objectCount", "recordCount", "sizeKey")


def location_of(described: Json) -> str:
    """Return the location of a table or partition input, ending in `/`."""
    location = (described.get("StorageDescriptor") or {}).get("Location") or ""
    return location.rstrip("/") + "/" if location else ""


class CatalogWriter:
    """One crawl's results on their way into one database. The caller holds the state lock."""

    def __init__(self, backend: GlueBackend, crawler: Crawler) -> None:
        self._backend, self._crawler = backend, crawler
        policy = crawler.definition["SchemaChangePolicy"]
        output = crawler.configuration.get("CrawlerOutput") or {}
        self._merge = (output.get("Tables") or {}).get("AddOrUpdateBehavior") == "MergeNewColumns"
        self._inherit = (output.get("Partitions") or {}).get("AddOrUpdateBehavior") == "InheritFromTable"
        self._update = policy["UpdateBehavior"] == "UPDATE_IN_DATABASE" or self._merge
        self._delete = policy["DeleteBehavior"]
        self._index = crawler.configuration.get("CreatePartitionIndex", True)
        self._everything = crawler.definition["RecrawlPolicy"].get("RecrawlBehavior") != "CRAWL_NEW_FOLDERS_ONLY"
        self._tables: defaultdict[str, list[str]] = defaultdict(list)
        self._partitions: defaultdict[str, int] = defaultdict(int)

    def write(self, found: list[FoundTable]) -> Json:
        """Create, update and delete; return what was done: names of tables, numbers of partitions."""
        name = self._crawler.definition["DatabaseName"]
        if name.lower() not in self._backend.databases:
            self._backend.create_database(name, {"Name": name.lower()})
        database = self._backend.get_database(name)
        kept = {self._write_table(database, table).name for table in found}
        if self._everything:
            self._remove_tables(database, kept)
        return {"tables": dict(self._tables), "partitions": dict(self._partitions)}

    def _write_table(self, database: Database, found: FoundTable) -> Table:
        name = table_name(found, self._crawler.definition.get("TablePrefix") or "")
        location = found.location.rstrip("/") + "/"
        table = self._known(database, name, location)
        if table is None and name in database.tables:
            name = clashing_name(name, location)
            table = database.tables.get(name)
        if table is None:
            table = self._create(database, name, found)
        else:
            self._change(table, table_input(table.name, found, self._crawler.name, self._index))
        self._write_partitions(table, found)
        return table

    def _known(self, database: Database, name: str, location: str) -> Table | None:
        """Return the table that stands for this location: the plain name first, then any that a crawler made."""
        here = [table for table in database.tables.values() if location_of(table.input) == location]
        here = [one for one in here if one.name == name or "UPDATED_BY_CRAWLER" in (one.input.get("Parameters") or {})]
        return next((table for table in here if table.name == name), here[0] if here else None)

    def _create(self, database: Database, name: str, found: FoundTable) -> Table:
        table = self._backend.create_table(
            database.name, name, table_input(name, found, self._crawler.name, self._index)
        )
        if found.keys and self._index:
            table.indexes[PARTITION_INDEX] = {"IndexName": PARTITION_INDEX, "Keys": found.keys}
        self._tables["added"].append(name)
        return table

    def _change(self, table: Table, new: Json) -> None:
        old = table.input
        if not self._update:
            return
        if self._merge:
            new = _merged(old, new)
        if new == old:
            return
        if old.get("PartitionKeys") != new["PartitionKeys"]:
            table.partitions = {}
        changed = _schema(old) != _schema(new)
        table.update(new, archive=changed)
        if changed:
            self._tables["updated"].append(table.name)

    def _write_partitions(self, table: Table, found: FoundTable) -> None:
        parts = {tuple(part.values): part for part in found.parts} if found.keys else {}
        fits = len(table.keys) == len(found.keys)
        for values, part in parts.items() if fits else ():
            new = partition_input(part, found, self._crawler.name)
            if self._inherit:
                new["StorageDescriptor"] = {**table.input["StorageDescriptor"], "Location": part.location}
            if values not in table.partitions:
                table.partitions[values] = Partition(new)
                self._partitions["added"] += 1
            elif self._update and _schema(table.partitions[values].input) != _schema(new):
                table.partitions[values].input = new
                self._partitions["updated"] += 1
            elif self._update:
                table.partitions[values].input = new
        if self._everything and fits:
            for values in [values for values in table.partitions if values not in parts]:
                self._remove_partition(table, values)

    def _remove_partition(self, table: Table, values: tuple[str, ...]) -> None:
        partition = table.partitions[values]
        if self._crawler.name != (partition.input.get("Parameters") or {}).get("UPDATED_BY_CRAWLER"):
            return
        if self._delete == "DELETE_FROM_DATABASE":
            del table.partitions[values]
            self._partitions["deleted"] += 1
        elif self._delete == "DEPRECATE_IN_DATABASE" and DEPRECATED not in partition.input["Parameters"]:
            partition.input = _deprecated(partition.input)
            self._partitions["deprecated"] += 1

    def _remove_tables(self, database: Database, kept: set[str]) -> None:
        """Treat the tables that this crawler made and that have no data at its targets any more."""
        targets = [target["Path"].rstrip("/") + "/" for target in self._crawler.definition["Targets"]["S3Targets"]]
        for table in list(database.tables.values()):
            parameters = table.input.get("Parameters") or {}
            mine = parameters.get("UPDATED_BY_CRAWLER") == self._crawler.name and table.name not in kept
            if not mine or not any(location_of(table.input).startswith(target) for target in targets):
                continue
            if self._delete == "DELETE_FROM_DATABASE":
                del database.tables[table.name]
                self._tables["deleted"].append(table.name)
            elif self._delete == "DEPRECATE_IN_DATABASE" and DEPRECATED not in parameters:
                table.update(_deprecated(table.input))
                self._tables["deprecated"].append(table.name)


def _deprecated(described: Json) -> Json:
    stamp = str(round(datetime.now(UTC).timestamp() * 1000))
    return {**described, "Parameters": {**described["Parameters"], DEPRECATED: stamp}}


def _merged(old: Json, new: Json) -> Json:
    """Return the old input with the new columns behind its own, and everything else of the old one kept."""
    storage = old.get("StorageDescriptor") or {}
    known = {column["Name"] for column in storage.get("Columns", [])}
    added = [column for column in new["StorageDescriptor"]["Columns"] if column["Name"] not in known]
    columns = [*storage.get("Columns", []), *added]
    parameters = {**(old.get("Parameters") or {}), **new["Parameters"]}
    return {
        **new,
        **old,
        "PartitionKeys": old.get("PartitionKeys") or [],
        "Parameters": {key: value for key, value in parameters.items() if key != DEPRECATED},
        "StorageDescriptor": {**new["StorageDescriptor"], **storage, "Columns": columns},
    }


def _schema(described: Json) -> Any:
    """Return what makes a new version of a table: everything but the counts."""
    storage = described.get("StorageDescriptor") or {}
    parameters = {key: value for key, value in (described.get("Parameters") or {}).items() if key not in _STATISTICS}
    plain = {key: value for key, value in storage.items() if key != "Parameters"}
    return (plain, parameters, described.get("PartitionKeys"), described.get("Values"))
