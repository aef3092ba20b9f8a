"""A standalone Spark cluster: one Master and some Workers, each a process of its own (`./lab up --cluster N`)."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from typing import Any, ClassVar

from localcloud.binaries import java_home
from localcloud.binaries.jars import pyspark_folder
from localcloud.home import Home, read_workers, write_private
from localcloud.jvm import java_command
from localcloud.service import Command, Service
from localcloud.services.spark import PAGE, spark_conf

_OPEN = ("lang", "lang.invoke", "lang.reflect", "io", "net", "nio", "util", "util.concurrent", "util.concurrent.atomic")
_FLAGS = ("-Xmx256m", *(f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in _OPEN))

_PAGE_S = 30
"""The Master's first page loads many classes: a second on a quiet machine, over five on a very busy one."""
_LOGIN = "whoever knows the lab's secret gets an executor"


def set_workers(home: Home, count: int) -> None:
    """Keep how many Workers the lab has; 0 means no cluster: Spark runs within the driver."""
    write_private(home.root / "cluster.json", json.dumps({"workers": count}))


def cluster_services(home: Home) -> dict[str, Service]:
    """Return the Master and the Workers of this lab by name; none without a cluster."""
    count = read_workers(home.root / "cluster.json")
    services = [SparkMaster(), *(worker(number + 1) for number in range(count))] if count else []
    return {service.name: service for service in services}


class SparkMaster(Service):
    """Gives the Workers' cores to applications that know the lab's secret."""

    name = "spark-master"
    ports: ClassVar[Mapping[str, str]] = {"client": _LOGIN, "http": PAGE}
    limit_s = 180
    awaits = "its page to say ALIVE"

    def command(self, home: Home) -> Command:
        """Start the Master."""
        options = ("--port", str(self.port(home, "client")), "--webui-port", str(self.port(home, "http")))
        return _java(home, self.name, "org.apache.spark.deploy.master.Master", *options)

    def ready(self, home: Home) -> bool:
        """Ask the Master's page for its state."""
        return bool(self.state(home)["status"] == "ALIVE")

    def state(self, home: Home) -> dict[str, Any]:
        """Return what the Master reports about itself, its Workers and applications."""
        with urllib.request.urlopen(f"http://{self.address(home, 'http')}/json/", timeout=_PAGE_S) as answer:
            state: dict[str, Any] = json.load(answer)
        return state

    def card(self, home: Home) -> Mapping[str, str]:
        """Return the URL where Spark's sessions find the cluster."""
        return {"SPARK_MASTER_URL": _url(home)}

    def links(self, home: Home) -> Mapping[str, str]:
        """Return the Master's page."""
        return {"Spark cluster": f"http://{self.address(home, 'http')}"}


class SparkWorker(Service):
    """Starts executors, each with one core and at most 1 GB."""

    number: ClassVar[int]
    ports: ClassVar[Mapping[str, str]] = {"client": _LOGIN, "http": PAGE}
    needs = ("spark-master",)
    limit_s = 180
    awaits = "the Master to list it"

    def command(self, home: Home) -> Command:
        """Start the Worker."""
        options = {
            "--port": self.port(home, "client"),
            "--webui-port": self.port(home, "http"),
            "--cores": 1,
            "--memory": "1g",
            "--work-dir": home.folder("tmp", self.name),
        }
        arguments = [str(word) for pair in options.items() for word in pair]
        return _java(home, self.name, "org.apache.spark.deploy.worker.Worker", *arguments, _url(home))

    def ready(self, home: Home) -> bool:
        """Ask the Master whether the Worker has registered."""
        workers = SparkMaster().state(home)["workers"]
        own = (home.host(self.name), self.port(home, "client"), "ALIVE")
        return any((worker["host"], worker["port"], worker["state"]) == own for worker in workers)


def worker(number: int) -> SparkWorker:
    """Return the Worker of that number, from 1."""
    made = type(f"SparkWorker{number}", (SparkWorker,), {"name": f"spark-worker-{number}", "number": number})
    service: SparkWorker = made()
    return service


def _url(home: Home) -> str:
    return f"spark://{home.address('spark-master.client')}"


def _java(home: Home, name: str, main: str, *options: str) -> Command:
    jars = sorted((pyspark_folder() / "jars").glob("*.jar"))
    conf = spark_conf(home)
    arguments = ("--host", home.host(name), "--properties-file", str(conf / "spark-defaults.conf"), *options)
    command = java_command(home, jars, _FLAGS, (main, *arguments))
    env = {
        "SPARK_HOME": str(pyspark_folder()),
        "SPARK_CONF_DIR": str(conf),
        "SPARK_SCALA_VERSION": "2.13",
        "SPARK_LOCAL_IP": home.host(name),
        "SPARK_PUBLIC_DNS": home.host(name),
        "JAVA_HOME": str(java_home(home)),
    }
    return Command(command.argv, env=env, cwd=command.cwd)
