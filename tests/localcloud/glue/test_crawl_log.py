"""The log of a crawl in CloudWatch Logs, its history and its metrics, through boto3."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

LIMIT_S = 60
FILES = {
    "t/day=1/f.json": '{"a": 1}\n',
    "t/day=2/f.json": '{"a": 1}\n',
    "t/day=2/_SUCCESS": "x",
    "logs/f.log": '10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326\n',
    "junk/f": "one word",
}


@pytest.fixture
def glue(client: Callable[..., Any], s3_url: str) -> Iterator[Any]:
    """A Glue client and a lake of `FILES`."""
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "region_name": "us-east-1"}
    s3 = boto3.client("s3", endpoint_url=s3_url, **keys)
    s3.create_bucket(Bucket="lake")
    for key, body in FILES.items():
        s3.put_object(Bucket="lake", Key=key, Body=body.encode())
    yield client("glue")
    s3.delete_objects(Bucket="lake", Delete={"Objects": [{"Key": key} for key in FILES]})
    s3.delete_bucket(Bucket="lake")


def crawl(glue: Any, **changes: Any) -> dict[str, Any]:
    """Create the crawler `c` again if it is changed, run it, and return it when it is ready."""
    if changes:
        targets = {"S3Targets": [{"Path": "s3://lake/"}]}
        given = {"Name": "c", "Role": "LabRole", "DatabaseName": "city", "Targets": targets, **changes}
        glue.create_crawler(**given)
    glue.start_crawler(Name="c")
    limit = time.monotonic() + LIMIT_S
    while (crawler := glue.get_crawler(Name="c")["Crawler"])["State"] != "READY":
        assert time.monotonic() < limit, f"the crawl did not end within {LIMIT_S} s"
        time.sleep(0.05)
    return dict(crawler)


def lines(client: Callable[..., Any], crawler: dict[str, Any]) -> list[str]:
    """Return the messages of a crawler's last crawl without their prefix."""
    last = crawler["LastCrawl"]
    events = client("logs").get_log_events(
        logGroupName=last["LogGroup"], logStreamName=last["LogStream"], startFromHead=True
    )["events"]
    prefix = f"[{last['MessagePrefix']}] "
    return [event["message"].removeprefix(prefix) for event in events if event["message"].startswith(prefix)]


def test_the_log_of_a_crawl(glue: Any, client: Callable[..., Any]) -> None:
    """The log has AWS's lines in their order, and each skip and each UNKNOWN file with its reason."""
    told = lines(client, crawl(glue, Description="x"))
    policy = '{"UpdateBehavior":"UPDATE_IN_DATABASE","DeleteBehavior":"DEPRECATE_IN_DATABASE"}'
    assert told == [
        "BENCHMARK : Running Start Crawl for Crawler c",
        "WARN : Classification is UNKNOWN: none of the delimiters , | tab ; Ctrl-A gives two columns: s3://lake/junk/f",
        "INFO : Skipped 1 object(s), because the name, or a folder's, starts with _ or .: s3://lake/t/day=2/_SUCCESS",
        "INFO : Objects listed: 5, classified: 4, skipped: 1. Of the classified, 1 are UNKNOWN.",
        "BENCHMARK : Classification complete, writing results to database city",
        f"INFO : Crawler configured with SchemaChangePolicy {policy}.",
        "INFO : Created table junk in database city",
        "INFO : Created table logs in database city",
        "INFO : Created table t in database city",
        "INFO : Created partitions with values [[1], [2]] for table t",
        "BENCHMARK : Finished writing to Catalog",
        "INFO : Run Summary For PARTITION:",
        "INFO : ADD: 2",
        "INFO : Run Summary For TABLE:",
        "INFO : ADD: 3",
        "BENCHMARK : Crawler has finished running and is in state READY",
    ]
    counts = {"tables": {"added": 3}, "partitions": {"added": 2}}
    assert json.loads(glue.list_crawls(CrawlerName="c")["Crawls"][0]["Summary"]) == counts
    (metrics,) = glue.get_crawler_metrics(CrawlerNameList=["c"])["CrawlerMetricsList"]
    assert (metrics["TablesCreated"], metrics["TablesUpdated"], metrics["TablesDeleted"]) == (3, 0, 0)


def test_a_crawl_over_its_table_threshold_writes_nothing(glue: Any, client: Callable[..., Any]) -> None:
    """TableThreshold ends the crawl with the numbers (crawler-maximum-number-of-tables)."""
    configuration = '{"Version": 1.0, "CrawlerOutput": {"Tables": {"TableThreshold": 2}}}'
    crawler = crawl(glue, Configuration=configuration)
    message = (
        "InvalidInputException: The number of tables detected by crawler: 3 is greater than the table threshold value "
        "provided: 2. Failing crawler without writing to Data Catalog."
    )
    assert (crawler["LastCrawl"]["Status"], crawler["LastCrawl"]["ErrorMessage"]) == ("FAILED", message)
    assert f"ERROR : {message}" in lines(client, crawler)
    assert "city" not in [database["Name"] for database in glue.get_databases()["DatabaseList"]]


def test_a_changed_classifier_classifies_new_data_only(
    glue: Any, client: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data that was crawled before keeps its classification until a new crawler reads it (add-classifier)."""
    monkeypatch.setenv("LOCALCLOUD_STATE", str(tmp_path / "crawls"))  # where the server keeps what files told
    grok = {"Name": "g", "Classification": "first", "GrokPattern": "%{WORD:a} %{WORD:b}"}
    glue.create_classifier(GrokClassifier=grok)

    def junk() -> str:
        return str(glue.get_table(DatabaseName="city", Name="junk")["Table"]["Parameters"]["classification"])

    crawl(glue, Classifiers=["g"])
    assert junk() == "first"
    glue.update_classifier(GrokClassifier={**grok, "Classification": "second"})
    told = lines(client, crawl(glue))
    assert any(line.startswith("WARN : Classifier g was changed after the last crawl.") for line in told)
    assert junk() == "first"
    glue.delete_crawler(Name="c")
    crawl(glue, Classifiers=["g"])
    assert junk() == "second"
    glue.delete_classifier(Name="g")
    assert crawl(glue)["LastCrawl"]["ErrorMessage"] == "Classifier g not found."


def test_a_catalog_target_that_is_missing_fails_the_crawl(glue: Any) -> None:
    """A crawler of catalog tables may be made before its table; its crawl then says what is missing."""
    targets = {"CatalogTargets": [{"DatabaseName": "default", "Tables": ["nobody"]}]}
    last = crawl(glue, Targets=targets)["LastCrawl"]
    assert (last["Status"], "nobody" in last["ErrorMessage"]) == ("FAILED", True)
