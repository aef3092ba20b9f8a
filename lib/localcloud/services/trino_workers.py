"""More nodes for Trino, each a process of its own: `./lab up --trino-workers N`."""

from __future__ import annotations

import json
from typing import ClassVar

import requests

from localcloud.home import Home, write_private
from localcloud.service import Service
from localcloud.services.trino import Trino, query, workers
from localcloud.services.trino_settings import CLUSTER_USER
from localcloud.supervisor import Supervisor


class TrinoWorker(Trino):
    """A node that processes its share of the splits; it doesn't answer clients."""

    needs: ClassVar[tuple[str, ...]] = ("trino",)
    awaits: ClassVar[str] = "Trino to list it as an active node"

    def role(self, home: Home) -> dict[str, str]:
        """Return the property that makes a node a worker."""
        return {"coordinator": "false"}

    def ready(self, home: Home) -> bool:
        """Ask the coordinator whether the node has joined."""
        requests.get(f"http://{self.address(home, 'http')}/v1/info", timeout=2).raise_for_status()
        url = f"http://{home.address('trino.http')}"
        nodes = query(url, home, CLUSTER_USER, "SELECT node_id, state FROM system.runtime.nodes")
        return [self.node_id(home), "active"] in nodes


def worker_services(home: Home) -> dict[str, Service]:
    """Return the workers of this lab by name."""
    numbers = range(1, workers(home) + 1)
    made = [type(f"TrinoWorker{number}", (TrinoWorker,), {"name": f"trino-worker-{number}"})() for number in numbers]
    return {service.name: service for service in made}


def set_workers(keeper: Supervisor, count: int) -> None:
    """Stop Trino if the number of its workers changes, and record how many the next `up` starts, 0.5 GB each."""
    if count == workers(keeper.home):
        return
    keeper.down(["trino"])
    write_private(keeper.home.root / "trino.json", json.dumps({"workers": count}))
