"""Runs crawls: one process each for the reading, a thread each that waits for it and writes the catalog."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

from moto.glue.models import glue_backends

from localcloud.aws import persistence
from localcloud.aws.errors import ApiError
from localcloud.glue.crawl_catalog import CatalogWriter, location_of
from localcloud.glue.crawler.survey import from_json
from localcloud.glue.crawlers import Crawl, Crawler
from localcloud.glue.schedule import next_run
from localcloud.glue.state import GlueBackend
from localcloud.glue.tables import Json

log = logging.getLogger(__name__)

LIMIT_S = 3600
"""Seconds after which a crawl is given up."""

_running: dict[str, subprocess.Popen[str]] = {}
"""Crawl id -> its process. Processes are never part of the stored state."""


def start(backend: GlueBackend, crawler: Crawler) -> None:
    """Begin a crawl; it goes on after this returns. The caller holds the state lock."""
    crawl = crawler.begin()
    task = _task(backend, crawler)
    Thread(target=_work, args=(backend, crawler, crawl, task), name=f"crawl-{crawler.name}", daemon=True).start()


def stop(crawler: Crawler) -> None:
    """Ask a running crawl to end."""
    if crawler.state == "READY":
        raise ApiError("CrawlerNotRunningException", f"Crawler with name {crawler.name} isn't running")
    if crawler.state == "STOPPING":
        raise ApiError("CrawlerStoppingException", f"Crawler with name {crawler.name} is already stopping")
    crawler.state = "STOPPING"
    process = _running.get(crawler.crawls[-1].id)
    if process:
        process.kill()


def stop_all() -> None:
    """End the processes of all crawls, as when the server ends."""
    for process in list(_running.values()):
        process.kill()


def start_due(since: datetime, now: datetime) -> None:
    """Start the crawlers whose schedule fell due between two moments; one that runs is left alone."""
    with persistence.lock:
        for _account, _region, backend in list(glue_backends.iter_backends()):
            for crawler in getattr(backend, "crawlers", {}).values():
                expression = crawler.definition.get("Schedule")
                if not expression or not crawler.scheduled or crawler.state != "READY":
                    continue
                due = next_run(expression, since)
                if due and due <= now:
                    start(backend, crawler)  # type: ignore[arg-type]


def _task(backend: GlueBackend, crawler: Crawler) -> Json:
    grouping = crawler.configuration.get("Grouping") or {}
    known, roots = _known(backend, crawler)
    return {
        "targets": [
            {
                "path": target["Path"],
                "exclusions": target.get("Exclusions", []),
                "sample_size": target.get("SampleSize"),
                "known": known,
            }
            for target in crawler.definition["Targets"]["S3Targets"]
        ],
        "combine": grouping.get("TableGroupingPolicy") == "CombineCompatibleSchemas",
        "level": grouping.get("TableLevelConfiguration"),
        "roots": roots,
        "classifiers": [backend.classifier(name) for name in crawler.definition["Classifiers"]],
        "cache": _cache_file(backend, crawler),
    }


def _known(backend: GlueBackend, crawler: Crawler) -> tuple[list[str], list[str]]:
    """Return the folders that an incremental crawl leaves out, and the roots of the tables that it may add to."""
    database = backend.databases.get(crawler.definition["DatabaseName"].lower())
    if crawler.definition["RecrawlPolicy"].get("RecrawlBehavior") != "CRAWL_NEW_FOLDERS_ONLY" or not database:
        return [], []
    tables = [
        table
        for table in database.tables.values()
        if (table.input.get("Parameters") or {}).get("UPDATED_BY_CRAWLER") == crawler.name
    ]
    folders = [location_of(table.input) for table in tables if not table.keys]
    folders += [location_of(partition.input) for table in tables for partition in table.partitions.values()]
    return folders, [location_of(table.input).removeprefix("s3://") for table in tables if table.keys]


def _cache_file(backend: GlueBackend, crawler: Crawler) -> str:
    state = os.environ.get("LOCALCLOUD_STATE")
    name = re.sub(r"[^\w\-]", lambda found: f"%{ord(found.group()):x}", crawler.name)[:150]
    return str(Path(state) / "crawls" / f"{backend.account_id}-{backend.region_name}-{name}.json.gz") if state else ""


def _work(backend: GlueBackend, crawler: Crawler, crawl: Crawl, task: Json) -> None:
    try:
        output, failed = _survey(crawl, task)
    except Exception as error:
        log.exception("crawl of %s", crawler.name)
        output, failed = f"{type(error).__name__}: {error}", True
    with persistence.lock:
        _finish(backend, crawler, output, failed)
    persistence.save("glue")


def _finish(backend: GlueBackend, crawler: Crawler, output: str, failed: bool) -> None:
    if crawler.state == "STOPPING":
        crawler.finish("STOPPED")
    elif failed:
        crawler.finish(
            "FAILED", output or "Internal Service Exception: the crawl's process died; the log may tell why."
        )
    else:
        try:
            crawler.finish("COMPLETED", changes=CatalogWriter(backend, crawler).write(from_json(output)))
        except ApiError as error:
            crawler.finish("FAILED", f"{error.code}: {error.message}")
        except Exception as error:
            log.exception("catalog of %s", crawler.name)
            crawler.finish("FAILED", f"Internal Service Exception: {error}")


def _survey(crawl: Crawl, task: Json) -> tuple[str, bool]:
    """Return what the crawl's process wrote, and whether it failed."""
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-m", "localcloud.glue.crawler"], **pipes)
    _running[crawl.id] = process
    try:
        output, _ = process.communicate(json.dumps(task, default=str), timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"The crawl was given up after {LIMIT_S} s. Try: crawl fewer objects, or set SampleSize.", True
    finally:
        _running.pop(crawl.id, None)
    return output, process.returncode != 0
