"""More nodes for Trino: what the coordinator and its workers are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.home import Home
from localcloud.services.trino import Trino
from localcloud.services.trino_settings import QUERY_MB
from localcloud.services.trino_workers import set_workers, worker_services
from localcloud.supervisor import Supervisor


class Keeper(Supervisor):
    """A supervisor that only remembers what it should end."""

    ended: list[str]

    def down(self, names: list[str] | None = None) -> None:
        self.ended = list(names or [])


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(Home(tmp_path), {})


def test_there_are_as_many_workers_as_asked(keeper: Keeper) -> None:
    """The number is kept for the next start, and Trino ends where it changes: it has to know the memory of all."""
    assert worker_services(keeper.home) == {}
    set_workers(keeper, 2)
    assert keeper.ended == ["trino"]
    assert [*worker_services(keeper.home)] == ["trino-worker-1", "trino-worker-2"]
    assert Trino().role(keeper.home)["query.max-memory"] == f"{3 * QUERY_MB}MB"
    keeper.ended = []
    set_workers(keeper, 2)
    assert keeper.ended == []


def test_a_worker_finds_its_coordinator(keeper: Keeper) -> None:
    """A worker has a port and a name of its own, and looks for the others where the coordinator is."""
    set_workers(keeper, 1)
    worker = worker_services(keeper.home)["trino-worker-1"]
    command = worker.command(keeper.home)
    assert "-Dnode.id=trino-worker-1" in command.argv
    lines = (keeper.home.conf("trino-worker-1") / "config.properties").read_text().splitlines()
    assert {
        "coordinator=false",
        f"http-server.http.port={worker.port(keeper.home, 'http')}",
        f"discovery.uri=http://127.0.0.1:{keeper.home.port('trino.http')}",
    } <= set(lines)
    assert worker.needs == ("trino",)
