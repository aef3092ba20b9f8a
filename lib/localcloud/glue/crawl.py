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

from moto.core.exceptions import JsonRESTError
from moto.glue.models import glue_backends

from localcloud.aws import persistence
from localcloud.aws.errors import ApiError
from localcloud.glue import crawl_log, crawl_targets
from localcloud.glue.crawl_catalog import CatalogWriter
from localcloud.glue.crawler.crawled import CrawlResult
from localcloud.glue.crawlers import Crawl, Crawler
from localcloud.glue.schedule import next_run
from localcloud.glue.state import GlueBackend
from localcloud.glue.tables import Json

log = logging.getLogger(__name__)

LIMIT_S = 3600
"""Seconds after which a crawl is given up."""
_REMEDY = "Try: free some space, then run the crawler again."
_NO_ROOM = f"The disk is full, so the catalog was not changed. {_REMEDY}"

_running: dict[str, subprocess.Popen[str]] = {}
"""Crawl id -> its process. Processes are never part of the stored state."""


def start(backend: GlueBackend, crawler: Crawler) -> None:
    """Begin a crawl; it continues after this returns. The caller holds the state lock."""
    last = crawler.last
    crawl = crawler.begin()
    crawl_log.append(backend, crawler, [crawl_log.started(crawler)])
    try:
        task = _task(backend, crawler)
        crawl_log.append(backend, crawler, crawl_log.changed(task["classifiers"], last))
    except (ApiError, JsonRESTError) as error:
        _fail(backend, crawler, str(error.message))
        return
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
    targets, roots = crawl_targets.of(backend, crawler)
    return {
        "targets": targets,
        "combine": grouping.get("TableGroupingPolicy") == "CombineCompatibleSchemas",
        "level": grouping.get("TableLevelConfiguration"),
        "roots": roots,
        "classifiers": [backend.classifier(name) for name in crawler.definition["Classifiers"]],
        "cache": _cache_file(backend, crawler),
    }


def forget(backend: GlueBackend, crawler: Crawler) -> None:
    """Drop what is known about a deleted crawler's files: a new one of that name classifies them again."""
    if file := _cache_file(backend, crawler):
        Path(file).unlink(missing_ok=True)


def _cache_file(backend: GlueBackend, crawler: Crawler) -> str:
    state = os.environ.get("LOCALCLOUD_STATE")
    name = re.sub(r"[^\w\-]", lambda odd: f"%{ord(odd.group()):x}", crawler.name)[:150]
    return str(Path(state) / "crawls" / f"{backend.account_id}-{backend.region_name}-{name}.json.gz") if state else ""


def _work(backend: GlueBackend, crawler: Crawler, crawl: Crawl, task: Json) -> None:
    try:
        output, failed = _survey(crawl, task)
    except Exception as error:
        log.exception("crawl of %s", crawler.name)
        output, failed = f"{type(error).__name__}: {error}", True
    with persistence.lock:
        if not failed and not persistence.has_room("glue"):
            output, failed = _NO_ROOM, True
        _finish(backend, crawler, output, failed)
    _keep(backend, crawler)


def _keep(backend: GlueBackend, crawler: Crawler) -> None:
    """Store what a crawl changed. If that fails, the crawl is FAILED: a restart would lose its changes."""
    try:
        persistence.save("glue")
        persistence.save("logs")
    except OSError as error:
        log.exception("state of %s", crawler.name)
        with persistence.lock:
            _fail(backend, crawler, f"The catalog could not be stored: {error.strerror}. {_REMEDY}")


def _finish(backend: GlueBackend, crawler: Crawler, output: str, failed: bool) -> None:
    if crawler.state == "STOPPING":
        crawler.finish("STOPPED")
        crawl_log.append(backend, crawler, ["INFO : The crawl was stopped.", crawl_log.rested()])
        return
    if failed:
        _fail(backend, crawler, output or "Internal Service Exception: the crawl's process died; see the server's log.")
        return
    try:
        _write(backend, crawler, CrawlResult.from_json(output))
    except ApiError as error:
        _fail(backend, crawler, f"{error.code}: {error.message}")
    except Exception as error:
        log.exception("catalog of %s", crawler.name)
        _fail(backend, crawler, f"Internal Service Exception: {error}")


def _write(backend: GlueBackend, crawler: Crawler, result: CrawlResult) -> None:
    result.check()
    writer = CatalogWriter(backend, crawler)
    changes = writer.write(result)
    crawler.finish("COMPLETED", changes=changes)
    lines = [*crawl_log.read(result.books), *crawl_log.configured(crawler), *writer.lines, *crawl_log.finished(changes)]
    crawl_log.append(backend, crawler, lines)


def _fail(backend: GlueBackend, crawler: Crawler, reason: str) -> None:
    crawler.finish("FAILED", reason)
    crawl_log.append(backend, crawler, [f"ERROR : {reason}", crawl_log.rested()])


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
        return f"The crawl was stopped after {LIMIT_S} s. Try: crawl fewer objects, or set SampleSize.", True
    finally:
        _running.pop(crawl.id, None)
    return output, process.returncode != 0
