"""One lab as its commands see it: its folder, what it still has to download, and its services."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from localcloud import join
from localcloud.binaries import Artifact, Progress, fetch_all, install_trino, jar_artifacts, trino_artifacts
from localcloud.card import environment
from localcloud.cluster import Cluster, is_cluster
from localcloud.home import LOOPBACK, Home, is_free
from localcloud.join import joined_lab
from localcloud.network import Networked, is_networked
from localcloud.process import family, resident_mb
from localcloud.services.all import all_services
from localcloud.services.kafka_open import kafka_services
from localcloud.services.spark import DRIVER, spark_card
from localcloud.services.spark_cluster import cluster_services
from localcloud.services.trino_workers import worker_services
from localcloud.supervisor import Report, Supervisor


def home() -> Home:
    """Return the home of the lab in LAB_HOME, or in the current folder."""
    return Home(Path(os.environ.get("LAB_HOME") or Path.cwd()).resolve() / ".lab")


def artifacts() -> list[Artifact]:
    """Return all that has to be downloaded in addition to the Python packages."""
    return [*jar_artifacts(), *trino_artifacts()]


def install(home: Home, progress: Progress = lambda _: None) -> None:
    """Fetch what the cache lacks and put Trino together. Raises DownloadFailed."""
    fetch_all(artifacts(), home.cache, progress)
    install_trino(home.cache)


def supervisor(home: Home, report: Report = lambda name, what: None) -> Supervisor:
    """Return the supervisor of all services of this lab; where they have hosts of their own, it starts none."""
    if is_cluster(home):
        return Cluster(home, report)
    if joined_lab(home):
        return join.supervisor(home, report)
    services = {**all_services(), **kafka_services(home), **worker_services(home), **cluster_services(home)}
    made = Networked if is_networked(home) else Supervisor
    return made(home, services, report, client_env=spark_card)


def laptop_environment(home: Home) -> Mapping[str, str]:
    """Return the variables of what stays on this machine while the rest is on AWS: Spark, and Kafka where it runs."""
    kafka = {name: value for name, value in environment(home).items() if name.startswith("KAFKA_")}
    return {**spark_card(home, aws=True), **kafka}


def pages(home: Home) -> dict[str, str]:
    """Return the pages of programs that are no service, by title: their address, or how to start them."""
    if joined_lab(home):
        return {}
    addresses = {}
    for title, use, path, start in (
        ("Spark UI", "spark.ui", "", "a Spark session, as of notebook 03"),
        ("JupyterLab", "jupyterlab.http", "lab", "./lab notebook"),
    ):
        port, host = home.known_port(use), home.host(DRIVER) if use == "spark.ui" else LOOPBACK
        addresses[title] = (
            f"opens with {start}" if port is None or is_free(port, host) else f"http://{host}:{port}/{path}"
        )
    return addresses


@contextlib.contextmanager
def peak_memory(keeper: Supervisor, pause_s: float = 2) -> Iterator[dict[str, float]]:
    """Watch the memory of the services, and of this process with its children (`run`).

    The value holds the megabytes of each at the moment when their sum was largest so far.
    """
    peak, ended = dict[str, float](), threading.Event()

    def watch() -> None:
        while not ended.wait(pause_s):
            now = {row.name: row.memory_mb for row in keeper.status() if row.memory_mb}
            # Services that this command started are its children too, and are counted by their own names.
            others = {process for root in keeper.processes() for process in family(root)}
            now["run"] = resident_mb(set(family(psutil.Process())) - others)
            if sum(now.values()) > sum(peak.values()):
                peak.update(now)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()
