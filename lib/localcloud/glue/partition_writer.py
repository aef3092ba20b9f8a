"""Writes the partitions of one table that a crawl found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from urllib.parse import unquote

from localcloud.glue.crawl_changes import DEPRECATED, deprecated, location_of, schema_of
from localcloud.glue.crawler.books import Books
from localcloud.glue.crawler.catalog_target import KEYS, MISMATCH
from localcloud.glue.crawler.crawled import CrawledPart, CrawledTable
from localcloud.glue.crawler.schema import SIMILAR, parse, similarity
from localcloud.glue.crawlers import Crawler
from localcloud.glue.table_input import partition_input
from localcloud.glue.tables import Json, Partition, Table

SHOWN = 50
"""Partitions that one line of the log names."""


def as_partition(table: Table, crawled: CrawledTable) -> CrawledTable | None:
    """Return a folder that was found as a table of its own as the partition of `table` that it is, or None."""
    root, own = location_of(table.input), table.input.get("Parameters") or {}
    names = crawled.location[len(root) :].strip("/").split("/")
    same = (own.get("classification"), own.get("compressionType")) == (crawled.classification, crawled.compression)
    if not same or crawled.keys or crawled.is_file or len(names) != len(table.keys):
        return None
    keys = [key["Name"] for key in table.keys]
    if any("=" in name and name.partition("=")[0].lower() != key for key, name in zip(keys, names, strict=True)):
        return None
    values = [unquote(name.partition("=")[2]) if "=" in name else name for name in names]
    return replace(crawled, location=root, keys=keys, parts=[replace(crawled.parts[0], values=values)])


class PartitionWriter:
    """The partitions of one crawl. `counts`: their number by what was done; `lines` goes to the log."""

    def __init__(self, crawler: Crawler, update: bool, everything: bool, lines: list[str]) -> None:
        self._crawler, self._update, self._everything, self._lines = crawler, update, everything, lines
        self._delete = crawler.definition["SchemaChangePolicy"]["DeleteBehavior"]
        output = (crawler.configuration.get("CrawlerOutput") or {}).get("Partitions") or {}
        self._inherit = output.get("AddOrUpdateBehavior") == "InheritFromTable"
        self.counts: defaultdict[str, int] = defaultdict(int)

    def write(self, table: Table, crawled: CrawledTable, books: Books) -> None:
        """Add, change and remove partitions; parts that have no place in the table are skipped in the books."""
        if len(table.keys) != len(crawled.keys):
            self.skip(table, crawled, books, KEYS)
            return
        parts = {tuple(part.values): part for part in crawled.parts} if crawled.keys else {}
        if not self._everything and table.partitions:
            parts = {values: part for values, part in parts.items() if self._is_similar(table, part, books)}
        added = [values for values, part in parts.items() if self._write(table, values, part, crawled)]
        if added:
            shown = ", ".join(f"[{', '.join(values)}]" for values in added[:SHOWN])
            more = f" and {len(added) - SHOWN} more" if len(added) > SHOWN else ""
            self._lines.append(f"INFO : Created partitions with values [{shown}]{more} for table {table.name}")
        if self._everything:
            for values in [values for values in table.partitions if values not in parts]:
                self._remove(table, values)

    def skip(self, table: Table, crawled: CrawledTable, books: Books, reason: str) -> None:
        """Count the parts of a found table as skipped, and log them."""
        for part in crawled.parts:
            self._skip(table, part, books, reason)

    def _skip(self, table: Table, part: CrawledPart, books: Books, reason: str) -> None:
        books.skip(reason, part.location, part.objects)
        books.classified -= part.objects
        self._lines.append(f"WARN : {reason}, skipped folder: {part.location} (table {table.name})")

    def _is_similar(self, table: Table, part: CrawledPart, books: Books) -> bool:
        """Return whether a new partition has the table's schema; an incremental crawl ignores others, and logs them."""
        columns = table.input["StorageDescriptor"]["Columns"]
        own = tuple((column["Name"], parse(column["Type"])) for column in columns)
        if similarity(own, tuple((name, parse(kind)) for name, kind in part.columns)) > SIMILAR:
            return True
        self._skip(table, part, books, MISMATCH)
        return False

    def _write(self, table: Table, values: tuple[str, ...], part: CrawledPart, crawled: CrawledTable) -> bool:
        """Write one partition; return whether it is new."""
        new = partition_input(part, crawled, self._crawler.name)
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
