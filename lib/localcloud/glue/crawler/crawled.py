"""The tables that a crawl found in S3, on their way from the crawl's process to the catalog."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from localcloud.glue.crawler.books import Books, Named
from localcloud.glue.crawler.grouping import Group, Part
from localcloud.glue.crawler.schema import texts
from localcloud.glue.crawler.target import Target


@dataclass
class CrawledPart:
    """A partition, or the whole of a table that has none."""

    location: str
    values: list[str]
    columns: list[tuple[str, str]]
    objects: int
    size: int
    records: int


@dataclass
class CrawledTable:
    """One table as it is in S3. `columns`: name and Hive type."""

    location: str
    is_file: bool
    target: str
    exclusions: list[str]
    classification: str
    compression: str
    columns: list[tuple[str, str]]
    keys: list[str]
    parameters: dict[str, str]
    serde: dict[str, str]
    parts: list[CrawledPart] = field(default_factory=list)
    catalog_table: str = ""
    """The table of a catalog target, as `database.table`."""

    @property
    def objects(self) -> int:
        """The number of objects in all parts."""
        return sum(part.objects for part in self.parts)


def describe(group: Group, target: Target) -> CrawledTable:
    """Return a group of files as the table that it makes."""
    sample = group.sample
    return CrawledTable(
        location=f"s3://{group.path}",
        is_file=group.is_file,
        target=target.path,
        exclusions=list(target.exclusions),
        classification=sample.classification,
        compression=sample.compression,
        columns=list(texts(group.columns)),
        keys=group.keys,
        parameters=sample.parameters,
        serde=_serde(group),
        parts=[_describe_part(group, part) for part in group.parts],
        catalog_table=target.table,
    )


def _describe_part(group: Group, part: Part) -> CrawledPart:
    order = {name: index for index, (name, _) in enumerate(group.columns)}
    columns = sorted(part.columns, key=lambda column: order[column[0]])
    return CrawledPart(
        location=f"s3://{part.path}",
        values=group.values(part),
        columns=list(texts(tuple(columns))),
        objects=len(part.files),
        size=sum(item.size for item, _ in part.files),
        records=sum(sample.records for _, sample in part.files),
    )


def _serde(group: Group) -> dict[str, str]:
    """Return the SerDe parameters of a table; `paths` names the keys of all its files."""
    serde = dict(group.sample.serde)
    if "paths" in serde:
        given = (sample.serde.get("paths", "") for part in group.parts for _, sample in part.files)
        serde["paths"] = ",".join(dict.fromkeys(name for text in given for name in text.split(",") if name))
    return serde


@dataclass
class CrawlResult:
    """The result of one crawl's reading."""

    tables: list[CrawledTable]
    books: Books

    def check(self) -> None:
        """Compare the books with the tables.

        Raises:
            BooksError: they differ.
        """
        self.books.check(sum(table.objects for table in self.tables))

    def to_json(self) -> str:
        """Return the result as text."""
        return json.dumps({"tables": [asdict(table) for table in self.tables], "books": asdict(self.books)})

    @classmethod
    def from_json(cls, text: str) -> CrawlResult:
        """Return the result that `to_json` wrote."""
        content = json.loads(text)
        tables = [
            CrawledTable(**{**table, "parts": [CrawledPart(**part) for part in table["parts"]]})
            for table in content["tables"]
        ]
        books = content["books"]
        for kind in ("skipped", "notes", "unknown"):
            books[kind] = {sentence: Named(**named) for sentence, named in books[kind].items()}
        return cls(tables, Books(**books))
