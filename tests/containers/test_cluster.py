"""Each service in a container of its own: they find and trust each other, strangers are refused, faults lose nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from localcloud.cluster import JUPYTER

from .conftest import IMAGE, run

READY_S, RUN_S = 2400, 3600
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

    def container(self, name: str) -> str:
        """Return the container of a service."""
        return f"{self.compose[-1]}-{name}-1"

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
    """Run the pipeline in the cluster, and return its report once the ledger balances."""
    cluster.inside("./lab", "run", "--minutes", "20", "--only", "01-08", "--run-id", run_id, limit_s=RUN_S)
    report: dict[str, int] = json.loads(cluster.inside("cat", f"out/{run_id}/report.json"))
    assert report["produced"] > 10_000
    assert report["lost"] == report["duplicated"] == report["misjudged"] == 0
    return report


def test_the_pipeline_runs_with_a_balanced_ledger(cluster: Cluster) -> None:
    """Records go through three brokers and Spark's Workers into the lake, and each is in one place."""
    report = balanced(cluster, "whole")
    assert report["transformed"] == report["redshift_rows"]
