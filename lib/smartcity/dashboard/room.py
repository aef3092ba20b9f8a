"""A control room of one run with everything that feeds it: Kafka, the lake, and the server for browsers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from smartcity.dashboard.feed import Feed, run_start
from smartcity.dashboard.lakewatch import LakeWatch
from smartcity.dashboard.server import Server, serve
from smartcity.dashboard.state import Live
from smartcity.lake import Lake
from smartcity.simulate import Config, city


@contextmanager
def control_room(lake: Lake, bootstrap: str, listen: tuple[str, int], given: Mapping[str, int]) -> Iterator[Server]:
    """Give the server of a run's control room, fed but not serving yet; end all of it afterwards.

    `given` may have `vehicles` and `seed` of another city than the run has noted. Raises LakeError; OSError where the
    port is taken.
    """
    which: dict[str, Any] = {**lake.city(), **given}
    live = Live(city(Config(**which)).roads)
    feed = Feed(live, bootstrap, *run_start(lake))
    stored = LakeWatch(lake)
    server = serve(live, feed, stored, listen)
    try:
        feed.start()
        stored.start()
        yield server
    finally:
        server.server_close()
        feed.stop()
        stored.stop()
