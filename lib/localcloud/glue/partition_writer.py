"""Writes the partitions of one table that a crawl found."""

from __future__ import annotations

from collections import defaultdict

from localcloud.glue.crawl_changes import DEPRECATED, deprecated, schema_of
from localcloud.glue.crawler.books import Books
from localcloud.glue.crawler.catalog_target import KEYS
from localcloud.glue.crawler.found import FoundPart, FoundTable
from localcloud.glue.crawlers import Crawler
from localcloud.glue.table_input import partition_input
from localcloud.glue.tables import Json, Partition, Table

SHOWN = 50
"""Partitions that one line of the log names."""


class PartitionWriter:
    """The partitions of one crawl. `counts`: their number by what was done; `lines` goes to the log."""

    def __init__(self, crawler: Crawler, update: bool, everything: bool, lines: list[str]) -> None:
        self._crawler, self._update, self._everything, self._lines = crawler, update, everything, lines
        self._delete = crawler.definition["SchemaChangePolicy"]["DeleteBehavior"]
        output = (crawler.configuration.get("CrawlerOutput") or {}).get("Partitions") or {}
        self._inherit = output.get("AddOrUpdateBehavior") == "InheritFromTable"
        self.counts: defaultdict[str, int] = defaultdict(int)

    def write(self, table: Table, found: FoundTable, books: Books) -> None:
        """Add, change and remove partitions; parts that have no place in the table are skipped in the books."""
        if len(table.keys) != len(found.keys):
            self._skip(table, found, books)
            return
        parts = {tuple(part.values): part for part in found.parts} if found.keys else {}
        added = [values for values, part in parts.items() if self._write(table, values, part, found)]
        if added:
            shown = ", ".join(f"[{', '.join(values)}]" for values in added[:SHOWN])
            more = f" and {len(added) - SHOWN} more" if len(added) > SHOWN else ""
            self._lines.append(f"INFO : Created partitions with values [{shown}]{more} for table {table.name}")
        if self._everything:
            for values in [values for values in table.partitions if values not in parts]:
                self._remove(table, values)

    def _skip(self, table: Table, found: FoundTable, books: Books) -> None:
        """Count parts out of the books: the table keeps other partition keys than its folders now have."""
        for part in found.parts:
            books.skip(KEYS, part.location, part.objects)
            books.classified -= part.objects
            self._lines.append(f"WARN : {KEYS}, skipped folder: {part.location} (table {table.name})")

    def _write(self, table: Table, values: tuple[str, ...], part: FoundPart, found: FoundTable) -> bool:
        """Write one partition; return whether it is new."""
        new = partition_input(part, found, self._crawler.name)
        if self._inherit:
            new = self._inherited(table, new)
        old = table.partitions.get(values)
        if old is None:
            table.partitions[values] = Partition(new)
            self.counts["added"] += 1
            return True
        if self._update or self._inherit:
            if schema_of(old.input) != schema_of(new):
                self.counts["updated"] += 1
            old.input = new
        return False

    def _inherited(self, table: Table, new: Json) -> Json:
        """Return a partition with the columns, formats, SerDe and classification of its table."""
        own = table.input.get("Parameters") or {}
        shared = {key: own[key] for key in ("classification", "compressionType", "typeOfData") if key in own}
        storage = {**table.input["StorageDescriptor"], "Location": new["StorageDescriptor"]["Location"]}
        return {**new, "Parameters": {**new["Parameters"], **shared}, "StorageDescriptor": storage}

    def _remove(self, table: Table, values: tuple[str, ...]) -> None:
        partition = table.partitions[values]
        parameters = partition.input.get("Parameters") or {}
        if self._crawler.name != parameters.get("UPDATED_BY_CRAWLER"):
            return
        where = f"partition of table {table.name} with partition values [{', '.join(values)}]"
        if self._delete == "DELETE_FROM_DATABASE":
            del table.partitions[values]
            self.counts["deleted"] += 1
            self._lines.append(f"INFO : Deleted {where}")
            return
        self._lines.append(f"INFO : Found {where} with no matching schema at the partition's S3 location")
        if self._delete == "DEPRECATE_IN_DATABASE" and DEPRECATED not in parameters:
            partition.input = deprecated(partition.input)
            self.counts["deprecated"] += 1
