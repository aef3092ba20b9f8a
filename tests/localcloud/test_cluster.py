"""A lab whose services have hosts of their own: what `prepare` chooses, what the services write, what is refused."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from localcloud import cluster
from localcloud.cluster import Cluster, await_ready, prepare, require_one_machine, services
from localcloud.errors import LocalCloudError, ServiceFailed
from localcloud.home import LOOPBACK, Home
from localcloud.lab import supervisor
from localcloud.service import Service


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home that `prepare` has filled; each host has an address, as on a private network."""
    made = Home(tmp_path / ".lab")
    prepare(made)
    monkeypatch.setattr(socket, "gethostbyname", {name: f"10.0.0.{n}" for n, name in enumerate(services(made))}.get)
    return made


class Echo(Service):
    """A service that answers, or does not."""

    name = "echo"
    awaits = "an echo"

    def __init__(self, *answers: bool) -> None:
        self.answers = list(answers)

    def ready(self, home: Home) -> bool:
        return self.answers.pop(0)


def test_preparing_again_changes_nothing(home: Home) -> None:
    """Containers start again while others run: ports, hosts and certificates stay as they were."""
    files = [path for path in home.root.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    prepare(home)
    assert {path: path.read_bytes() for path in files} == before


def test_every_port_is_chosen_before_any_service_starts(home: Home) -> None:
    """Two hosts that chose a port at the same time would overwrite each other's choice."""
    uses = {f"{name}.{use}" for name, service in services(home).items() for use in service.ports}
    assert uses <= json.loads((home.root / "ports.json").read_text()).keys()


@pytest.mark.parametrize("name", ["zookeeper", "kafka-1", "seaweedfs", "aws", "s3", "trino", "trino-worker-2"])
def test_no_service_of_a_cluster_names_loopback(home: Home, name: str) -> None:
    """Neither its command nor a file that it writes leads to 127.0.0.1: it listens on its own host and asks others."""
    command = services(home)[name].command(home)
    texts = [repr(command), *(path.read_text() for path in home.conf(name).rglob("*") if path.is_file())]
    assert not [text for text in texts if LOOPBACK in text]


@pytest.mark.parametrize("name", ["spark-master", "spark-worker-1"])
def test_spark_encrypts_what_it_sends_between_hosts(home: Home, name: str) -> None:
    """Master, Workers and drivers get the same settings: a login, and encryption by it."""
    services(home)[name].command(home)
    lines = (home.conf("spark") / "spark-defaults.conf").read_text().splitlines()
    assert {"spark.authenticate true", "spark.network.crypto.enabled true", "spark.driver.host jupyter"} <= set(lines)


def test_a_lab_on_one_machine_does_not_encrypt_for_nobody(tmp_path: Path) -> None:
    """Nobody else reads loopback."""
    home = Home(tmp_path / ".lab")
    assert home.host("kafka") == LOOPBACK
    assert home.address("kafka.client") == f"{LOOPBACK}:{home.port('kafka.client')}"


def test_the_proxy_of_s3_looks_names_up_again(home: Home) -> None:
    """A container may get another address; nginx would keep the old one for ever."""
    services(home)["s3"].command(home)
    text = (home.conf("s3") / "nginx.conf").read_text()
    assert f"server {home.address('seaweedfs.s3')} resolve;" in text
    assert f"server {home.address('aws.http')} resolve;" in text


def test_a_brokers_records_have_three_copies(home: Home) -> None:
    """Each broker has a number, an address and a folder of its own, and asks for two of three copies."""
    for number in (1, 2, 3):
        name = f"kafka-{number}"
        services(home)[name].command(home)
        lines = set((home.conf(name) / "server.properties").read_text().splitlines())
        wanted = {f"broker.id={number}", "default.replication.factor=3", "min.insync.replicas=2"}
        assert wanted | {f"listeners=SASL_PLAINTEXT://{name}:{home.port(f'{name}.client')}"} <= lines


def test_the_card_names_all_brokers_and_hosts(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the variables of a laptop's card, with names instead of loopback."""
    monkeypatch.setattr(cluster, "await_ready", lambda home, service: None)
    Cluster(home).up()
    env = json.loads((home.root / "endpoints.json").read_text())["env"]
    assert [entry.partition(":")[0] for entry in env["KAFKA_BOOTSTRAP_SERVERS"].split(",")] == [
        "kafka-1",
        "kafka-2",
        "kafka-3",
    ]
    assert env["SPARK_MASTER_URL"] == f"spark://{home.address('spark-master.client')}"
    assert (env["REDSHIFT_HOST"], env["SPARK_LOCAL_IP"]) == ("redshift", "jupyter")
    assert not [name for name, value in env.items() if LOOPBACK in value]


def test_the_wait_ends_when_the_service_answers(tmp_path: Path) -> None:
    """It asks again after a refusal."""
    echo = Echo(False, True)
    await_ready(Home(tmp_path), echo, limit_s=30)
    assert echo.answers == []


def test_a_service_that_does_not_answer_is_named(tmp_path: Path) -> None:
    """The error says what was waited for, what was seen, and where to look."""
    with pytest.raises(ServiceFailed, match=r"echo: not ready; waited .* for an echo \(IndexError.*logs echo"):
        await_ready(Home(tmp_path), Echo(), limit_s=0.1)


def test_commands_that_end_processes_are_refused_in_a_cluster(home: Home, tmp_path: Path) -> None:
    """They would reach none of the services; on one machine, they run."""
    with pytest.raises(LocalCloudError, match="docker compose"):
        supervisor(home).down()
    with pytest.raises(LocalCloudError, match="chaos"):
        require_one_machine(home, "chaos")
    require_one_machine(Home(tmp_path / "other"), "chaos")


def test_the_state_of_a_service_elsewhere_is_whether_it_answers(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process is unknown here, so the row says up or down by its answer."""
    keeper = Cluster(home)
    for name, service in keeper.services.items():
        monkeypatch.setattr(service, "ready", lambda home, name=name: name == "trino")
    assert {row.name for row in keeper.status() if row.state == "up"} == {"trino"}
