"""The Spark session of the lab."""

from __future__ import annotations

import logging
import os
import sys

from pyspark.sql import SparkSession


def spark_session(app_name: str = "smartcity", **options: str) -> SparkSession:
    """Return the running session, or a new one as the lab's `spark-defaults.conf` (SPARK_CONF_DIR) says.

    SPARK_MASTER_URL names another master, as of a cluster; `options` are Spark's own names with `_` for `.`. The time
    zone is UTC. On EMR neither is set, and the cluster's own configuration counts. AWS_REGION and
    AWS_ENDPOINT_URL_S3 lead Spark's S3A as they lead every SDK.
    """
    # Spark's default, python3 of the PATH, may be any Python.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # An error in foreachBatch comes back as that of the query; py4j would print it a second time, as a page.
    logging.getLogger("py4j.clientserver").setLevel(logging.CRITICAL)
    builder = SparkSession.builder.appName(app_name).config("spark.sql.session.timeZone", "UTC")
    if master := os.environ.get("SPARK_MASTER_URL"):
        builder = builder.master(master).config("spark.python.daemon.module", "smartcity.stream.daemon")
    if region := os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"):
        builder = builder.config("spark.hadoop.fs.s3a.endpoint.region", region)
    if endpoint := os.environ.get("AWS_ENDPOINT_URL_S3"):
        builder = builder.config("spark.hadoop.fs.s3a.endpoint", endpoint)
        builder = builder.config("spark.hadoop.fs.s3a.path.style.access", "true")
    for name, value in options.items():
        builder = builder.config(name.replace("_", "."), value)
    return builder.getOrCreate()
