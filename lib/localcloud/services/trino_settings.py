"""The lab's settings for Trino: only those that differ from its defaults.

https://trino.io/docs/476/admin/properties.html
"""

from __future__ import annotations

from localcloud.athena.serdes.access import SWAPPED_CATALOG
from localcloud.aws.seed import ACCOUNT

CATALOG = "awsdatacatalog"
ICEBERG_CATALOG = "awsdatacatalog_iceberg"
USER = "athena"
CLUSTER_USER = "cluster"
"""Can list the nodes, and nothing else of the system; Athena's user cannot."""
HEAP_MB = 480
QUERY_MB = 240
"""Memory of a query on one node."""

JVM = (
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

COORDINATOR = {
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
SERVER = {
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
STORAGE = {
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
HIVE = {
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
SWAPPED = {
    **{key: value for key, value in HIVE.items() if not key.endswith("-catalog-name")},
    "hive.orc.use-column-names": "true",
    "hive.parquet.use-column-names": "false",
    "hive.metastore.glue.catalogid": ACCOUNT,
}
ICEBERG = {
    "connector.name": "iceberg",
    "iceberg.catalog.type": "glue",
    "iceberg.hive-catalog-name": CATALOG,
    # What Athena keeps in a table's properties, such as vacuum_max_snapshot_age_seconds.
    "iceberg.allowed-extra-properties": "*",
    "iceberg.expire-snapshots.min-retention": "0s",
    "iceberg.remove-orphan-files.min-retention": "0s",
}

# https://trino.io/docs/476/security/file-system-access-control.html
RULES = {
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
