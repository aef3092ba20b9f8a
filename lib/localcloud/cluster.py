"""A lab whose services run on hosts of their own, such as containers: the names, and a keeper that starts nothing.

`hosts.json` in the lab's folder names the host of each service. Everything else is as on one machine: the same
services write the same settings, with these names instead of loopback.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from localcloud.card import card_of
from localcloud.errors import LocalCloudError, ServiceFailed
from localcloud.home import Home, read_json, write_private
from localcloud.network import is_networked
from localcloud.service import Service
from localcloud.services.aws import Aws
from localcloud.services.kafka_cluster import brokers
from localcloud.services.postgres import Postgres
from localcloud.services.redshift import Redshift
from localcloud.services.s3 import S3
from localcloud.services.seaweedfs import SeaweedFS
from localcloud.services.spark import DRIVER, spark_card
from localcloud.services.spark_cluster import cluster_services, set_workers
from localcloud.services.trino import Trino
from localcloud.services.trino_workers import worker_services
from localcloud.services.zookeeper import ZooKeeper
from localcloud.supervisor import Report, Status, Supervisor
from localcloud.tls import certificate

BROKERS, SPARK_WORKERS, TRINO_WORKERS = 3, 2, 2
JUPYTER = "jupyter"
"""The host of notebooks, and so of Spark's drivers."""
PORTS = {"jupyterlab.http": 8888, "dashboard.http": 8050}
"""What is published has the same port in each lab; the rest is chosen free, as on one machine."""
READY_S = 900.0


def is_cluster(home: Home) -> bool:
    """Return whether the services of this lab run on hosts of their own."""
    return (home.root / "hosts.json").exists() and not is_networked(home)


def services(home: Home) -> dict[str, Service]:
    """Return the services by name."""
    single = (ZooKeeper(), SeaweedFS(), Aws(), S3(), Trino(), Postgres(), Redshift())
    return {
        **{service.name: service for service in single},
        **brokers(BROKERS),
        **worker_services(home),
        **cluster_services(home),
    }


def require_one_machine(home: Home, command: str) -> None:
    """Raise LocalCloudError where the services run on hosts of their own: that command would not reach them."""
    if is_cluster(home):
        raise LocalCloudError(
            f"`./lab {command}` works where the lab runs on one machine; here each service has a container of its own. "
            "Try: docker compose ps, logs, stop or kill, where they were started"
        )


def prepare(home: Home) -> None:
    """Choose names, ports and sizes, and make the certificates, so that hosts that start together agree on them.

    It may run again while services do: it changes nothing that it chose before.
    """
    write_private(home.root / "trino.json", json.dumps({"workers": TRINO_WORKERS}))
    set_workers(home, SPARK_WORKERS)
    write_private(home.root / "ports.json", json.dumps({**read_json(home.root / "ports.json"), **PORTS}, indent=1))
    members = services(home)
    write_private(home.root / "hosts.json", json.dumps({DRIVER: JUPYTER, **{name: name for name in members}}, indent=1))
    for use in ("spark.ui", *(f"{name}.{use}" for name, service in members.items() for use in service.ports)):
        home.port(use)
    for name in ("seaweedfs", "redshift"):
        certificate(home, name)


def await_ready(home: Home, service: Service, limit_s: float = READY_S) -> None:
    """Wait until a service answers as its clients would ask. Raises ServiceFailed."""
    end, seen = time.monotonic() + limit_s, ""
    while time.monotonic() < end:
        try:
            if service.ready(home):
                return
        except Exception as error:  # any error of a probe means "not yet"
            seen = f" ({type(error).__name__}: {error})"
        time.sleep(1)
    raise ServiceFailed(
        f"{service.name}: not ready; waited {limit_s:.0f} s for {service.awaits}{seen[:300]}. "
        f"Try: docker compose logs {service.name}"
    )


@dataclass(frozen=True)
class Answer(Status):
    """A row of `./lab status` for a service on another host."""

    answers: bool

    @property
    def state(self) -> str:
        """Return `up` or `down`."""
        return "up" if self.answers else "down"


class Cluster(Supervisor):
    """The services of such a lab, seen from one of its hosts. Others start and end them."""

    def __init__(self, home: Home, report: Report = lambda name, what: None) -> None:
        super().__init__(home, services(home), report, client_env=spark_card)

    def up(self, names: list[str] | None = None) -> None:
        """Wait until every service answers, then write the card. Raises ServiceFailed."""
        for service in self.services.values():
            await_ready(self.home, service)
            self.report(service.name, f"answers on {self.home.host(service.name)}")
        card = card_of(self.home, self.services, self.client_env(self.home))
        write_private(self.home.root / "endpoints.json", card)

    def down(self, names: list[str] | None = None) -> None:
        """Refuse. Raises LocalCloudError."""
        require_one_machine(self.home, "down")

    def status(self) -> list[Status]:
        """Return a row for each service: whether it answers. Its process and memory are known on its own host only."""
        with ThreadPoolExecutor(len(self.services)) as pool:
            return list(pool.map(self._answer, self.services.values()))

    def _answer(self, service: Service) -> Status:
        ports = {use: service.port(self.home, use) for use in service.ports}
        return Answer(service.name, ports, None, None, {}, self._answers(service))
