"""Two and three machines as one lab: each is a container with a lab of its own, joined by the documented commands."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator

import pytest

from .conftest import run

pytestmark = pytest.mark.timeout(5400)  # the limits below end what takes too long
READY_S, RUN_S = 900, 3600
SHARE = "umask 077 && cat > join-token"
NODES = """
from localcloud.lab import home
from localcloud.services.spark_cluster import SparkMaster
from localcloud.services.trino import query
from localcloud.services.trino_settings import CLUSTER_USER
print(sorted(worker["host"] for worker in SparkMaster().state(home())["workers"] if worker["state"] == "ALIVE"))
url = f"http://{home().address('trino.http')}"
print(len(query(url, home(), CLUSTER_USER, "SELECT 1 FROM system.runtime.nodes WHERE state = 'active'")))
"""
"""Prints the hosts of Spark's Workers, and how many nodes Trino has."""


class Machines:
    """Some containers on a network of their own, without a shared volume."""

    def __init__(self, image: str) -> None:
        self.image, self.names = image, list[str]()
        self.network = f"lab-{uuid.uuid4().hex[:8]}"
        run("docker", "network", "create", self.network)

    def add(self, network: str | None = None) -> str:
        """Start a machine that does nothing yet; return its name."""
        name = f"{self.network}-{len(self.names) + 1}"
        self.names.append(name)
        options = ("--detach", "--init", "--network", network or self.network, "--name", name)
        run("docker", "run", *options, self.image, "sleep", "infinity")
        return name

    def end(self) -> None:
        """Remove the machines and their network."""
        run("docker", "rm", "--force", "--volumes", *self.names, limit_s=120)
        run("docker", "network", "rm", self.network)


def on(machine: str, *argv: str, limit_s: float = READY_S, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command on a machine."""
    command = ("docker", "exec", "-i", machine, *argv)
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=limit_s)


def said(machine: str, *argv: str, limit_s: float = READY_S) -> str:
    """Return what a command prints on a machine; fail if it does."""
    done = on(machine, *argv, limit_s=limit_s)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def address(machine: str) -> str:
    """Return a machine's address."""
    return said(machine, "hostname", "-i").strip()


@pytest.fixture(scope="module")
def machines(image: str) -> Iterator[Machines]:
    """A lab that others can join, on the first machine."""
    made = Machines(image)
    try:
        head = made.add()
        said(head, "./lab", "up", "--address", address(head), "--cluster", "1")
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def token(machines: Machines) -> str:
    """The content of the file with which machines join."""
    head = machines.names[0]
    return said(head, "cat", said(head, "./lab", "token").strip())


def join(machine: str, token: str) -> subprocess.CompletedProcess[str]:
    """Copy the file to a machine and join."""
    assert on(machine, "sh", "-c", SHARE, text=token).returncode == 0
    return on(machine, "./lab", "join", "join-token")


def nodes(machines: Machines) -> tuple[list[str], int]:
    """Return the hosts of Spark's Workers, and how many nodes Trino has."""
    hosts, count = said(machines.names[0], ".venv/bin/python", "-c", NODES).splitlines()
    return json.loads(hosts.replace("'", '"')), int(count)


@pytest.mark.parametrize("count", [2, 3])
def test_machines_join_by_one_command(machines: Machines, token: str, count: int) -> None:
    """Spark and Trino then have a worker on each of them, at its own address."""
    done = join(machines.add(), token)
    assert done.returncode == 0, done.stderr[-2000:]
    assert nodes(machines) == (sorted(address(name) for name in machines.names), count)


def test_the_pipeline_runs_on_all_machines_with_a_balanced_ledger(machines: Machines) -> None:
    """Executors ran on each machine, and each record is in one place."""
    head = machines.names[0]
    said(head, "./lab", "run", "--minutes", "20", "--only", "01-09", "--run-id", "joined", limit_s=RUN_S)
    report = json.loads(said(head, "cat", "out/joined/report.json"))
    assert report["produced"] > 10_000
    assert report["lost"] == report["duplicated"] == report["misjudged"] == 0
    assert report["transformed"] == report["athena_rows"] == report["redshift_rows"]
    for name in machines.names:
        assert said(name, "sh", "-c", "ls -d .lab/tmp/spark-worker-1/app-*")


def test_commands_of_a_whole_lab_are_refused_on_a_joined_machine(machines: Machines) -> None:
    """The error names the machine of the lab."""
    done = on(machines.names[1], "./lab", "run")
    assert (done.returncode, address(machines.names[0]) in done.stderr) == (1, True)


def test_a_wrong_token_is_refused(machines: Machines, token: str) -> None:
    """The lab doesn't know its keys."""
    wrong = json.loads(token)
    wrong["secrets"]["secret_access_key"] = "0" * 32
    done = join(machines.add(), json.dumps(wrong))
    assert (done.returncode, "refuses this token's keys" in done.stderr) == (1, True), done.stderr


def test_another_version_is_refused(machines: Machines, token: str) -> None:
    """One changed line of code is enough, because executors run their own copy of it."""
    other = machines.add()
    said(other, "sh", "-c", "echo '# changed' >> lib/smartcity/transforms/__init__.py")
    done = join(other, token)
    assert (done.returncode, "The lab has another version" in done.stderr) == (1, True), done.stderr


def test_a_lab_that_cannot_be_reached_is_named(machines: Machines, token: str) -> None:
    """A machine on another network gets an error within seconds, not a worker that waits."""
    done = join(machines.add(network="bridge"), token)
    assert (done.returncode, "doesn't answer at" in done.stderr) == (1, True), done.stderr


def test_a_machine_leaves_and_the_others_go_on(machines: Machines) -> None:
    """After `down`, Spark has no Worker there; the others still run a query."""
    said(machines.names[2], "./lab", "down")
    hosts, _ = nodes(machines)
    assert hosts == sorted(address(name) for name in machines.names[:2])
