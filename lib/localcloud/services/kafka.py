"""A Kafka 3.9 broker that keeps its cluster state in ZooKeeper and requires a login from every client (SCRAM)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from confluent_kafka.admin import AdminClient

from localcloud import jaas
from localcloud.binaries import jars
from localcloud.home import Home, write_private
from localcloud.jvm import java_command
from localcloud.properties import properties
from localcloud.service import Command, Service, Setup
from localcloud.services import zookeeper

USER = "lab"
"""The owner of the cluster; the lab's secret `kafka` is the password."""
MECHANISM = "SCRAM-SHA-512"
"""The mechanism of Amazon MSK (MSK's developer guide, "Sign-in credentials authentication")."""


LOGIN = "whoever logs in as `lab` with the lab's password (SCRAM-SHA-512); nobody else has any rights"


class Kafka(Service):
    """One broker on loopback, with a heap of at most 512 MB."""

    name = "kafka"
    ports: ClassVar[Mapping[str, str]] = {"client": LOGIN}
    needs = ("zookeeper",)
    awaits = "the broker to list its topics"
    # After a kill, ZooKeeper holds the dead broker's session for 6 s, and a broker that starts meanwhile gives up.
    attempts = 4
    stop_s = 20

    def command(self, home: Home) -> Command:
        """Write `server.properties` and start the broker."""
        config = home.conf(self.name) / "server.properties"
        write_private(config, properties(self._properties(home)))
        flags = self._flags(home, "-Xmx512m", "-Xms128m", "-Xss512k")
        return java_command(home, jars("kafka", home.cache), flags, ("kafka.Kafka", str(config)))

    def setup(self, home: Home) -> Setup:
        """Store the owner's login in ZooKeeper before a broker starts, as the brokers log in to each other by it.

        Kafka's own tool does it ("Authentication using SASL/SCRAM" in Kafka's documentation). The mark lies with
        ZooKeeper's data, so that it goes when the logins go.
        """
        secret = home.secret("kafka")
        login = home.conf(self.name) / "login.properties"
        write_private(login, properties({MECHANISM: f"password={secret}"}))
        arguments = ("--zookeeper", _zookeeper(home), "--alter", "--entity-type", "users", "--entity-name", USER)
        main = ("kafka.admin.ConfigCommand", *arguments, "--add-config-file", str(login))
        command = java_command(home, jars("kafka", home.cache), self._flags(home, "-Xmx128m"), main)
        mark = home.data("zookeeper") / f"kafka-login-{hashlib.sha256(secret.encode()).hexdigest()[:16]}"
        return Setup("Kafka's login in ZooKeeper", command, mark, (secret,))

    def ready(self, home: Home) -> bool:
        """List the topics as any client would. The broker must name itself, which is the last step of its start."""
        client = AdminClient(self.login(home))
        return bool(client.list_topics(timeout=2).brokers)

    def card(self, home: Home) -> Mapping[str, str]:
        """Return where clients find the broker and how they log in."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self._bootstrap(home),
            "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
            "KAFKA_SASL_MECHANISM": MECHANISM,
            "KAFKA_SASL_USERNAME": USER,
            "KAFKA_SASL_PASSWORD": home.secret("kafka"),
        }

    def login(self, home: Home) -> dict[str, str | int | float | bool]:
        """Return the settings of the owner's client."""
        return {
            "bootstrap.servers": self.address(home, "client"),
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": MECHANISM,
            "sasl.username": USER,
            "sasl.password": home.secret("kafka"),
            "log_level": 0,
        }

    def _bootstrap(self, home: Home) -> str:
        return self.address(home, "client")

    def _flags(self, home: Home, *sizes: str) -> tuple[str, ...]:
        login = jaas.entry(jaas.DIGEST, {"username": zookeeper.USER, "password": home.secret("zookeeper")})
        return (*sizes, *zookeeper.DIGEST_FLAGS, jaas.login_flag(home, self.name, "Client", login))

    def _properties(self, home: Home) -> dict[str, object]:
        return {
            "broker.id": 1,
            "listeners": f"SASL_PLAINTEXT://{self.address(home, 'client')}",
            "security.inter.broker.protocol": "SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": MECHANISM,
            "sasl.mechanism.inter.broker.protocol": MECHANISM,
            f"listener.name.sasl_plaintext.{MECHANISM.lower()}.sasl.jaas.config": jaas.entry(
                jaas.SCRAM, {"username": USER, "password": home.secret("kafka")}
            ),
            "authorizer.class.name": "kafka.security.authorizer.AclAuthorizer",
            "super.users": f"User:{USER}",
            "zookeeper.connect": _zookeeper(home),
            "zookeeper.session.timeout.ms": 6000,
            # Kafka reads a comma as the end of one folder; it starts in conf/java, and a relative path holds no name.
            "log.dirs": Path(os.path.relpath(home.data(self.name), home.conf("java"))),
            "num.partitions": 4,
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "group.initial.rebalance.delay.ms": 0,
            "log.cleaner.dedupe.buffer.size": 4_194_304,
            # Event times are simulated and may lie far from the machine's clock: time must not expire them.
            "log.retention.ms": -1,
            "log.retention.bytes": 1_073_741_824,
            "log.message.timestamp.after.max.ms": 9_223_372_036_854_775_807,
        }


def _zookeeper(home: Home) -> str:
    return home.address("zookeeper.client")
