"""Crawlers through boto3: real crawls of a real S3, their states, history, errors and schedules."""

from __future__ import annotations

import errno
import shutil
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from localcloud.aws import persistence
from localcloud.glue import crawl

LIMIT_S = 60
TARGETS = {"S3Targets": [{"Path": "s3://lake/t/"}]}


@pytest.fixture
def glue(client: Callable[..., Any], s3_url: str) -> Any:
    """A Glue client, and a lake with one table of two partitions."""
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "region_name": "us-east-1"}
    s3 = boto3.client("s3", endpoint_url=s3_url, **keys)
    s3.create_bucket(Bucket="lake")
    for day in (1, 2):
        s3.put_object(Bucket="lake", Key=f"t/day={day}/f.json", Body=b'{"a": 1}\n')
    yield client("glue")
    s3.delete_objects(Bucket="lake", Delete={"Objects": [{"Key": f"t/day={day}/f.json"} for day in (1, 2)]})
    s3.delete_bucket(Bucket="lake")


def create(glue: Any, **changes: Any) -> None:
    glue.create_crawler(**{"Name": "c", "Role": "LabRole", "DatabaseName": "city", "Targets": TARGETS, **changes})


def finished(glue: Any) -> dict[str, Any]:
    """Wait until the crawler rests; return it."""
    limit = time.monotonic() + LIMIT_S
    while (found := glue.get_crawler(Name="c")["Crawler"])["State"] != "READY":
        assert time.monotonic() < limit, f"the crawl did not end within {LIMIT_S} s"
        time.sleep(0.05)
    return found


def code(call: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**given)
    return str(caught.value.response["Error"]["Code"])


def test_a_crawl_from_start_to_end(glue: Any) -> None:
    """A crawl makes a table and its partitions; crawler, history and metrics report it in the API's terms."""
    create(glue)
    assert "LastCrawl" not in glue.get_crawler(Name="c")["Crawler"]
    glue.start_crawler(Name="c")
    last = finished(glue)["LastCrawl"]
    assert (last["Status"], last["LogGroup"], last["LogStream"]) == ("SUCCEEDED", "/aws-glue/crawlers", "c")
    assert len(glue.get_partitions(DatabaseName="city", TableName="t")["Partitions"]) == 2
    (run,) = glue.list_crawls(CrawlerName="c")["Crawls"]
    assert (run["State"], run["CrawlId"]) == ("COMPLETED", last["MessagePrefix"])
    (metrics,) = glue.get_crawler_metrics(CrawlerNameList=["c"])["CrawlerMetricsList"]
    assert (metrics["TablesCreated"], metrics["TablesUpdated"]) == (1, 0)
    assert metrics["LastRuntimeSeconds"] > 0
    assert glue.get_partition_indexes(DatabaseName="city", TableName="t")["PartitionIndexDescriptorList"]


def test_a_running_crawler_is_left_alone(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it runs it can be neither started, changed nor deleted; stopping it cancels the crawl."""
    create(glue)
    silent = socket.create_server(("127.0.0.1", 0))  # an S3 that never answers keeps the crawl running
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{silent.getsockname()[1]}")
    glue.start_crawler(Name="c")
    assert glue.get_crawler(Name="c")["Crawler"]["State"] == "RUNNING"
    assert code(glue.start_crawler, Name="c") == "CrawlerRunningException"
    assert code(glue.update_crawler, Name="c", Role="r") == "CrawlerRunningException"
    assert code(glue.delete_crawler, Name="c") == "CrawlerRunningException"
    glue.stop_crawler(Name="c")
    assert finished(glue)["LastCrawl"]["Status"] == "CANCELLED"
    assert glue.list_crawls(CrawlerName="c")["Crawls"][0]["State"] == "STOPPED"
    assert code(glue.stop_crawler, Name="c") == "CrawlerNotRunningException"
    silent.close()


def test_a_failed_crawl_tells_why(glue: Any) -> None:
    """A missing bucket fails the crawl with S3's reason."""
    create(glue, Targets={"S3Targets": [{"Path": "s3://no-such-bucket/t/"}]})
    glue.start_crawler(Name="c")
    last = finished(glue)["LastCrawl"]
    assert last["Status"] == "FAILED"
    assert "NoSuchBucket" in last["ErrorMessage"]


def test_unknown_crawlers(glue: Any) -> None:
    """Every call about a crawler that does not exist says so."""
    for call in (glue.get_crawler, glue.start_crawler, glue.stop_crawler, glue.delete_crawler, glue.update_crawler):
        assert code(call, Name="nobody") == "EntityNotFoundException"
    assert glue.batch_get_crawlers(CrawlerNames=["nobody"])["CrawlersNotFound"] == ["nobody"]


INCREMENTAL = {"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}}
LOG = {"SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"}}


@pytest.mark.parametrize(
    "changes",
    [
        {"Targets": {}},
        {"Targets": {"S3Targets": [{"Path": "lake/t"}]}},
        {"Targets": {"S3Targets": [{"Path": "file:///etc"}]}},
        {"Targets": {"S3Targets": [{"Path": "s3://lake/", "SampleSize": 250}]}},
        {"Targets": {"JdbcTargets": [{"ConnectionName": "c", "Path": "p"}]}},
        {"Configuration": "{"},
        {"Configuration": '{"Version": 2.0}'},
        {"Configuration": '{"Version": 1.0, "Grouping": {"TableLevelConfiguration": 0}}'},
        {"Schedule": "every day"},
        INCREMENTAL,
        {"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVENT_MODE"}},
    ],
)
def test_bad_definitions(glue: Any, changes: dict[str, Any]) -> None:
    """What the crawler could not do is refused when it is created."""
    assert code(create, glue=glue, **changes) == "InvalidInputException"


def test_incremental_crawls_need_log(glue: Any) -> None:
    """CRAWL_NEW_FOLDERS_ONLY requires LOG behaviours, and finds nothing new the second time."""
    create(glue, **INCREMENTAL, **LOG)
    for _ in range(2):
        glue.start_crawler(Name="c")
        finished(glue)
    second, first = glue.list_crawls(CrawlerName="c")["Crawls"]
    assert '"added": 2' in first["Summary"]
    assert second["Summary"] == '{"tables": {}, "partitions": {}}'


def test_the_history_is_filtered(glue: Any) -> None:
    """ListCrawls filters by state and time (epoch milliseconds), and pages newest first."""
    create(glue)
    for _ in range(3):
        glue.start_crawler(Name="c")
        finished(glue)
    crawls = glue.list_crawls(CrawlerName="c", MaxResults=2)
    assert (len(crawls["Crawls"]), "NextToken" in crawls) == (2, True)

    def matching(field: str, operator: str, value: str) -> int:
        rule = {"FieldName": field, "FilterOperator": operator, "FieldValue": value}
        return len(glue.list_crawls(CrawlerName="c", Filters=[rule])["Crawls"])

    assert (matching("STATE", "EQ", "COMPLETED"), matching("STATE", "NE", "COMPLETED")) == (3, 0)
    newest = crawls["Crawls"][0]["StartTime"].timestamp() * 1000
    assert (matching("START_TIME", "LT", str(newest - 1)), matching("START_TIME", "GE", str(newest - 1))) == (2, 1)
    assert code(lambda: matching("STATE", "GT", "x")) == "InvalidInputException"


def test_a_crawl_on_a_disk_that_filled_up_changes_nothing(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk fills up while a crawl reads, the crawl is FAILED and the catalog unchanged; the next crawl works."""
    create(glue)
    survey, usage = crawl._survey, shutil.disk_usage("/")

    with monkeypatch.context() as full:

        def read(*task: Any) -> tuple[str, bool]:
            result = survey(*task)
            full.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
            return result

        full.setattr(crawl, "_survey", read)
        glue.start_crawler(Name="c")
        last = finished(glue)["LastCrawl"]
        assert (last["Status"], last["ErrorMessage"][:16]) == ("FAILED", "The disk is full")
        assert code(glue.get_table, DatabaseName="city", Name="t") == "EntityNotFoundException"
    glue.start_crawler(Name="c")
    assert finished(glue)["LastCrawl"]["Status"] == "SUCCEEDED"


def test_a_crawl_that_could_not_be_stored_has_failed(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the catalog can't be written to the disk, the crawl is FAILED: a restart would lose its tables."""
    create(glue)
    save = persistence.save

    def refuse(service: str) -> None:
        if threading.current_thread().name == "crawl-c":
            raise OSError(errno.ENOSPC, "No space left on device")
        save(service)

    monkeypatch.setattr(persistence, "save", refuse)
    glue.start_crawler(Name="c")
    assert "could not be stored: No space left on device" in failed(glue)["ErrorMessage"]


def failed(glue: Any) -> dict[str, Any]:
    """Wait until the last crawl is FAILED; return it."""
    limit = time.monotonic() + LIMIT_S
    while (last := finished(glue)["LastCrawl"])["Status"] != "FAILED":
        assert time.monotonic() < limit, f"the crawl is {last['Status']} after {LIMIT_S} s"
        time.sleep(0.05)
    return last


def test_a_due_crawler_starts(glue: Any) -> None:
    """The clock starts a crawler whose time came; a stopped schedule starts none."""
    create(glue, Schedule="cron(0 12 * * ? *)")
    assert glue.get_crawler(Name="c")["Crawler"]["Schedule"]["State"] == "SCHEDULED"
    noon = datetime(2024, 12, 1, 12, tzinfo=UTC)
    crawl.start_due(noon - timedelta(seconds=9), noon - timedelta(seconds=1))
    assert not glue.list_crawls(CrawlerName="c")["Crawls"]
    crawl.start_due(noon - timedelta(seconds=9), noon)
    finished(glue)
    glue.stop_crawler_schedule(CrawlerName="c")
    crawl.start_due(noon - timedelta(seconds=9), noon)
    assert len(glue.list_crawls(CrawlerName="c")["Crawls"]) == 1
    assert code(glue.stop_crawler_schedule, CrawlerName="c") == "SchedulerNotRunningException"
    glue.start_crawler_schedule(CrawlerName="c")
    glue.update_crawler_schedule(CrawlerName="c", Schedule="")
    assert code(glue.start_crawler_schedule, CrawlerName="c") == "NoScheduleException"


def test_classifiers(glue: Any) -> None:
    """Classifiers are kept, versioned and used."""
    glue.create_classifier(JsonClassifier={"Name": "j", "JsonPath": "$[*]"})
    glue.update_classifier(JsonClassifier={"Name": "j", "JsonPath": "$.items[*]"})
    stored = glue.get_classifier(Name="j")["Classifier"]["JsonClassifier"]
    assert (stored["Version"], stored["JsonPath"]) == (2, "$.items[*]")
    create(glue, Classifiers=["j"])
    assert code(create, glue=glue, Name="d", Classifiers=["nobody"]) == "EntityNotFoundException"
    assert code(glue.create_classifier, JsonClassifier={"Name": "k", "JsonPath": "items"}) == "InvalidInputException"
    glue.delete_classifier(Name="j")
    assert code(glue.get_classifier, Name="j") == "EntityNotFoundException"


def test_tags_choose_crawlers(glue: Any) -> None:
    """ListCrawlers lists those that carry all the tags asked for."""
    create(glue, Tags={"team": "city", "stage": "test"})
    create(glue, Name="d", Tags={"team": "city"})
    assert glue.list_crawlers(Tags={"team": "city"})["CrawlerNames"] == ["c", "d"]
    assert glue.list_crawlers(Tags={"team": "city", "stage": "test"})["CrawlerNames"] == ["c"]
