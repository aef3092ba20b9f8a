"""The log of a crawl in CloudWatch Logs: group /aws-glue/crawlers, one stream per crawler, worded like AWS's.

Where AWS's log is silent (why an object was skipped, or what Athena cannot read), the lab says it as INFO or WARN.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator

from moto.logs.models import logs_backends

from localcloud.glue.crawler.books import Books, Named
from localcloud.glue.crawlers import LOG_GROUP, Crawl, Crawler
from localcloud.glue.state import GlueBackend
from localcloud.glue.tables import Json

SHOWN = 20
"""How many objects one line names; AWS's lines name more than anyone reads."""
MAX_LINE = 8_000
_SUMMARY = {"added": "ADD", "updated": "UPDATE", "deleted": "DELETE", "deprecated": "DEPRECATE"}


def append(backend: GlueBackend, crawler: Crawler, lines: Iterable[str]) -> None:
    """Add lines (`LEVEL : text`) of the crawler's last crawl to its stream. The caller holds the state lock."""
    logs = logs_backends[backend.account_id][backend.region_name]
    logs.ensure_log_group(LOG_GROUP)
    logs.ensure_log_stream(LOG_GROUP, crawler.name)
    now, prefix = round(time.time() * 1000), crawler.crawls[-1].id
    events = [{"timestamp": now, "message": f"[{prefix}] {line}"[:MAX_LINE]} for line in lines]
    if events:
        logs.put_log_events(LOG_GROUP, crawler.name, events)


def started(crawler: Crawler) -> str:
    """Return the first line of a crawl."""
    return f"BENCHMARK : Running Start Crawl for Crawler {crawler.name}"


def changed(classifiers: list[Json], last: Crawl | None) -> Iterator[str]:
    """Yield the classifiers that were changed since the last crawl: crawled data keeps what it was (add-classifier)."""
    for classifier in classifiers:
        ((_, members),) = classifier.items()
        if last and members["Version"] > 1 and members["LastUpdated"] > last.start:
            yield (
                f"WARN : Classifier {members['Name']} was changed after the last crawl. Data that was crawled before "
                "is not classified again; to do that, create a new crawler."
            )


def read(books: Books) -> Iterator[str]:
    """Yield the results of reading the objects: the counts, each reason for a skip, what is UNKNOWN, and warnings."""
    for uri, answer in books.unread.items():
        yield f"ERROR : Error {answer} retrieving file at {uri}. Tables created did not infer schemas from this file."
    for reason, named in books.unknown.items():
        yield f"WARN : Classification is UNKNOWN: {reason}: {_shown(named)}"
    for sentence, named in books.notes.items():
        yield f"WARN : {sentence[:1].upper()}{sentence[1:]}: {_shown(named)}"
    for reason, named in books.skipped.items():
        yield f"INFO : Skipped {named.count} object(s), because {reason}: {_shown(named)}"
    yield (
        f"INFO : Objects listed: {books.listed}, classified: {books.classified}, skipped: {books.skipped_count}. "
        f"Of the classified, {sum(named.count for named in books.unknown.values())} are UNKNOWN."
    )


def configured(crawler: Crawler) -> Iterator[str]:
    """Yield the end of the reading and the policies that the writing follows."""
    database = crawler.definition.get("DatabaseName") or "of the catalog targets"
    yield f"BENCHMARK : Classification complete, writing results to database {database}"
    policy = json.dumps(crawler.definition["SchemaChangePolicy"], separators=(",", ":"))
    if not crawler.configuration:
        yield f"INFO : Crawler configured with SchemaChangePolicy {policy}."
        return
    configuration = json.dumps(crawler.configuration, separators=(",", ":"))
    yield (
        f"INFO : Crawler configured with Configuration {configuration} and SchemaChangePolicy {policy}. Note that "
        "values in the Configuration override values in the SchemaChangePolicy for S3 Targets."
    )


def finished(changes: Json) -> Iterator[str]:
    """Yield the run summaries of what was written, and the last line."""
    yield "BENCHMARK : Finished writing to Catalog"
    for kind, counts in (("PARTITION", changes.get("partitions", {})), ("TABLE", changes.get("tables", {}))):
        if counts:
            yield f"INFO : Run Summary For {kind}:"
            for what, names in counts.items():
                yield f"INFO : {_SUMMARY[what]}: {len(names) if isinstance(names, list) else names}"
    yield rested()


def rested() -> str:
    """Return the last line of every crawl."""
    return "BENCHMARK : Crawler has finished running and is in state READY"


def _shown(named: Named) -> str:
    rest = named.count - len(named.uris[:SHOWN])
    more = f" and {rest} more" if rest > 0 else ""
    return ", ".join(named.uris[:SHOWN]) + more
