"""A Kafka 3.9 broker that keeps its cluster state in ZooKeeper."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from confluent_kafka.admin import AdminClient

from localcloud.binaries import jars
from localcloud.home import Home, write_private
from localcloud.jvm import java_command
from localcloud.properties import properties
from localcloud.service import Command, Service


class Kafka(Service):
    """One broker, plain text on loopback, its heap at most 512 MB."""

    name = "kafka"
    ports = ("client",)
    needs = ("zookeeper",)
    awaits = "the broker to list its topics"
    # After a kill, ZooKeeper holds the dead broker's session for 6 s, and a broker that starts meanwhile gives up.
    attempts = 4
    stop_s = 20

    def command(self, home: Home) -> Command:
        """Write `server.properties` and start the broker."""
        config = home.conf(self.name) / "server.properties"
        write_private(config, properties(self._properties(home)))
        return java_command(
            home, jars("kafka", home.cache), ("-Xmx512m", "-Xms128m", "-Xss512k"), ("kafka.Kafka", str(config))
        )

    def ready(self, home: Home) -> bool:
        """List the topics as any client would; the broker must name itself, which it does last of its start."""
        client = AdminClient({"bootstrap.servers": self._address(home), "log_level": 0})
        return bool(client.list_topics(timeout=2).brokers)

    def card(self, home: Home) -> Mapping[str, str]:
        """Return where clients find the broker."""
        return {"KAFKA_BOOTSTRAP_SERVERS": self._address(home)}

    def _address(self, home: Home) -> str:
        return f"127.0.0.1:{self.port(home, 'client')}"

    def _properties(self, home: Home) -> dict[str, object]:
        return {
            "broker.id": 1,
            "listeners": f"PLAINTEXT://{self._address(home)}",
            "zookeeper.connect": f"127.0.0.1:{home.port('zookeeper.client')}",
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
