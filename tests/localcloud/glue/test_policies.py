"""What a second crawl does to the tables of the first, under each policy."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest

from localcloud.glue.crawler.catalog_target import MISMATCH
from localcloud.glue.crawler.crawled import CrawledPart, CrawledTable
from localcloud.glue.crawler_definition import checked, parse_configuration
from localcloud.glue.crawlers import Crawler
from localcloud.glue.names import InvalidInput
from localcloud.glue.table_input import table_input

OLD = {"t/d=1/f.json": '{"a": 1, "b": "x", "c": 1, "e": 1}', "t/d=2/f.json": '{"a": 1, "b": "x", "c": 1, "e": 1}'}
NEW = dict.fromkeys(OLD, '{"a": 1.5, "b": "x", "c": 1, "new": true}')
LOG = {"SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"}}
DELETE = {"SchemaChangePolicy": {"DeleteBehavior": "DELETE_FROM_DATABASE"}}
MERGE = {"Configuration": '{"Version": 1.0, "CrawlerOutput": {"Tables": {"AddOrUpdateBehavior": "MergeNewColumns"}}}'}
INHERIT = {
    "Configuration": '{"Version": 1.0, "CrawlerOutput": {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}}}'
}


@pytest.mark.parametrize(
    ("policy", "columns"),
    [
        ({}, {"a": "double", "b": "string", "c": "int", "new": "boolean"}),
        (LOG, {"a": "int", "b": "string", "c": "int", "e": "int"}),
        (MERGE, {"a": "int", "b": "string", "c": "int", "e": "int", "new": "boolean"}),
    ],
    ids=["update", "log", "merge"],
)
def test_changed_columns(city: Any, policy: dict[str, Any], columns: dict[str, str]) -> None:
    """UPDATE_IN_DATABASE replaces the columns, LOG leaves them, MergeNewColumns only adds."""
    city.crawl(OLD)
    city.crawl(NEW, **policy)
    assert city.columns("t") == columns


def test_new_tables_and_partitions_are_always_made(city: Any) -> None:
    """LOG, too, adds new partitions and new tables."""
    city.crawl(OLD)
    extra = {"t/d=3/f.json": OLD["t/d=1/f.json"], "u/f.json": '{"z": 1}'}
    done = city.crawl({**OLD, **extra}, **LOG)
    assert (done["tables"], done["partitions"], city.partitions("t")) == (
        {"added": ["u"]},
        {"added": 1},
        ["1", "2", "3"],
    )


def test_an_unchanged_lake_changes_nothing(city: Any) -> None:
    """A second crawl of the same files makes no version and counts no change."""
    city.crawl(OLD)
    assert city.crawl(OLD) == {"tables": {}, "partitions": {}}
    assert list(city.backend.get_table("city", "t").versions) == ["0"]


def test_changed_counts_make_no_version(city: Any) -> None:
    """More records change the statistics, but are no new version of the table."""
    city.crawl(OLD)
    city.crawl({key: body * 5 for key, body in OLD.items()})
    assert city.table("t")["Parameters"]["recordCount"] == "10"
    assert len(city.backend.get_table("city", "t").versions) == 1


@pytest.mark.parametrize(
    ("policy", "partitions", "marked"), [({}, ["1", "2"], True), (LOG, ["1", "2"], False), (DELETE, ["1"], False)]
)
def test_gone_partitions(city: Any, policy: dict[str, Any], partitions: list[str], marked: bool) -> None:
    """A partition without data is deprecated, left, or deleted."""
    city.crawl(OLD)
    city.crawl({"t/d=1/f.json": OLD["t/d=1/f.json"]}, **policy)
    table = city.backend.get_table("city", "t")
    assert city.partitions("t") == partitions
    assert any("DEPRECATED_BY_CRAWLER" in one.input["Parameters"] for one in table.partitions.values()) is marked


@pytest.mark.parametrize(("policy", "left", "marked"), [({}, True, True), (LOG, True, False), (DELETE, False, False)])
def test_gone_tables(city: Any, policy: dict[str, Any], left: bool, marked: bool) -> None:
    """A table without data is deprecated, left, or deleted."""
    city.crawl({**OLD, "u/f.json": '{"z": 1}'})
    city.crawl(OLD, **policy)
    assert ("u" in city.backend.databases["city"].tables) is left
    assert left is False or ("DEPRECATED_BY_CRAWLER" in city.table("u")["Parameters"]) is marked


def test_tables_that_others_made_are_left(city: Any) -> None:
    """A crawler neither deletes nor renames a table that it did not make, even at its own target."""
    city.backend.create_database("city", {})
    storage = {"Location": "s3://lake/by_hand/", "Columns": []}
    city.backend.create_table("city", "by_hand", {"Name": "by_hand", "StorageDescriptor": storage})
    city.crawl(OLD, **DELETE)
    assert sorted(city.backend.databases["city"].tables) == ["by_hand", "t"]


def test_a_returning_table_is_no_longer_deprecated(city: Any) -> None:
    """When the data comes back, the mark goes."""
    for files in (OLD, {"u/f.json": '{"z": 1}'}, OLD):
        city.crawl(files)
    assert "DEPRECATED_BY_CRAWLER" not in city.table("t")["Parameters"]


def test_inheriting_partitions(city: Any) -> None:
    """InheritFromTable gives every partition the columns of the table, and its own location."""
    files = {"t/d=1/f.json": '{"a": 1}', "t/d=2/f.json": '{"a": 1.5}'}
    city.crawl(files, **INHERIT)
    storages = [one.input["StorageDescriptor"] for one in city.backend.get_table("city", "t").partitions.values()]
    assert [one["Columns"] for one in storages] == [[{"Name": "a", "Type": "double"}]] * 2
    assert [one["Location"] for one in storages] == ["s3://lake/t/d=1/", "s3://lake/t/d=2/"]


def test_a_name_that_is_taken_gets_a_hash(city: Any) -> None:
    """Two folders of one name make two tables: the second has 32 hexadecimal digits behind its name."""
    city.crawl({"a/t/f.json": '{"p": 1}', "b/t/f.json": '{"q": true}'})
    plain, hashed = sorted(city.backend.databases["city"].tables)
    assert (plain, hashed[:2], len(hashed)) == ("t", "t_", 34)
    assert city.crawl({"a/t/f.json": '{"p": 1}', "b/t/f.json": '{"q": true}'})["tables"] == {}


def test_a_new_partition_key_replaces_the_old_partitions(city: Any) -> None:
    """When the folders get one level more, no partition of the old kind stays."""
    city.crawl(OLD)
    city.crawl({"t/d=1/h=1/f.json": OLD["t/d=1/f.json"], "t/d=1/h=2/f.json": OLD["t/d=1/f.json"]})
    assert city.partitions("t") == ["1/1", "1/2"]


def test_new_folders_join_their_table(city: Any) -> None:
    """With CRAWL_NEW_FOLDERS_ONLY, known folders are not read, and new ones join the table around them."""
    city.crawl(OLD)
    seen = ["s3://lake/t/d=1/", "s3://lake/t/d=2/"]
    files = {**NEW, "t/d=3/f.json": OLD["t/d=1/f.json"]}
    policy = {"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}, **LOG}
    done = city.crawl(files, known=seen, roots=["lake/t/"], **policy)
    assert (done, city.columns("t")["a"]) == ({"tables": {}, "partitions": {"added": 1}}, "int")


@pytest.mark.parametrize(
    "odd", ['{"x": 1, "y": 2, "z": 3}', "p,q\n1,2\n3,4\n"], ids=["another schema", "another format"]
)
def test_new_folders_that_do_not_fit_are_ignored_and_logged(city: Any, odd: str) -> None:
    """An incremental crawl skips folders that cannot be partitions of the table around them (incremental-crawls)."""
    city.crawl(OLD)
    files = {**OLD, "t/d=3/f": odd, "t/d=4/f.json": OLD["t/d=1/f.json"]}
    policy = {"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}, **LOG}
    seen = ["s3://lake/t/d=1/", "s3://lake/t/d=2/"]
    done = city.crawl(files, known=seen, roots=["lake/t/"], **policy)
    assert "t/d=3/" in "".join(city.writer.lines)
    assert city.found.books.skipped[MISMATCH].count == 1
    assert (done["tables"], city.partitions("t")) == ({}, ["1", "2", "4"])


def test_the_targets_of_an_incremental_crawler_are_fixed() -> None:
    """With CRAWL_NEW_FOLDERS_ONLY the S3 targets cannot be changed (incremental-crawls)."""
    targets = {"S3Targets": [{"Path": "s3://lake/"}]}
    policy = {"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}, **LOG}
    crawler = Crawler("c", checked({"DatabaseName": "city", "Role": "r", "Targets": targets, **policy}))
    crawler.update({"Targets": targets, "TablePrefix": "x"})
    with pytest.raises(InvalidInput, match="cannot be changed"):
        crawler.update({"Targets": {"S3Targets": [{"Path": "s3://lake/other/"}]}})


def test_merged_structs_grow(city: Any) -> None:
    """MergeNewColumns adds new fields of nested types, too, and changes none (crawler-configuration)."""
    city.crawl({"t/f.json": '{"s": {"a": 1, "in": [{"x": 1}]}, "n": 1}'})
    city.crawl({"t/f.json": '{"s": {"a": "text", "b": true, "in": [{"y": 2}]}, "n": "text"}'}, **MERGE)
    assert city.columns("t") == {"s": "struct<a:int,in:array<struct<x:int,y:int>>,b:boolean>", "n": "int"}


@pytest.mark.parametrize(
    ("before", "after", "attribute"),
    [
        ('{"a": 1}', "a,b\n1,2\n", "classification"),
        ("a,b\n1,2\n", "a;b\n1;2\n", "delimiter"),
        ("a,b\n1,2\n", gzip.compress(b"a,b\n1,2\n"), "compressionType"),
    ],
)
def test_merging_deprecates_what_changed_fundamentally(city: Any, before: Any, after: Any, attribute: str) -> None:
    """With MergeNewColumns, another classification, compression or delimiter marks the table and logs a warning."""
    city.crawl({"t/f": before})
    columns = city.columns("t")
    done = city.crawl({"t/f": after}, **MERGE)
    assert (done["tables"], city.columns("t")) == ({"deprecated": ["t"]}, columns)
    assert "DEPRECATED_BY_CRAWLER" in city.table("t")["Parameters"]
    assert any(line.startswith("WARN") and attribute in line for line in city.writer.lines)


def test_log_and_inherit_keep_the_schema_everywhere(city: Any) -> None:
    """LOG with InheritFromTable keeps table and partitions as the table is (crawler-configuration)."""
    city.crawl(OLD)
    city.crawl(NEW, **LOG, **INHERIT)
    storages = [part.input["StorageDescriptor"] for part in city.backend.get_table("city", "t").partitions.values()]
    columns = city.table("t")["StorageDescriptor"]["Columns"]
    assert [storage["Columns"] for storage in storages] == [columns] * 2
    assert city.columns("t")["a"] == "int"


def test_a_column_like_a_partition_key_is_said(city: Any) -> None:
    """A table whose files have a column of a partition key's name is made as AWS makes it, and the log warns."""
    city.crawl({"t/a=1/f.json": '{"a": 1, "b": 2}', "t/a=2/f.json": '{"a": 2, "b": 2}'})
    assert any("same name as its partition keys" in line and line.endswith("folders.") for line in city.writer.lines)


def test_names_are_cut(city: Any) -> None:
    """Names have letters, digits and _ only, and 128 characters at most, hash and prefix included (crawler-running)."""
    folder = "Long-Näme" * 20
    city.crawl({f"a/{folder}/f.json": '{"p": 1}', f"b/{folder}/f.json": '{"q": true}'}, TablePrefix="pre_")
    names = sorted(city.backend.databases["city"].tables)
    assert [len(name) for name in names] == [128, 128]
    assert all(re.fullmatch(r"pre_[a-z0-9_]+", name) for name in names)


CONFIGURATIONS = [
    {"Grouping": {"TableGroupingPolicy": "CombineAll"}},
    {"Grouping": {"TableLevelConfiguration": "2"}},
    {"CrawlerOutput": {"Tables": {"AddOrUpdateBehavior": "InheritFromTable"}}},
    {"CrawlerOutput": {"Tables": {"TableThreshold": 0}}},
    {"CrawlerOutput": {"Tablets": {}}},
    {"CreatePartitionIndex": "yes"},
    {"Grouping": []},
]


@pytest.mark.parametrize("given", CONFIGURATIONS, ids=[json.dumps(given) for given in CONFIGURATIONS])
def test_no_option_is_ignored(given: dict[str, Any]) -> None:
    """An option that a crawler does not have is refused, not kept and ignored."""
    with pytest.raises(InvalidInput):
        parse_configuration(json.dumps({"Version": 1.0, **given}))


def found(**changes: Any) -> CrawledTable:
    part = CrawledPart("s3://lake/t/", [], [("a", "int")], objects=2, size=100, records=10)
    plain: dict[str, Any] = {
        "location": "s3://lake/t/", "is_file": False, "target": "s3://lake/", "exclusions": [], "classification": "csv",
        "compression": "none", "columns": [("a", "int")], "keys": [], "parameters": {"delimiter": ","},
        "serde": {"field.delim": ","}, "parts": [part],
    }  # fmt: skip
    return CrawledTable(**{**plain, **changes})


def test_the_parameters_of_a_table() -> None:
    """A table carries the crawler's statistics and marks, twice: on itself and on its storage."""
    made = table_input("t", found(exclusions=["*.tmp"]), "c", index=True)
    assert made["Parameters"] == made["StorageDescriptor"]["Parameters"] == {
        "CrawlerSchemaDeserializerVersion": "1.0", "CrawlerSchemaSerializerVersion": "1.0", "UPDATED_BY_CRAWLER": "c",
        "averageRecordSize": "10", "classification": "csv", "compressionType": "none", "objectCount": "2",
        "recordCount": "10", "sizeKey": "100", "typeOfData": "file", "delimiter": ",", "exclusions": '["*.tmp"]',
    }  # fmt: skip
    assert (made["Owner"], made["Retention"], made["TableType"]) == ("owner", 0, "EXTERNAL_TABLE")


@pytest.mark.parametrize(
    ("changes", "library", "serde"),
    [
        ({}, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", {"field.delim": ","}),
        ({"classification": "json", "serde": {"paths": "a"}}, "org.openx.data.jsonserde.JsonSerDe", {"paths": "a"}),
        (
            {"classification": "parquet", "serde": {}},
            "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
            {"serialization.format": "1"},
        ),
        ({"classification": "orc", "serde": {}}, "org.apache.hadoop.hive.ql.io.orc.OrcSerde", {}),
        ({"classification": "UNKNOWN", "serde": {}, "columns": []}, None, {}),
    ],
)
def test_the_serde_of_a_table(changes: dict[str, Any], library: str | None, serde: dict[str, str]) -> None:
    """Every classification has its SerDe; what is UNKNOWN has none."""
    info = table_input("t", found(**changes), "c", index=True)["StorageDescriptor"]["SerdeInfo"]
    assert (info.get("SerializationLibrary"), info["Parameters"]) == (library, serde)
