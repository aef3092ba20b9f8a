"""Measure the stream on the running lab. Run: `./lab bench stream [--json] [--records 300000] [--only throughput]`.

Throughput: the same records, after a warm-up in the same session, by (a) the lab's stream with all zones, (b) a plain
Spark copy of Kafka to Parquet, (c) five queries with default settings and the file sink. Events per core-second count
the CPU time of the Spark processes: driver, JVM, Python workers. Latency: 2,000 events a second, from the Kafka
timestamp until the file is listed in S3, and until an answer of Athena holds it. Alerts: 500 a second, real-time mode.
Cluster: the lab's stream on a Master with one Worker, then with two, each with one core.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psutil
from latency import alerts, expect, latency

from localcloud import card
from localcloud import lab as stand_in
from smartcity import kafka, kafka_login
from smartcity.events import TOPICS
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Chunk, Config, simulate

CASES = ("ours", "copy", "course")
WARM_UP_PART = 5


def main() -> None:
    """Run the benchmark, or one case of it in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--only", choices=["throughput", "latency", "alerts", "cluster"])
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    parser.add_argument("--lake", help=argparse.SUPPRESS)
    options = parser.parse_args()
    settings()
    if options.case:
        run_case(options.case, options.lake)
        return
    measures = {"throughput": lambda: throughput(options.records), "latency": latency, "alerts": alerts}
    measures["cluster"] = lambda: cluster(options.records)
    report: dict[str, Any] = {"load_before": os.getloadavg()[0], "cores": os.cpu_count()}
    for name, measure in measures.items():
        if options.only in (None, name):
            report[name] = measure()
    print(json.dumps(report, indent=1) if options.json else "\n".join(lines(report)))


def lines(report: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the report as lines `path value`."""
    for name, value in report.items():
        if isinstance(value, dict):
            yield from lines(value, f"{prefix}{name}.")
        else:
            yield f"{prefix + name:<40} {value}"


def throughput(records: int) -> dict[str, Any]:
    """Return events per core-second and more of each case, and the ratios of (a) to the others."""
    chunks = _chunks(records)
    found: dict[str, Any] = {case: _measure(case, chunks) for case in CASES}
    rate = {case: found[case]["events_per_core_s"] for case in CASES}
    found["ours_to_copy"] = round(rate["ours"] / rate["copy"], 2)
    found["ours_to_course"] = round(rate["ours"] / rate["course"], 2)
    return found


def cluster(records: int) -> dict[str, Any]:
    """Return events a second of the lab's stream on clusters of one and of two Workers, and the ratio."""
    chunks, found = _chunks(records), dict[str, Any]()
    try:
        for workers in (1, 2):
            _lab("up", "--cluster", str(workers))
            os.environ["SPARK_MASTER_URL"] = card.environment(stand_in.home())["SPARK_MASTER_URL"]
            one = _measure("ours", chunks)
            rate = round(one["events"] / one["seconds"])
            found[f"workers_{workers}"] = {"seconds": one["seconds"], "batches": one["batches"], "events_per_s": rate}
    finally:
        _lab("up", "--cluster", "0")
    found["two_to_one"] = round(found["workers_2"]["events_per_s"] / found["workers_1"]["events_per_s"], 2)
    return found


def _lab(*command: str) -> None:
    subprocess.run([sys.executable, "-m", "lab", *command], check=True, stdout=subprocess.DEVNULL)


def _chunks(records: int) -> list[Chunk]:
    """Return whole chunks of a city with about that many records."""
    found: list[Chunk] = []
    for chunk in simulate(Config(minutes=24 * 60, vehicles=1000)):
        found.append(chunk)
        if sum(one.wire.num_rows for one in found) >= records:
            return found
    return found


def _measure(case: str, chunks: list[Chunk]) -> dict[str, Any]:
    lake = Lake(f"s3://smartcity-lake/bench-{uuid.uuid4().hex}")
    broker = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    lake.make_bucket()
    kafka.ensure_topics(broker)
    lake.write_note("starting_offsets", kafka.end_offsets(broker))
    warm = len(chunks) // WARM_UP_PART
    kafka.produce(chunks[:warm], broker)
    command = [sys.executable, __file__, "--case", case, "--lake", lake.uri]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        expect(child, "warm")
        kafka.produce(chunks[warm:], broker)
        child.stdin.write("go\n")
        child.stdin.flush()
        result: dict[str, Any] = json.loads(expect(child, "{"))
    events = sum(chunk.wire.num_rows for chunk in chunks[warm:])
    files = [path for path in lake.paths() if path.endswith(".parquet") and not path.startswith("_")]
    lake.purge()
    result |= {"events": events, "events_per_core_s": round(events / result["cpu_s"]), "files": len(files)}
    return result


def run_case(case: str, uri: str) -> None:
    """Warm up, wait for the word, then catch up once more and print what that took."""
    from smartcity.stream import spark_session

    spark = spark_session(f"bench {case}")
    catch_up: Callable[[], dict[str, Any]] = {"ours": _ours, "copy": _copy, "course": _course}[case](spark, uri)
    catch_up()
    print("warm", flush=True)
    sys.stdin.readline()
    before, began = _cpu_s(), time.monotonic()
    found = catch_up()
    wall = time.monotonic() - began
    print(
        json.dumps({**found, "seconds": round(wall, 1), "cpu_s": round(_cpu_s() - before, 1), "rss_mb": _rss_mb()}),
        flush=True,
    )
    spark.stop()


def _everyone() -> list[psutil.Process]:
    return [psutil.Process(), *psutil.Process().children(recursive=True)]


def _cpu_s() -> float:
    return sum(sum(process.cpu_times()[:2]) for process in _everyone())


def _rss_mb() -> int:
    return round(sum(process.memory_info().rss for process in _everyone()) / 1e6)


def _ours(spark: Any, uri: str) -> Callable[[], dict[str, Any]]:
    from smartcity.simulate import city
    from smartcity.stream import StreamConfig, run_until_caught_up

    config = StreamConfig(
        uri,
        starting_offsets=json.dumps(Lake(uri).read_note("starting_offsets")),
        max_offsets_per_trigger=100_000,
        roads=city(Config(vehicles=1000)).roads,
    )

    def run() -> dict[str, Any]:
        caught = run_until_caught_up(spark, config)
        return {"batches": caught.batches, "batch_s": round(caught.seconds / max(1, caught.batches), 2)}

    return run


def _reader(spark: Any, uri: str, topics: list[str], limit: int | None) -> Any:
    offsets = Lake(uri).read_note("starting_offsets")
    reader = spark.readStream.format("kafka").options(**kafka_login.spark_options())
    reader = reader.option("subscribe", ",".join(topics))
    reader = reader.option("startingOffsets", json.dumps({topic: offsets[topic] for topic in topics}))
    return (reader.option("maxOffsetsPerTrigger", limit) if limit else reader).load()


def _to_files(frame: Any, uri: str, name: str, partitions: tuple[str, ...] = ()) -> Any:
    path = uri.replace("s3:", "s3a:")
    writer = frame.writeStream.format("parquet").option("path", f"{path}/{name}")
    writer = writer.option("checkpointLocation", f"{path}/_checkpoints/{name}").partitionBy(*partitions)
    return writer.trigger(availableNow=True)


def _copy(spark: Any, uri: str) -> Callable[[], dict[str, Any]]:
    """Return the plain copy: one query, the columns of Kafka as they are."""

    def run() -> dict[str, Any]:
        query = _to_files(_reader(spark, uri, list(TOPICS), 100_000), uri, "copy").start()
        query.awaitTermination()
        batches = [one["durationMs"]["triggerExecution"] / 1000 for one in query.recentProgress if one["numInputRows"]]
        return {"batches": len(batches), "batch_s": round(float(np.mean(batches)), 2)}

    return run


def _course(spark: Any, uri: str) -> Callable[[], dict[str, Any]]:
    """Return the way of a first course: a query a topic, from_json, raw and typed rows, all settings as they come."""
    from pyspark.sql import functions as F  # noqa: N812

    from smartcity.stream import frames

    spark.conf.set("spark.sql.shuffle.partitions", 200)

    def run() -> dict[str, Any]:
        queries = []
        for topic in TOPICS:
            frame = _reader(spark, uri, [topic], None)
            event = F.from_json(F.col("value").cast("string"), frames.event_type(topic))
            typed = frame.select(event.alias("event")).select("event.*").withWatermark("event_time", "10 minutes")
            typed = typed.dropDuplicates(["event_id", "event_time"]).withColumn("event_date", F.to_date("event_time"))
            queries.append(_to_files(frame.select("value", "timestamp"), uri, f"raw_{topic}").start())
            queries.append(_to_files(typed, uri, f"typed_{topic}", ("event_date",)).start())
        for query in queries:
            query.awaitTermination()
        batches = [one["durationMs"]["triggerExecution"] / 1000 for query in queries for one in query.recentProgress]
        return {"batches": len(batches), "batch_s": round(float(np.mean(batches)), 2)}

    return run


if __name__ == "__main__":
    main()
