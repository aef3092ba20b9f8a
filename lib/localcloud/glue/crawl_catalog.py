"""Writes what a crawl found into the catalog, under the crawler's policies for changes and deletions."""

from __future__ import annotations

from collections import defaultdict

from localcloud.athena.serdes import support
from localcloud.athena.serdes.classes import library
from localcloud.glue.crawl_changes import (
    DEPRECATED,
    deprecated,
    incompatible,
    kept_by_hand,
    location_of,
    merged,
    schema_of,
)
from localcloud.glue.crawler.books import Books
from localcloud.glue.crawler.catalog_target import MISMATCH
from localcloud.glue.crawler.crawled import CrawledTable, CrawlResult
from localcloud.glue.crawlers import Crawler
from localcloud.glue.names import InvalidInput
from localcloud.glue.partition_writer import PartitionWriter, as_partition
from localcloud.glue.state import Database, GlueBackend
from localcloud.glue.table_input import PARTITION_INDEX, clashing_name, table_input, table_name
from localcloud.glue.tables import Json, Table


class CatalogWriter:
    """One crawl's results on their way into the catalog. The caller holds the state lock.

    `lines` are what the crawl's log says of it.
    """

    def __init__(self, backend: GlueBackend, crawler: Crawler) -> None:
        self._backend, self._crawler = backend, crawler
        policy = crawler.definition["SchemaChangePolicy"]
        self._output = (crawler.configuration.get("CrawlerOutput") or {}).get("Tables") or {}
        self._merge = self._output.get("AddOrUpdateBehavior") == "MergeNewColumns"
        self._update = policy["UpdateBehavior"] == "UPDATE_IN_DATABASE" or self._merge
        self._delete = policy["DeleteBehavior"]
        self._index = crawler.configuration.get("CreatePartitionIndex", True)
        self._everything = crawler.definition["RecrawlPolicy"].get("RecrawlBehavior") != "CRAWL_NEW_FOLDERS_ONLY"
        self._tables: defaultdict[str, list[str]] = defaultdict(list)
        self.lines: list[str] = []
        self._partitions = PartitionWriter(crawler, self._update, self._everything, self.lines)

    def write(self, result: CrawlResult) -> Json:
        """Create, update and delete; return what was done: names of tables, numbers of partitions.

        Raises:
            InvalidInput: more tables than the crawler's TableThreshold allows. Nothing is written then.
        """
        self._check_threshold(len(result.tables))
        by_catalog = [table for table in result.tables if table.catalog_table]
        for table in by_catalog:
            self._write_known(table, result.books)
        if self._crawler.definition["Targets"].get("S3Targets"):
            self._write_s3(result)
        return {"tables": dict(self._tables), "partitions": dict(self._partitions.counts)}

    def _check_threshold(self, count: int) -> None:
        threshold = self._output.get("TableThreshold")
        if threshold and count > threshold:
            raise InvalidInput(
                f"The number of tables detected by crawler: {count} is greater than the table threshold value "
                f"provided: {threshold}. Failing crawler without writing to Data Catalog."
            )

    def _write_s3(self, result: CrawlResult) -> None:
        name = self._crawler.definition["DatabaseName"]
        if name.lower() not in self._backend.databases:
            self._backend.create_database(name, {"Name": name.lower()})
        database = self._backend.get_database(name)
        wanted = [
            table for table in result.tables if self._everything or not self._is_stray(database, table, result.books)
        ]
        kept = {self._write_table(database, table, result.books).name for table in wanted}
        if self._everything:
            self._remove_tables(database, kept)

    def _is_stray(self, database: Database, crawled: CrawledTable, books: Books) -> bool:
        """Return whether new folders are in a partitioned table: they are its partition then, or are skipped."""
        for table in database.tables.values():
            root = location_of(table.input)
            if table.keys and crawled.location.startswith(root) and crawled.location.rstrip("/") + "/" != root:
                partition = as_partition(table, crawled)
                if partition:
                    self._partitions.write(table, partition, books)
                else:
                    self._partitions.skip(table, crawled, books, MISMATCH)
                return True
        return False

    def _write_known(self, crawled: CrawledTable, books: Books) -> None:
        """Update the table of a catalog target; none is made or deleted."""
        table = self._backend.get_table(*crawled.catalog_table.split(".", 1))
        new = kept_by_hand(table.input, table_input(table.name, crawled, self._crawler.name, self._index))
        self._change(table, new)
        self._partitions.write(table, crawled, books)

    def _write_table(self, database: Database, crawled: CrawledTable, books: Books) -> Table:
        name = table_name(crawled, self._crawler.definition.get("TablePrefix") or "")
        location = crawled.location.rstrip("/") + "/"
        table = self._known(database, name, location)
        if table is None and name in database.tables:
            name = clashing_name(name, location)
            table = database.tables.get(name)
        if table is None:
            table = self._create(database, name, crawled)
        else:
            self._change(table, table_input(table.name, crawled, self._crawler.name, self._index))
        self._partitions.write(table, crawled, books)
        self._say_if_unreadable(table)
        return table

    def _say_if_unreadable(self, table: Table) -> None:
        """Log what Athena will answer; tables without a SerDe (UNKNOWN, XML, BSON) are in the log by their files."""
        names = [column["Name"] for column in table.input["StorageDescriptor"]["Columns"]]
        twice = [key["Name"] for key in table.keys if key["Name"] in names]
        if twice:
            self.lines.append(
                f"WARN : Table {table.name} has columns of the same name as its partition keys, which Athena does not "
                f"read: {', '.join(twice)}. Rename the columns or the folders."
            )
        if library(table.input) and (reason := support.problem(table.input)):
            self.lines.append(f"WARN : Athena cannot read table {table.name}: {reason}")

    def _known(self, database: Database, name: str, location: str) -> Table | None:
        """Return the table that stands for this location: the plain name first, then any that a crawler made."""
        here = [table for table in database.tables.values() if location_of(table.input) == location]
        here = [own for own in here if own.name == name or "UPDATED_BY_CRAWLER" in (own.input.get("Parameters") or {})]
        return next((table for table in here if table.name == name), here[0] if here else None)

    def _create(self, database: Database, name: str, crawled: CrawledTable) -> Table:
        description = table_input(name, crawled, self._crawler.name, self._index)
        table = self._backend.create_table(database.name, name, description)
        if crawled.keys and self._index:
            table.indexes[PARTITION_INDEX] = {"IndexName": PARTITION_INDEX, "Keys": crawled.keys}
        self._tables["added"].append(name)
        self.lines.append(f"INFO : Created table {name} in database {database.name}")
        return table

    def _change(self, table: Table, new: Json) -> None:
        old = table.input
        if not self._update:
            if self._everything and schema_of(old) != schema_of(new):
                self.lines.append(f"INFO : Schema change of table {table.name} ignored, because UpdateBehavior is LOG")
            return
        if self._merge:
            differing = incompatible(old, new)
            if differing:
                self._deprecate(table, differing)
                return
            new = merged(old, new)
        if new == old:
            return
        if (old.get("PartitionKeys") or []) != (new.get("PartitionKeys") or []):
            table.partitions = {}
        changed = schema_of(old) != schema_of(new)
        table.update(new, archive=changed)
        if changed:
            self._tables["updated"].append(table.name)
            self.lines.append(f"INFO : Updated table {table.name} in database {table.database_name}")

    def _deprecate(self, table: Table, differing: list[str]) -> None:
        self.lines.append(
            f"WARN : Table {table.name} is marked deprecated, because an incompatible attribute needs to be resolved: "
            f"{', '.join(differing)}"
        )
        if DEPRECATED not in (table.input.get("Parameters") or {}):
            table.update(deprecated(table.input))
            self._tables["deprecated"].append(table.name)

    def _remove_tables(self, database: Database, kept: set[str]) -> None:
        """Treat the tables that this crawler made and that have no data at its targets any more."""
        targets = [target["Path"].rstrip("/") + "/" for target in self._crawler.definition["Targets"]["S3Targets"]]
        for table in list(database.tables.values()):
            mine = (table.input.get("Parameters") or {}).get("UPDATED_BY_CRAWLER") == self._crawler.name
            at_target = any(location_of(table.input).startswith(target) for target in targets)
            if mine and table.name not in kept and at_target:
                self._remove(database, table)

    def _remove(self, database: Database, table: Table) -> None:
        if self._delete == "DELETE_FROM_DATABASE":
            del database.tables[table.name]
            self._tables["deleted"].append(table.name)
            self.lines.append(f"INFO : Deleted table {table.name} in database {database.name}")
        elif self._delete == "LOG":
            self.lines.append(f"INFO : Found table {table.name} with no matching schema at the table's S3 location")
        elif DEPRECATED not in table.input["Parameters"]:
            table.update(deprecated(table.input))
            self._tables["deprecated"].append(table.name)
            self.lines.append(
                f"INFO : Table {table.name} is marked deprecated because a matching schema was not found at the "
                "table's location."
            )
