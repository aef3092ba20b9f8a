"""Crawls of catalog tables: page define-crawler, "Crawler source type", and tables-described, "Updating manually ..."."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.glue import crawl_targets
from localcloud.glue.crawl_catalog import CatalogWriter
from localcloud.glue.crawler.catalog_target import KEYS, MISMATCH
from localcloud.glue.crawler.crawled import CrawlResult
from localcloud.glue.crawler.grouping import Policy
from localcloud.glue.crawler.survey import Survey
from localcloud.glue.crawler.target import Target
from localcloud.glue.crawler_definition import checked
from localcloud.glue.crawlers import Crawler
from localcloud.glue.names import InvalidInput
from localcloud.glue.state import GlueBackend

TARGETS = {"CatalogTargets": [{"DatabaseName": "city", "Tables": ["mine"]}]}
LOG = {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"}


class Catalog:
    """A catalog with one table made by hand, and a crawler whose target it is."""

    def __init__(self, keys: tuple[str, ...], columns: tuple[str, ...]) -> None:
        self.backend = GlueBackend("us-east-1", "123456789012")
        self.backend.create_database("city", {"Name": "city"})
        described = {
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "json", "owner_team": "roads"},
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
            "StorageDescriptor": {
                "Location": "s3://lake/raw/",
                "Columns": [{"Name": name, "Type": "int"} for name in columns],
                "SerdeInfo": {"SerializationLibrary": "my.SerDe", "Parameters": {}},
            },
        }
        self.table = self.backend.create_table("city", "mine", described)

    def crawl(self, lake: Any, **definition: Any) -> tuple[dict[str, Any], CrawlResult, list[str]]:
        """Return what was done, what was read, and the lines of the log."""
        crawler = Crawler("c", checked({"Role": "r", "Targets": TARGETS, **definition}))
        targets, _ = crawl_targets.of(self.backend, crawler)
        found = Survey(lake, [], Policy()).run(Target.of(target) for target in targets)
        writer = CatalogWriter(self.backend, crawler)
        return writer.write(found), found, writer.lines

    @property
    def columns(self) -> dict[str, str]:
        return {column["Name"]: column["Type"] for column in self.table.input["StorageDescriptor"]["Columns"]}


ROW = '{"a": 1, "b": "x"}'
FILES = {"raw/day=1/f.json": ROW, "raw/day=2/f.json": ROW, "raw/day=2/deep/g.json": '{"c": true}'}


def test_new_partitions_and_columns(lake: Any) -> None:
    """The table gets the partitions and columns of its files, whatever their schemas, and keeps its name and SerDe."""
    catalog = Catalog(("day",), ("a",))
    done, _, _ = catalog.crawl(lake(FILES))
    assert done == {"tables": {"updated": ["mine"]}, "partitions": {"added": 2}}
    assert catalog.columns == {"a": "int", "b": "string", "c": "boolean"}
    assert sorted(catalog.table.partitions) == [("1",), ("2",)]
    assert list(catalog.backend.get_database("city").tables) == ["mine"]
    storage = catalog.table.input["StorageDescriptor"]
    assert storage["SerdeInfo"]["SerializationLibrary"] == "my.SerDe"
    assert catalog.table.input["Parameters"]["owner_team"] == "roads"
    assert catalog.table.input["Parameters"]["recordCount"] == "3"


def test_log_keeps_the_columns(lake: Any) -> None:
    """With UpdateBehavior LOG the columns stay, the log says so, and new partitions are added all the same."""
    catalog = Catalog(("day",), ("a",))
    done, _, lines = catalog.crawl(lake(FILES), SchemaChangePolicy=LOG)
    assert (done, catalog.columns) == ({"tables": {}, "partitions": {"added": 2}}, {"a": "int"})
    assert "INFO : Schema change of table mine ignored, because UpdateBehavior is LOG" in lines


def test_nothing_is_deleted(lake: Any) -> None:
    """Objects that are gone leave table and partitions as they are."""
    catalog = Catalog(("day",), ("a",))
    catalog.crawl(lake(FILES))
    catalog.crawl(lake({"raw/day=1/f.json": ROW}))
    assert sorted(catalog.table.partitions) == [("1",), ("2",)]


def test_files_that_do_not_fit_are_skipped_by_name(lake: Any) -> None:
    """Files of another format, and folders of other keys, are in no table; the books give the reason."""
    catalog = Catalog(("day",), ("a",))
    odd = {"raw/day=1/x.csv": "p,q\n1,2\n", "raw/top.json": ROW, "raw/hour=1/f.json": ROW}
    _, found, _ = catalog.crawl(lake({**FILES, **odd}))
    assert found.books.skipped[MISMATCH].uris == ["s3://lake/raw/day=1/x.csv"]
    assert found.books.skipped[KEYS].uris == ["s3://lake/raw/hour=1/f.json", "s3://lake/raw/top.json"]
    assert (found.books.listed, found.books.classified, found.books.skipped_count) == (6, 3, 3)


def test_an_unpartitioned_table_takes_all_folders(lake: Any) -> None:
    """A table without partition keys stands for all files below its location."""
    catalog = Catalog((), ("a",))
    done, found, _ = catalog.crawl(lake(FILES))
    assert (done["partitions"], found.books.classified) == ({}, 3)


def test_names_of_columns_without_a_header_stay(lake: Any) -> None:
    """CSV without a header has no names to offer, so the table's stay."""
    catalog = Catalog((), ("id", "speed"))
    catalog.table.input["Parameters"]["classification"] = "csv"
    catalog.crawl(lake({"raw/f.csv": "1,2\n3,4\n"}))
    assert list(catalog.columns) == ["id", "speed"]


@pytest.mark.parametrize(
    "changes",
    [
        {"SchemaChangePolicy": {"DeleteBehavior": "DEPRECATE_IN_DATABASE"}},
        {"SchemaChangePolicy": {"DeleteBehavior": "DELETE_FROM_DATABASE"}},
        {"Targets": {**TARGETS, "S3Targets": [{"Path": "s3://lake/"}]}},
        {"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}, "SchemaChangePolicy": LOG},
    ],
)
def test_what_catalog_targets_exclude(changes: dict[str, Any]) -> None:
    """Nothing but LOG deletes, other targets are not mixed in, and incremental crawls are for S3 targets."""
    with pytest.raises(InvalidInput):
        checked({"Role": "r", "Targets": TARGETS, **changes})


def test_the_database_is_optional_and_deletion_is_log() -> None:
    """A crawler of catalog tables needs no database, and its DeleteBehavior is LOG."""
    definition = checked({"Role": "r", "Targets": TARGETS})
    assert definition["SchemaChangePolicy"]["DeleteBehavior"] == "LOG"


@pytest.mark.parametrize(
    "target", ["JdbcTargets", "MongoDBTargets", "DynamoDBTargets", "DeltaTargets", "IcebergTargets", "HudiTargets"]
)
def test_other_targets_are_refused_by_name(target: str) -> None:
    """A store that the lab does not crawl is refused when the crawler is made, not at its run."""
    with pytest.raises(InvalidInput, match=target):
        checked({"Role": "r", "DatabaseName": "d", "Targets": {target: [{"Path": "x"}]}})


@pytest.mark.parametrize(
    "changes",
    [
        {"Parameters": {"table_type": "ICEBERG"}},
        {"TableType": "VIRTUAL_VIEW"},
        {"StorageDescriptor": {"Location": "x"}},
    ],
)
def test_tables_that_are_no_files_are_refused(changes: dict[str, Any]) -> None:
    """Views, Iceberg tables and tables of other stores are refused with the table's name."""
    catalog = Catalog((), ("a",))
    catalog.table.update({**catalog.table.input, **changes})
    with pytest.raises(InvalidInput, match=r"city\.mine"):
        crawl_targets.of(catalog.backend, Crawler("c", checked({"Role": "r", "Targets": TARGETS})))
