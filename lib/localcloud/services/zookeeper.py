"""ZooKeeper, from the jars in the pyspark wheel. Only a client that knows the lab's secret gets a session."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from typing import ClassVar

from localcloud import jaas
from localcloud.binaries import jars
from localcloud.home import Home, write_private
from localcloud.jvm import java_command
from localcloud.properties import properties
from localcloud.service import Command, Service

USER = "kafka"
"""The one user; the lab's secret `zookeeper` is the password."""
DIGEST_FLAGS = ("-Dzookeeper.fips-mode=false",)
"""ZooKeeper 3.9 has no digest login in its FIPS mode, which is its default."""


class ZooKeeper(Service):
    """Keeps Kafka's cluster state."""

    name = "zookeeper"
    ports: ClassVar[Mapping[str, str]] = {
        "client": "Kafka, which logs in with a password of its own (digest); `ruok` and `srvr` answer everyone on the "
        "machine"
    }
    awaits = "the answer imok to ruok"

    def command(self, home: Home) -> Command:
        """Write `zoo.cfg` and start a standalone server, with a heap of at most 128 MB."""
        config = home.conf(self.name) / "zoo.cfg"
        lines = {
            "dataDir": home.data(self.name),
            "clientPort": self.port(home, "client"),
            "clientPortAddress": home.host(self.name),
            "admin.enableServer": "false",
            "4lw.commands.whitelist": "ruok,srvr",
            "tickTime": 2000,
            "autopurge.purgeInterval": 1,
            # Refuse each session that has not logged in (ZooKeeper Administrator's Guide, "Authentication options").
            "authProvider.sasl": "org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
            "enforce.auth.enabled": "true",
            "enforce.auth.schemes": "sasl",
        }
        write_private(config, properties(lines))
        login = jaas.entry(jaas.DIGEST, {f"user_{USER}": home.secret(self.name)})
        flags = ("-Xmx128m", "-Xms32m", "-Xss512k", *DIGEST_FLAGS, jaas.login_flag(home, self.name, "Server", login))
        main = ("org.apache.zookeeper.server.ZooKeeperServerMain", str(config))
        return java_command(home, jars("kafka", home.cache), flags, main)

    def ready(self, home: Home) -> bool:
        """Ask ZooKeeper whether it is ready."""
        address = (home.host(self.name), self.port(home, "client"))
        with contextlib.closing(socket.create_connection(address, timeout=2)) as client:
            client.sendall(b"ruok")
            return client.recv(16) == b"imok"
