"""Each service in a container of its own: they find and trust each other, strangers are refused, faults lose nothing."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator

import pytest

from localcloud.cluster import JUPYTER

from .conftest import IMAGE, ROOT, run

pytestmark = pytest.mark.timeout(5400)  # the limits below end what takes too long
READY_S, RUN_S, AWAY_S = 2400, 3600, 20
CUTS = (("01", "kafka-2"), ("02", "spark-worker-1"), ("03", "seaweedfs"), ("06", "trino-worker-1"))
"""Which host is cut off once which lesson has run, so that the next lesson has to do without it."""
AWAIT = """
import sys
from localcloud.cluster import await_ready, services
from localcloud.lab import home
await_ready(home(), services(home())[sys.argv[1]])
"""
"""Waits until a service answers as it would for `./lab status`."""
STRANGER = """
import socket, sys, urllib.error, urllib.request
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
import psycopg

def status(url):
    try:
        return urllib.request.urlopen(url, timeout=30).status
    except urllib.error.HTTPError as error:
        return error.code

def kafka(address):
    try:
        AdminClient({"bootstrap.servers": address, "log_level": 0}).list_topics(timeout=10)
    except KafkaException:
        return "refused"

def zookeeper(host, port):
    with socket.create_connection((host, int(port)), timeout=30) as link:
        link.sendall(b"dump")
        return link.recv(100).decode()

def redshift(host, port):
    try:
        psycopg.connect(host=host, port=port, user="awsuser", password="guess", dbname="city", connect_timeout=30)
    except psycopg.OperationalError as error:
        return "password" if "password" in str(error) else str(error)

name, host, port = sys.argv[1:]
print({
    "kafka": lambda: kafka(f"{host}:{port}"),
    "zookeeper": lambda: zookeeper(host, port),
    "redshift": lambda: redshift(host, port),
    "http": lambda: status(f"http://{host}:{port}/"),
    "trino": lambda: status(f"http://{host}:{port}/v1/query"),
    "trino-worker": lambda: status(f"http://{host}:{port}/v1/task"),
}[name]())
"""
"""A client without a login, in a container on the same network without the lab's volume."""


class Cluster:
    """A running cluster, by its Compose command."""

    def __init__(self, compose: list[str]) -> None:
        self.compose = compose
        self.network = f"{compose[-1]}_default"

    def inside(self, *argv: str, limit_s: float = 120) -> str:
        """Return what a command prints in JupyterLab's container."""
        return run(*self.compose, "exec", "-T", JUPYTER, *argv, limit_s=limit_s)

    def cut_off(self, name: str) -> float:
        """Cut a service's host off the network for a while; return the seconds until it answers once it is back."""
        container = f"{self.compose[-1]}-{name}-1"
        run("docker", "network", "disconnect", self.network, container)
        time.sleep(AWAY_S)  # how long it is away; nothing is waited for
        run("docker", "network", "connect", "--alias", name, self.network, container)
        begin = time.monotonic()
        self.inside(".venv/bin/python", "-c", AWAIT, name, limit_s=READY_S)
        return time.monotonic() - begin

    def states(self) -> dict[str, str]:
        """Return `up` or `down` for each service, as `./lab status` shows them."""
        rows = [line.split("│") for line in self.inside("./lab", "status").splitlines() if line.startswith("│")]
        return {row[1].strip(): row[2].strip() for row in rows if row[2].strip()}


@pytest.fixture(scope="module")
def cluster(compose: list[str]) -> Iterator[Cluster]:
    """The cluster, with ports that the engine chooses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PORT", "0")
        patch.setenv("DASHBOARD_PORT", "0")
        run(*compose, "up", "--no-build", "--detach", "--wait", JUPYTER, limit_s=READY_S)
        yield Cluster(compose)


def test_every_service_answers_at_its_own_address(cluster: Cluster) -> None:
    """All fifteen are up, and each container has an address that no other has."""
    states = cluster.states()
    assert set(states.values()) == {"up"}
    containers = run("docker", "network", "inspect", cluster.network)
    addresses = [entry["IPv4Address"] for entry in json.loads(containers)[0]["Containers"].values()]
    assert len(set(addresses)) == len(states) + 1


@pytest.mark.parametrize(
    ("client", "use", "answer"),
    [
        ("kafka", "kafka-1.client", "refused"),
        ("zookeeper", "zookeeper.client", "dump is not executed because it is not in the whitelist.\n"),
        ("redshift", "redshift.sql", "password"),
        ("http", "s3.http", "403"),
        ("http", "seaweedfs.s3", "403"),
        ("http", "aws.http", "403"),
        ("trino", "trino.http", "403"),
        ("trino-worker", "trino-worker-1.http", "403"),
    ],
)
def test_a_stranger_on_the_network_is_refused(cluster: Cluster, client: str, use: str, answer: str) -> None:
    """Who has no login gets nothing, though the address can be reached."""
    port = json.loads(cluster.inside("cat", ".lab/ports.json"))[use]
    argv = (".venv/bin/python", "-c", STRANGER, client, use.partition(".")[0], str(port))
    said = run("docker", "run", "--rm", "--network", cluster.network, IMAGE, *argv, limit_s=120)
    assert said.strip() == answer.strip()


def balanced(cluster: Cluster, run_id: str) -> dict[str, int]:
    """Return the report of a run in the cluster, which has a balanced ledger."""
    report: dict[str, int] = json.loads(cluster.inside("cat", f"out/{run_id}/report.json"))
    assert report["produced"] > 10_000
    assert report["lost"] == report["duplicated"] == report["misjudged"] == 0
    assert report["transformed"] == report["athena_rows"] == report["redshift_rows"]
    return report


def pipeline(run_id: str) -> tuple[str, ...]:
    """Return the command that runs the lessons from the simulator to the ledger."""
    return ("./lab", "run", "--minutes", "20", "--only", "01-09", "--run-id", run_id)


def test_the_pipeline_runs_with_a_balanced_ledger(cluster: Cluster) -> None:
    """Records go through three brokers and Spark's Workers into the lake, and each is in one place."""
    cluster.inside(*pipeline("whole"), limit_s=RUN_S)
    balanced(cluster, "whole")


def test_hosts_cut_off_the_network_lose_nothing_and_double_nothing(cluster: Cluster) -> None:
    """A broker, a Spark Worker, the S3 store and a Trino worker are away for a while, each while it has work."""
    cuts, recovered = iter(CUTS), dict[str, float]()
    argv = (*cluster.compose, "exec", "-T", JUPYTER, *pipeline("faults"))
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr
        lesson, name = next(cuts)
        for line in running.stderr:
            if f"{lesson}_" in line and "cells done" in line:
                recovered[name] = cluster.cut_off(name)
                lesson, name = next(cuts, ("none", ""))
    print("\n".join(f"{name}: answers {seconds:.1f} s after it was reconnected" for name, seconds in recovered.items()))
    assert recovered.keys() == {name for _, name in CUTS}
    assert running.returncode == 0
    balanced(cluster, "faults")
