"""A small city as the page knows it, and a server of the page in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from smartcity.dashboard import Live, serve
from smartcity.dashboard.lakewatch import LakeWatch
from smartcity.lake import Lake
from smartcity.simulate import Config, city, simulate

CONFIG = Config(minutes=12, vehicles=120, seed=11)
Record = tuple[str, bytes | None, int]


def until(page: Any, true: str, limit_s: float = 60) -> None:
    """Wait until an expression is true in the page, whose policy forbids Playwright's own way, which evaluates text."""
    end = time.monotonic() + limit_s
    while not page.evaluate(f"Boolean({true})"):
        assert time.monotonic() < end, f"not true within {limit_s} s: {true}"
        time.sleep(0.05)


@dataclass
class StillFeed:
    """A feed that reads nothing; its broker answers, or not, as the test says."""

    down_since: float | None = None


@dataclass
class Room:
    """A served page: its address, and what stands behind it."""

    url: str
    live: Live
    feed: StillFeed
    records: list[Record]


@pytest.fixture(scope="session")
def records() -> list[Record]:
    """Twelve minutes of a city with the usual faults, in the order of their arrival."""
    found: list[Record] = []
    for chunk in simulate(CONFIG):
        rows = chunk.records.select(["topic", "value", "timestamp_ms"]).to_pylist()
        found += [(row["topic"], row["value"], row["timestamp_ms"]) for row in rows]
    return found


@pytest.fixture
def live() -> Live:
    """The streets of that city, before its first event."""
    return Live(city(CONFIG).roads)


@pytest.fixture
def room(live: Live, records: list[Record]) -> Iterator[Room]:
    """The page of the first two thirds of the records."""
    live.take(records[: 2 * len(records) // 3])
    feed: Any = StillFeed()
    server = serve(live, feed, LakeWatch(Lake("s3://nowhere/run")), ("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Room(f"http://127.0.0.1:{server.port}/", live, feed, records)
    server.shutdown()
    thread.join(10)
    server.server_close()
