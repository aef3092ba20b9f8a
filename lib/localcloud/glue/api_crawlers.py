"""Crawlers, their schedules and their history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.glue.exceptions import EntityNotFoundException

from localcloud.aws.errors import ApiError
from localcloud.glue import crawl
from localcloud.glue.api_base import GlueBase
from localcloud.glue.crawler_definition import checked
from localcloud.glue.crawlers import Crawl, Crawler
from localcloud.glue.names import InvalidInput
from localcloud.glue.schedule import next_run
from localcloud.glue.state import AlreadyExists
from localcloud.glue.tables import Json

PAGE, CRAWLS_PAGE = 100, 20


class CrawlerCalls(GlueBase):
    """https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler.html"""

    def create_crawler(self) -> ActionResult:
        given = {key: value for key, value in self.parameters.items() if key not in ("Name", "Tags", "CatalogId")}
        name = self.parameters["Name"]
        if name in self.glue_backend.crawlers:
            raise AlreadyExists(f"Crawler with name {name} already exists")
        self._check_classifiers(given)
        self.glue_backend.crawlers[name] = Crawler(name, checked(given))
        self.glue_backend.tag_resource(self._arn(name), self.parameters.get("Tags") or {})
        return EmptyResult()

    def update_crawler(self) -> ActionResult:
        given = {key: value for key, value in self.parameters.items() if key not in ("Name", "CatalogId")}
        self._check_classifiers(given)
        self._crawler("Name").update(given)
        return EmptyResult()

    def delete_crawler(self) -> ActionResult:
        crawler = self._crawler("Name")
        crawler.update({})  # raises if it runs
        crawl.forget(self.glue_backend, crawler)
        del self.glue_backend.crawlers[crawler.name]
        arn = self._arn(crawler.name)
        self.glue_backend.untag_resource(arn, list(self.glue_backend.get_tags(arn)))
        return EmptyResult()

    def get_crawler(self) -> ActionResult:
        return ActionResult({"Crawler": self._crawler("Name").as_dict()})

    def get_crawlers(self) -> ActionResult:
        return self.paged("Crawlers", [crawler.as_dict() for crawler in self.glue_backend.crawlers.values()], PAGE)

    def batch_get_crawlers(self) -> ActionResult:
        known = self.glue_backend.crawlers
        names = self.parameters["CrawlerNames"]
        crawlers = [known[name].as_dict() for name in names if name in known]
        return ActionResult({"Crawlers": crawlers, "CrawlersNotFound": [name for name in names if name not in known]})

    def list_crawlers(self) -> ActionResult:
        wanted = self.parameters.get("Tags") or {}
        names = [
            name
            for name in sorted(self.glue_backend.crawlers)
            if wanted.items() <= self.glue_backend.get_tags(self._arn(name)).items()
        ]
        return self.paged("CrawlerNames", names, PAGE)

    def get_crawler_metrics(self) -> ActionResult:
        names = self.parameters.get("CrawlerNameList") or sorted(self.glue_backend.crawlers)
        known = self.glue_backend.crawlers
        return self.paged("CrawlerMetricsList", [known[name].metrics() for name in names if name in known], PAGE)

    def start_crawler(self) -> ActionResult:
        crawl.start(self.glue_backend, self._crawler("Name"))
        return EmptyResult()

    def stop_crawler(self) -> ActionResult:
        crawl.stop(self._crawler("Name"))
        return EmptyResult()

    def list_crawls(self) -> ActionResult:
        crawler = self._crawler("CrawlerName")
        holds = [_holds(rule) for rule in self.parameters.get("Filters") or []]
        crawls = [each.as_dict(crawler.name) for each in reversed(crawler.crawls) if all(rule(each) for rule in holds)]
        return self.paged("Crawls", crawls, CRAWLS_PAGE)

    def start_crawler_schedule(self) -> ActionResult:
        crawler = self._crawler("CrawlerName")
        if not crawler.definition.get("Schedule"):
            raise ApiError("NoScheduleException", f"Crawler {crawler.name} has no schedule.")
        if crawler.scheduled:
            raise ApiError("SchedulerRunningException", f"The schedule of crawler {crawler.name} is already running.")
        crawler.scheduled = True
        return EmptyResult()

    def stop_crawler_schedule(self) -> ActionResult:
        crawler = self._crawler("CrawlerName")
        if not crawler.definition.get("Schedule") or not crawler.scheduled:
            raise ApiError("SchedulerNotRunningException", f"The schedule of crawler {crawler.name} is not running.")
        crawler.scheduled = False
        return EmptyResult()

    def update_crawler_schedule(self) -> ActionResult:
        crawler, schedule = self._crawler("CrawlerName"), self.parameters.get("Schedule") or ""
        if schedule:
            next_run(schedule, datetime.now(UTC))
        crawler.definition["Schedule"], crawler.scheduled = schedule, True
        return EmptyResult()

    def _check_classifiers(self, given: Json) -> None:
        for name in given.get("Classifiers") or []:
            self.glue_backend.classifier(name)

    def _crawler(self, member: str) -> Crawler:
        name = self.parameters[member]
        try:
            return self.glue_backend.crawlers[name]
        except KeyError:
            raise EntityNotFoundException(f"Crawler entry with name {name} does not exist") from None

    def _arn(self, name: str) -> str:
        return f"arn:aws:glue:{self.region}:{self.current_account}:crawler/{name}"


def _holds(rule: Json) -> Callable[[Crawl], bool]:
    """Return the test that a filter of ListCrawls stands for; times are epoch milliseconds."""
    name, operator, wanted = (rule.get(part) or "" for part in ("FieldName", "FilterOperator", "FieldValue"))
    if not (name and operator and wanted):
        raise InvalidInput(f"Invalid Filter Provided: {name or 'null'} {operator or 'null'} {wanted or 'null'}")
    if name in ("STATE", "CRAWL_ID") and operator not in ("EQ", "NE"):
        raise InvalidInput(f"Only EQ or NE operator is allowed for field : {name}")
    limit: Any = wanted
    if name not in ("STATE", "CRAWL_ID"):
        try:
            limit = float(wanted)
        except ValueError:
            raise InvalidInput(f"{name} must be compared with a number, not {wanted[:100]!r}.") from None
    compare = _COMPARE[operator]
    return lambda crawl: (value := _field(crawl, name)) is not None and compare(value, limit)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda a, b: bool(a == b),
    "NE": lambda a, b: bool(a != b),
    "GT": lambda a, b: bool(a > b),
    "GE": lambda a, b: bool(a >= b),
    "LT": lambda a, b: bool(a < b),
    "LE": lambda a, b: bool(a <= b),
}


def _field(crawl: Crawl, name: str) -> Any:
    return {
        "STATE": crawl.state,
        "CRAWL_ID": crawl.id,
        "START_TIME": crawl.start.timestamp() * 1000,
        "END_TIME": crawl.end.timestamp() * 1000 if crawl.end else None,
        "DPU_HOUR": crawl.as_dict("")["DPUHour"],
    }[name]
