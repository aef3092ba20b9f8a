"""The feed reads Kafka from a run's beginning, says when the broker is away, and reconnects automatically."""

from __future__ import annotations

import json
import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from localcloud import card, lab
from localcloud.home import Home
from smartcity import kafka
from smartcity.dashboard import Feed, Live, run_start
from smartcity.dashboard.lakewatch import LakeWatch
from smartcity.lake import Lake
from smartcity.simulate import simulate

from .conftest import CONFIG

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
LIMIT_S = 90


def until(true: Callable[[], Any], what: str) -> None:
    """Wait for something, within the limit."""
    end = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end, f"{what} did not happen within {LIMIT_S} s"
        time.sleep(0.05)


@pytest.fixture
def feed(in_lab: Mapping[str, str], live: Live) -> Iterator[Feed]:
    """A feed from now on, with twelve minutes of the city behind it on Kafka."""
    broker = in_lab["KAFKA_BOOTSTRAP_SERVERS"]
    kafka.ensure_topics(broker)
    kafka.ensure_topics(broker, 1, ["alerts"])
    made = Feed(live, broker, kafka.end_offsets(broker), None)
    kafka.produce(simulate(CONFIG), broker)
    yield made.start()
    made.stop()


def test_the_feed_reads_every_record_of_the_run(feed: Feed, live: Live) -> None:
    """All records since the run's beginning are taken or set aside, none twice."""
    expected = sum(chunk.records.num_rows for chunk in simulate(CONFIG))
    until(lambda: feed.records >= expected, "reading all records")
    assert live.taken.total() + live.set_aside.total() == feed.records == expected


def test_a_killed_broker_is_told_and_recovered_from(feed: Feed, lab_home: Home) -> None:
    """After kill -9 the feed says so; when the broker is back it reads what came meanwhile."""
    until(lambda: feed.records, "reading")
    keeper = lab.supervisor(lab_home)
    pid = next(row.pid for row in keeper.status() if row.name == "kafka")
    assert pid
    os.kill(pid, signal.SIGKILL)
    try:
        until(lambda: feed.down_since, "telling that Kafka is away")
    finally:
        keeper.up(["kafka"])
    until(lambda: feed.down_since is None, "telling that Kafka is back")
    before = feed.records
    kafka.produce(simulate(CONFIG), card.environment(lab_home)["KAFKA_BOOTSTRAP_SERVERS"])
    until(lambda: feed.records > before, "reading on")


ROWS = (("raw", 5), ("late", 1))


def test_the_lake_is_watched_commit_by_commit(in_lab: Mapping[str, str]) -> None:
    """A complete commit is counted once, a pending one when it is complete, and a run's beginning is found."""
    lake = Lake(f"s3://smartcity-lake/test-{uuid.uuid4().hex}")
    lake.make_bucket()
    assert run_start(lake) == ({}, None)
    lake.write_note("starting_offsets", {"gps_data": {"0": 7}})
    assert run_start(lake)[0] == {"gps_data": {"0": 7}}
    watch = LakeWatch(lake)
    files = [{"zone": zone, "topic": "gps_data", "path": f"{zone}/0.parquet", "rows": rows} for zone, rows in ROWS]
    done = {"files": files}
    for number, commit in ((0, done), (1, {"pending": []}), (1, done)):
        key = f"{lake.prefix}/_commits/{number:012d}.json"
        lake.client.put_object(Bucket=lake.bucket, Key=key, Body=json.dumps(commit).encode())
        watch._look()
    assert (watch.rows, watch.batches) == ({"raw": 10, "late": 2}, 2)
    lake.purge()
