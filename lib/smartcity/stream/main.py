"""The stream as a program: `python -m smartcity.stream.main`, or given to spark-submit. `./lab stream` runs it.

It runs until it is told to stop (SIGTERM, Ctrl-C), and restarts a query that died because a service was down.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from smartcity.errors import LabError, QueryDied
from smartcity.events import AGGREGATES, ALERTS, STREAM_TOPICS
from smartcity.lake import notes
from smartcity.lake.store import Store
from smartcity.schema_registry import AVRO
from smartcity.simulate import Config, city
from smartcity.stream.aggregates import start_aggregates
from smartcity.stream.alerts import start_alerts
from smartcity.stream.config import StreamConfig
from smartcity.stream.dead_letters import DEAD_LETTERS
from smartcity.stream.job import cause, run_until_caught_up, start
from smartcity.stream.progress import Progress, write
from smartcity.stream.session import spark_session
from smartcity.stream.views import VIEWS, catch_up_view, start_view

GIVE_UP_S = 300
"""If a query finishes no batch for this long despite retries, the program ends."""

_PAUSE_S = 1.0
SENDERS: Final = {ALERTS: start_alerts, AGGREGATES: start_aggregates}
"""Topic of the stream -> what starts to send it."""

_asked_to_end = threading.Event()
"""Set by a signal, and looked at between calls: an exception within a call would leave the line to the JVM unusable."""


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="smartcity.stream", description=__doc__)
    parser.add_argument("--lake", required=True, help="s3://bucket/prefix")
    parser.add_argument("--checkpoint", default="", help="a folder or an S3A URI; default: in the lake")
    parser.add_argument("--trigger-s", type=float, default=2.0, help="seconds between batches")
    parser.add_argument("--max-offsets", type=int, default=50_000, help="maximum records per batch")
    parser.add_argument("--tasks", type=int, default=2, help="tasks per batch: one per core")
    parser.add_argument(
        "--vehicles", type=int, help="size of the city, which decides its roads; default: as recorded by the run"
    )
    parser.add_argument("--seed", type=int, help="seed of the city; default: as recorded by the run")
    parser.add_argument(
        "--views", nargs="*", default=[], choices=sorted(VIEWS), help="views to keep in addition to the zones"
    )
    for topic, content in STREAM_TOPICS.items():
        parser.add_argument(f"--{topic}", action="store_true", help=f"also send to Kafka: {content}")
    parser.add_argument("--dead-letter-topic", default=DEAD_LETTERS, help="topic for dead letters; empty: none")
    parser.add_argument("--once", action="store_true", help="stop when Kafka holds nothing new")
    parser.add_argument("--progress", type=Path, help="folder for the progress of the queries")
    options = parser.parse_args(given)
    if options.once and (sent := _sent(options)):
        parser.error(f"--once sends no {' and no '.join(sent)}. Try: leave --once out")
    return options


def main(given: Sequence[str]) -> int:
    """Run the stream; return 0 when it was asked to end, 1 when it could not continue."""
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, _stop)
    options = arguments(given)
    spark = spark_session("stream")
    try:
        config = _config(options)
        (_once if options.once else _for_ever)(spark, config, options)
    except LabError as error:
        return _ended(f"{type(error).__name__}: {error}")
    except (Py4JError, PySparkException, OSError) as error:
        why = cause(f"{type(error).__name__}: {error}")
        return _ended(f"the stream ended: {why}. Its next start continues. Try: ./lab status")
    finally:
        spark.stop()
    if _asked_to_end.is_set():
        print("stopped; the next start finishes what is incomplete", flush=True)
    return 0


def _ended(why: str) -> int:
    print(why, file=sys.stderr, flush=True)
    return 1


def _sent(options: argparse.Namespace) -> list[str]:
    """Return the topics that the options ask for."""
    return [topic for topic in STREAM_TOPICS if getattr(options, topic)]


def _stop(_number: int, _frame: FrameType | None) -> None:
    _asked_to_end.set()


def _config(options: argparse.Namespace) -> StreamConfig:
    config = StreamConfig(
        options.lake,
        options.checkpoint,
        dead_letter_topic=options.dead_letter_topic,
        starting_offsets=_starting_offsets(options.lake),
        max_offsets_per_trigger=options.max_offsets,
        trigger_s=options.trigger_s,
        tasks=options.tasks,
        roads=_roads(options),
        avro=notes.read(_store(options.lake), notes.FORMAT) == AVRO,
    )
    print(f"Kafka {config.bootstrap} -> {config.lake_uri}", flush=True)
    if config.roads is None:
        print(
            "The run has no record of its city, so events get no district. Try: --vehicles and --seed of ./lab simulate"
        )
    return config


def _starting_offsets(lake: str) -> str:
    """Return where the run of this lake begins in Kafka, where it says so; else the earliest."""
    noted = notes.read(_store(lake), notes.OFFSETS)
    return "earliest" if noted is None else json.dumps(noted)


def _roads(options: argparse.Namespace) -> pa.Table | None:
    """Return the roads of the city that the options name, else of the one that the run has noted, else None."""
    given = {name: value for name in ("vehicles", "seed") if (value := getattr(options, name)) is not None}
    noted = notes.read(_store(options.lake), notes.CITY)
    return city(Config(**{**(noted or {}), **given})).roads if noted or given else None


def _store(lake: str) -> Store:
    config = StreamConfig(lake)
    return Store.of(config.bucket, config.prefix, config.endpoint)


def _once(spark: SparkSession, config: StreamConfig, options: argparse.Namespace) -> None:
    threading.Thread(target=_end_queries, args=(spark,), daemon=True).start()
    caught = run_until_caught_up(spark, config)
    if not _asked_to_end.is_set():
        print(f"caught up: {caught.rows} in {caught.batches} batches, {caught.seconds:.1f} s", flush=True)
    for name in options.views:
        if not _asked_to_end.is_set():
            catch_up_view(spark, config, name)


def _end_queries(spark: SparkSession) -> None:
    """Once the program is asked to end, stop each query that runs, also one that begins only then."""
    _asked_to_end.wait()
    while True:
        for query in spark.streams.active:
            query.stop()
        time.sleep(_PAUSE_S)


def _for_ever(spark: SparkSession, config: StreamConfig, options: argparse.Namespace) -> None:
    starts: list[Callable[[], StreamingQuery]] = [lambda: start(spark, config)]
    starts += [lambda view=VIEWS[name]: start_view(spark, config, view) for name in options.views]  # type: ignore[misc]
    starts += [partial(SENDERS[topic], spark, config) for topic in _sent(options)]
    queries = [_Query(begin, options.progress) for begin in starts]
    while not _asked_to_end.is_set():
        for query in queries:
            query.look()
        _asked_to_end.wait(_PAUSE_S)


class _Query:
    """A query that is started again when it dies, unless it can't continue."""

    def __init__(self, begin: Callable[[], StreamingQuery], folder: Path | None) -> None:
        self._begin, self._folder = begin, folder
        self._running: StreamingQuery | None = None
        self._reported, self._last_good = -1, time.monotonic()

    def look(self) -> None:
        """Report new progress; start the query if it does not run. Raises QueryDied."""
        if self._running is None:
            self._running = self._begin()
        if not self._running.isActive:
            self._died(cause(str(self._running.exception())))
            return
        report = self._running.lastProgress
        if report is not None and report.batchId != self._reported:
            self._tell(Progress.of(json.loads(report.json)))

    def _tell(self, progress: Progress) -> None:
        self._reported, self._last_good = progress.batch_id, time.monotonic()
        print(progress.line(), flush=True)
        if self._folder:
            write(progress, self._folder)

    def _died(self, why: str) -> None:
        self._running = None
        if "LakeError" in why or time.monotonic() - self._last_good > GIVE_UP_S:
            raise QueryDied(f"{why}. Try: ./lab status")
        print(f"the query died and is being restarted: {why}", flush=True)
        time.sleep(_PAUSE_S)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # the JVM's gateway threads must not hold up the end
