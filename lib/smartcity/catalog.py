"""The Glue catalog: databases, crawlers, and waiting for a crawl. Takes a boto3 Glue client; the same on AWS."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from smartcity.errors import CrawlFailed

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient


def ensure_database(glue: GlueClient, name: str) -> None:
    """Create the database if it is not there."""
    try:
        glue.create_database(DatabaseInput={"Name": name})
    except glue.exceptions.AlreadyExistsException:
        return


def ensure_crawler(glue: GlueClient, name: str, database: str, targets: list[str], role: str) -> None:
    """Create the crawler over S3 prefixes, or change it to these; hidden and temporary objects are left out."""
    crawler: dict[str, Any] = {
        "Name": name,
        "Role": role,
        "DatabaseName": database,
        "Targets": {"S3Targets": [{"Path": path, "Exclusions": ["**/_*", "**/_*/**"]} for path in targets]},
        "SchemaChangePolicy": {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DELETE_FROM_DATABASE"},
    }
    try:
        glue.create_crawler(**crawler)
    except glue.exceptions.AlreadyExistsException:
        glue.update_crawler(**crawler)


def wait_for_crawler(glue: GlueClient, name: str, limit_s: float = 600) -> dict[str, Any]:
    """Return the crawler as soon as it is ready again. Raises CrawlFailed if the crawl fails or takes too long."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        crawler: dict[str, Any] = dict(glue.get_crawler(Name=name)["Crawler"])
        if crawler["State"] == "READY":
            last = crawler.get("LastCrawl", {})
            if last.get("Status") == "SUCCEEDED":
                return crawler
            message = last.get("ErrorMessage", "no message")
            raise CrawlFailed(
                f"Crawler {name} ended {last.get('Status')}: {message}. Try: ./lab logs aws, then start it again"
            )
        time.sleep(0.3)
    raise CrawlFailed(f"Crawler {name} did not end within {limit_s:.0f} s. Try: glue.stop_crawler(Name={name!r})")
