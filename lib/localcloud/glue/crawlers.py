"""What Glue keeps of a crawler: its definition, its state, and the history of its crawls. Pickled as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import uuid4

from localcloud.aws.errors import ApiError
from localcloud.glue.crawler_definition import checked, parse_configuration
from localcloud.glue.names import InvalidInput

Json = dict[str, Any]

LOG_GROUP = "/aws-glue/crawlers"
MAX_HISTORY = 1000
LAST_CRAWL = {"COMPLETED": "SUCCEEDED", "STOPPED": "CANCELLED", "FAILED": "FAILED"}
"""State in the history (ListCrawls) -> status of GetCrawler's LastCrawl."""


class CrawlerRunning(ApiError):
    """The operation cannot be performed because the crawler is already running."""

    code = "CrawlerRunningException"


@dataclass
class Crawl:
    """One run. `changes`: names of tables, and numbers of partitions, by what happened to them."""

    id: str = field(default_factory=lambda: str(uuid4()))
    state: str = "RUNNING"
    start: datetime = field(default_factory=lambda: datetime.now(UTC))
    end: datetime | None = None
    error: str | None = None
    changes: Json = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return ((self.end or datetime.now(UTC)) - self.start).total_seconds()

    def as_dict(self, crawler: str) -> Json:
        """Return the run as ListCrawls does."""
        return {
            "CrawlId": self.id,
            "State": self.state,
            "StartTime": self.start,
            "EndTime": self.end,
            "ErrorMessage": self.error,
            "Summary": json.dumps({kind: _counts(changes) for kind, changes in self.changes.items()})[:255],
            "LogGroup": LOG_GROUP,
            "LogStream": crawler,
            "MessagePrefix": self.id,
            "DPUHour": round(self.seconds / 3600 * 2, 6),
        }


def _is_incremental(definition: Json) -> bool:
    return bool(definition["RecrawlPolicy"].get("RecrawlBehavior") == "CRAWL_NEW_FOLDERS_ONLY")


def _counts(changes: Json) -> Json:
    return {what: len(names) if isinstance(names, list) else names for what, names in changes.items()}


@dataclass
class Crawler:
    """A crawler. `state` is READY, RUNNING or STOPPING."""

    name: str
    definition: Json
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    version: int = 1
    state: str = "READY"
    scheduled: bool = True
    crawls: list[Crawl] = field(default_factory=list)

    @property
    def last(self) -> Crawl | None:
        """The last crawl that has ended."""
        return next((crawl for crawl in reversed(self.crawls) if crawl.end), None)

    @property
    def configuration(self) -> Json:
        """The Configuration text as an object."""
        return parse_configuration(self.definition.get("Configuration"))

    def update(self, given: Json) -> None:
        """Change the members of the definition that are given."""
        if self.state != "READY":
            raise CrawlerRunning(f"Crawler with name {self.name} is running: it can be changed when it is READY.")
        changed = checked({**self.definition, **given})
        if changed["Targets"] != self.definition["Targets"] and _is_incremental(changed):
            raise InvalidInput("The targets of a crawler with CRAWL_NEW_FOLDERS_ONLY cannot be changed.")
        self.definition = changed
        self.version += 1
        self.updated = datetime.now(UTC)

    def begin(self) -> Crawl:
        """Enter RUNNING with a new crawl."""
        if self.state != "READY":
            raise CrawlerRunning(f"Crawler with name {self.name} has already started")
        self.state = "RUNNING"
        self.crawls = [*self.crawls[-MAX_HISTORY + 1 :], Crawl()]
        return self.crawls[-1]

    def finish(self, state: str, error: str | None = None, changes: Json | None = None) -> None:
        """Leave RUNNING or STOPPING; `state` is COMPLETED, STOPPED or FAILED."""
        crawl = self.crawls[-1]
        crawl.state, crawl.error, crawl.end = state, error[:2000] if error else None, datetime.now(UTC)
        crawl.changes = changes or {}
        self.state = "READY"

    def as_dict(self) -> Json:
        """Return the crawler as GetCrawler does."""
        answer: Json = {
            **self.definition,
            "Name": self.name,
            "State": self.state,
            "CrawlElapsedTime": 0 if self.state == "READY" else round(self.crawls[-1].seconds * 1000),
            "CreationTime": self.created,
            "LastUpdated": self.updated,
            "Version": self.version,
        }
        if schedule := answer.pop("Schedule", None):
            state = "SCHEDULED" if self.scheduled else "NOT_SCHEDULED"
            answer["Schedule"] = {"ScheduleExpression": schedule, "State": state}
        if last := self.last:
            answer["LastCrawl"] = {
                "Status": LAST_CRAWL[last.state],
                "ErrorMessage": last.error,
                "LogGroup": LOG_GROUP,
                "LogStream": self.name,
                "MessagePrefix": last.id,
                "StartTime": last.start,
            }
        return answer

    def metrics(self) -> Json:
        """Return the run times and table counts as GetCrawlerMetrics does."""
        ended = [crawl for crawl in self.crawls if crawl.state == "COMPLETED"]
        tables = [crawl.changes.get("tables", {}) for crawl in ended]
        return {
            "CrawlerName": self.name,
            "TimeLeftSeconds": 0.0,
            "StillEstimating": self.state != "READY" and not ended,
            "LastRuntimeSeconds": ended[-1].seconds if ended else 0.0,
            "MedianRuntimeSeconds": median(crawl.seconds for crawl in ended) if ended else 0.0,
            "TablesCreated": sum(len(changes.get("added", ())) for changes in tables),
            "TablesUpdated": sum(len(changes.get("updated", ())) for changes in tables),
            "TablesDeleted": sum(len(changes.get("deleted", ())) for changes in tables),
        }
