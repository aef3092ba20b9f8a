"""Creates what a lesson needs from earlier lessons, so that you can start with any lesson.

Existing data stays unchanged. Each function prints one line that says what it created, and how long that took.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import awswrangler as wr
import boto3
import pyarrow as pa
import pyarrow.compute as pc

from smartcity import catalog, kafka, warehouse
from smartcity.errors import LakeError, NotPrepared
from smartcity.events import TOPICS
from smartcity.lake import Lake, notes
from smartcity.runs import Run
from smartcity.settings import Settings
from smartcity.simulate import Config

STREAM_LIMIT_S = 300
ZONES = ("transformed", "late", "duplicate", "dead_letter")
"""The zones that the catalog knows."""


def records(settings: Settings, config: Config) -> None:
    """Fill the topics with the city's records, as lesson 02 does, unless Kafka holds those of this run.

    Raises NotPrepared on AWS, BrokerUnreachable, LakeError.
    """
    lake, bootstrap = Lake(settings.lake_uri), os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    lake.make_bucket()
    require_json(lake)
    kafka.ensure_topics(bootstrap)
    if _held(lake, bootstrap):
        return
    with _making(settings, "records on Kafka", "02"):
        Run(lake, bootstrap).send(config)


def require_json(lake: Lake) -> None:
    """Raise NotPrepared for a run that `./lab simulate --format avro` began: the lessons read bytes as JSON."""
    if notes.read(lake.store(), notes.FORMAT) is not None:
        raise NotPrepared(
            "The records of this run are Avro, and the lessons read JSON. Try: ./lab simulate, or another run_id"
        )


def zones(settings: Settings, config: Config) -> None:
    """Write the zones of the lake, as lesson 03 does, unless they hold each record of this run. Raises NotPrepared."""
    lake = Lake(settings.lake_uri)
    lake.make_bucket()
    require_json(lake)
    if _written(lake):
        return
    records(settings, config)
    command = ["-m", "smartcity.stream.main", "--once", "--lake", settings.lake_uri]
    options = ["--vehicles", str(config.vehicles), "--seed", str(config.seed)]
    with _making(settings, "zones of the lake", "03"):
        done = subprocess.run(
            [sys.executable, *command, *options], capture_output=True, text=True, timeout=STREAM_LIMIT_S, check=False
        )
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).strip().splitlines()[-1:])
        raise NotPrepared(f"The stream ended too early: {said}. Try: ./lab status, then lessons 02 and 03")
    if not _written(lake):
        stored, sent = lake.committed_rows(), lake.truth().num_rows
        raise NotPrepared(
            f"The zones hold {stored:,} records, but the run has {sent:,}: another program sent records to its "
            "topics. Try: lesson 02, which restarts the run"
        )


def tables(settings: Settings, config: Config) -> None:
    """Bring the zones into the catalog, as lesson 06 does, unless all tables are there.

    Raises NotPrepared, CrawlFailed.
    """
    zones(settings, config)
    glue = boto3.client("glue")
    catalog.ensure_database(glue, settings.database)
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=settings.database)
    if {*TOPICS, *ZONES[1:]} <= {table["Name"] for page in pages for table in page["TableList"]}:
        return
    with _making(settings, "tables of the catalog", "06"):
        crawler = f"{settings.database}-transformed"
        targets = [f"{settings.lake_uri}/{zone}/" for zone in ZONES]
        catalog.ensure_crawler(glue, crawler, settings.database, targets, settings.crawler_role)
        glue.start_crawler(Name=crawler)
        catalog.wait_for_crawler(glue, crawler)


def star(settings: Settings, config: Config, role: str | None = None) -> None:
    """Load the events into Redshift and build the star, as lesson 08 does, unless it has rows. Raises NotPrepared."""
    tables(settings, config)
    connection = wr.redshift.connect(secret_id=settings.login_secret)
    try:
        if _rows_of_star(connection, settings.mart):
            return
        with _making(settings, "star in Redshift", "08"):
            warehouse.load_events(connection, settings.mart, settings.lake_uri, role or settings.crawler_role)
            warehouse.build_star(connection, settings.mart)
    finally:
        connection.close()


def _rows_of_star(connection: Any, mart: str) -> int:
    cursor = connection.cursor()
    cursor.execute(
        "SELECT COUNT(*) FROM svv_tables WHERE table_schema = %s AND table_name = 'fact_trip_minute'", (mart,)
    )
    there = cursor.fetchone()[0]
    return warehouse.count(connection, f"{mart}.fact_trip_minute") if there else 0


@contextmanager
def _making(settings: Settings, what: str, lesson: str) -> Iterator[None]:
    if settings.target == "aws":
        raise NotPrepared(
            f"Run {settings.run_id} has no {what} on AWS, and creating them costs money. Try: lesson {lesson} first"
        )
    begin = time.monotonic()
    yield
    print(f"Created the {what} that this lesson needs, as lesson {lesson} does: {time.monotonic() - begin:.0f} s")


def _held(lake: Lake, bootstrap: str) -> bool:
    """Return whether Kafka holds exactly this run's records since the run began."""
    try:
        begin, truth = lake.read_note("starting_offsets"), lake.truth()
    except LakeError:
        return False
    now = kafka.end_offsets(bootstrap)
    sent = _counts(truth)
    since = {topic: sum(now[topic].values()) - sum(begin[topic].values()) for topic in TOPICS}
    return all(since[topic] == sent.get(topic, 0) for topic in TOPICS)


def _counts(truth: pa.Table) -> dict[str, int]:
    counted = pc.value_counts(truth["topic"].cast(pa.string()))
    return {row["values"]: row["counts"] for row in counted.to_pylist()}


def _written(lake: Lake) -> bool:
    """Return whether each record of the run is in the lake."""
    try:
        return bool(lake.committed_rows() == lake.truth().num_rows > 0)
    except LakeError:
        return False
