"""Kafka and ZooKeeper let in who knows the lab's secrets, and nobody else."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its annotations leave some names out
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourcePatternType,
    ResourceType,
)
from confluent_kafka.cimpl import NewTopic

from localcloud.home import Home
from localcloud.services.kafka import Kafka
from localcloud.services.kafka_cluster import brokers
from localcloud.services.kafka_open import kafka_services, set_open
from localcloud.services.zookeeper import ZooKeeper
from localcloud.supervisor import Supervisor
from smartcity import kafka_login

pytestmark = pytest.mark.stack
TIMEOUT_S = 6


@pytest.fixture
def owner(in_lab: Mapping[str, str]) -> dict[str, Any]:
    """The settings of the lab's own client."""
    return kafka_login.client() | {"log_level": 0}


STRANGERS = {
    "no login": {"security.protocol": "PLAINTEXT"},
    "a wrong password": {"sasl.password": "guessed"},
    "an empty password": {"sasl.password": " "},
    "an unknown user": {"sasl.username": "admin"},
    "another mechanism": {"sasl.mechanism": "PLAIN"},
    "a weaker SCRAM": {"sasl.mechanism": "SCRAM-SHA-256"},
}


@pytest.mark.parametrize("changed", STRANGERS.values(), ids=STRANGERS.keys())
def test_a_client_without_the_login_lists_no_topic(owner: dict[str, Any], changed: dict[str, str]) -> None:
    """Kafka answers the owner and no client whose login differs."""
    assert AdminClient(owner).list_topics(timeout=TIMEOUT_S).brokers
    with pytest.raises(KafkaException):
        AdminClient(owner | changed).list_topics(timeout=TIMEOUT_S)


def test_a_stranger_cannot_open_another_listener(owner: dict[str, Any]) -> None:
    """A client without a login cannot make the broker listen on all addresses of the machine."""
    resource = ConfigResource(ResourceType.BROKER, "1")
    listeners = "PLAINTEXT://0.0.0.0:19999"
    resource.add_incremental_config(ConfigEntry("listeners", listeners, incremental_operation=AlterConfigOpType.SET))
    stranger = AdminClient(owner | {"security.protocol": "PLAINTEXT"})
    with pytest.raises(KafkaException):
        stranger.incremental_alter_configs([resource], request_timeout=TIMEOUT_S)[resource].result()
    keeper = AdminClient(owner)
    values = keeper.describe_configs([resource])[resource].result(TIMEOUT_S)
    assert values["listeners"].value.startswith("SASL_PLAINTEXT://127.0.0.1:")


@pytest.fixture
def session(lab_home: Home) -> Iterator[socket.socket]:
    """A connection to ZooKeeper with a session that has not logged in."""
    with socket.create_connection(("127.0.0.1", lab_home.port("zookeeper.client")), TIMEOUT_S) as client:
        # ConnectRequest of ZooKeeper's protocol: version, last zxid, timeout, session, password of 16 bytes.
        body = struct.pack(">iqiqi", 0, 0, 10_000, 0, 16) + bytes(16)
        client.sendall(struct.pack(">i", len(body)) + body)
        client.recv(struct.unpack(">i", client.recv(4))[0])
        yield client


@pytest.mark.parametrize("path", ["/", "/config/users", "/config/users/lab", "/brokers/ids"])
def test_zookeeper_shows_nothing_to_a_session_without_login(session: socket.socket, path: str) -> None:
    """A request for the children of a node is refused, of the node that holds Kafka's logins too."""
    get_children, session_requires_login = 8, -124
    body = struct.pack(">iii", 1, get_children, len(path)) + path.encode() + b"\0"
    session.sendall(struct.pack(">i", len(body)) + body)
    reply = session.recv(4096)
    assert struct.unpack(">i", reply[16:20])[0] == session_requires_login


def test_secrets_stand_in_private_files_only(lab_home: Home) -> None:
    """Kafka's and ZooKeeper's passwords are in no log, and only in files that their owner alone can read."""
    secrets = [lab_home.secret(name).encode() for name in ("kafka", "zookeeper")]
    holders = [
        path
        for path in [*lab_home.folder("conf").rglob("*"), *lab_home.folder("logs").rglob("*")]
        if path.is_file() and any(secret in path.read_bytes() for secret in secrets)
    ]
    assert {path.stat().st_mode & 0o077 for path in holders} == {0}
    assert not [path for path in holders if path.suffix == ".log"]


def test_brokers_of_a_cluster_log_in_to_each_other(tmp_path: Path, lab_home: Home) -> None:
    """Three brokers with one login form one cluster."""
    home = Home(tmp_path / ".lab", lab_home.cache)
    services = {"zookeeper": ZooKeeper(), **brokers(3)}
    keeper = Supervisor(home, services)
    try:
        keeper.up()
        card = services["kafka-1"].card(home)
        login = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": card["KAFKA_SASL_MECHANISM"]}
        login |= {"sasl.username": card["KAFKA_SASL_USERNAME"], "sasl.password": card["KAFKA_SASL_PASSWORD"]}
        client = AdminClient({"bootstrap.servers": card["KAFKA_BOOTSTRAP_SERVERS"], **login})
        assert set(client.list_topics(timeout=TIMEOUT_S).brokers) == {1, 2, 3}
    finally:
        keeper.down()


def test_a_new_zookeeper_gets_the_login_again(tmp_path: Path, lab_home: Home) -> None:
    """After ZooKeeper's and Kafka's data were deleted, `up` stores the login again."""
    home = Home(tmp_path / ".lab", lab_home.cache)
    keeper = Supervisor(home, {"zookeeper": ZooKeeper(), "kafka": Kafka()})
    try:
        keeper.up()
        keeper.down()
        for name in ("zookeeper", "kafka"):
            home.data(name).rename(tmp_path / name)
        keeper.up()
        assert Kafka().ready(home)
    finally:
        keeper.down()


def test_the_open_door_lets_clients_use_topics_and_change_nothing_else(tmp_path: Path, lab_home: Home) -> None:
    """Where the user chose it, a client without a login makes and lists topics, but changes no broker and gives no right."""
    home = Home(tmp_path / ".lab", lab_home.cache)
    set_open(home, True)
    services = {"zookeeper": ZooKeeper(), **kafka_services(home)}
    keeper = Supervisor(home, services)
    try:
        keeper.up()
        stranger = AdminClient({"bootstrap.servers": services["kafka"].card(home)["KAFKA_OPEN_BOOTSTRAP_SERVERS"]})
        stranger.create_topics([NewTopic("open", 1, 1)])["open"].result(TIMEOUT_S)
        assert "open" in stranger.list_topics(timeout=TIMEOUT_S).topics
        resource = ConfigResource(ResourceType.BROKER, "1")
        resource.add_incremental_config(
            ConfigEntry("log.retention.ms", "1", incremental_operation=AlterConfigOpType.SET)
        )
        with pytest.raises(KafkaException, match="authoriz"):
            stranger.incremental_alter_configs([resource])[resource].result(TIMEOUT_S)
        right = AclBinding(
            ResourceType.BROKER,
            "kafka-cluster",
            ResourcePatternType.LITERAL,
            "User:ANONYMOUS",
            "*",
            AclOperation.ALL,
            AclPermissionType.ALLOW,
        )
        with pytest.raises(KafkaException, match="authoriz"):
            stranger.create_acls([right])[right].result(TIMEOUT_S)
    finally:
        keeper.down()


def test_there_is_no_open_door_unless_it_was_chosen(tmp_path: Path) -> None:
    """A lab has the open door after it was chosen, and no longer after it was closed."""
    home = Home(tmp_path)
    assert not kafka_services(home)
    set_open(home, True)
    assert set(kafka_services(home)["kafka"].ports) == {"client", "open"}
    set_open(home, False)
    assert not kafka_services(home)
