"""The Spark that every session of the lab gets: its jars, its keys for S3, and a heap that fits a laptop."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from localcloud.binaries import jars, java_home
from localcloud.home import LOOPBACK, Home, write_private
from localcloud.properties import properties

MASTER = "local[2]"
PAGE = "**everyone on the machine** can look at it; nobody can stop a job there"
"""Who gets in at Spark's web pages."""
DRIVER = "spark-driver"
"""The name by which a home gives the address of Spark's drivers, such as notebooks."""

_JAVA = (
    "-XX:+UseSerialGC -XX:-UsePerfData -Djava.net.preferIPv4Stack=true "
    # Give memory back after each collection: a session shares the laptop with seven services and two Python workers.
    "-XX:+UseCompactObjectHeaders -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=25"
)
# A lesson's session lives for a minute: the second compiler takes a core from it and never earns that back, nor does
# the verifier of byte code: every jar was checked by its hash.
_BRIEF = "-XX:TieredStopAtLevel=1 -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"


def spark_card(home: Home, aws: bool = False) -> Mapping[str, str]:
    """Write `spark-defaults.conf`; return the variables that make a plain SparkSession find it.

    With `aws` it doesn't point to the lab's S3: Hadoop's S3A then takes AWS's own, and the keys of the environment.
    """
    return {
        "SPARK_MASTER_URL": MASTER,
        "SPARK_CONF_DIR": str(spark_conf(home, aws)),
        "SPARK_LOCAL_IP": home.host(DRIVER),
        # Spark's own choice is the first python3 of the PATH, which knows nothing of the lab.
        "PYSPARK_PYTHON": sys.executable,
    }


def spark_conf(home: Home, aws: bool = False) -> Path:
    """Write Spark's configuration, which holds keys, readable by its owner only; return its folder (SPARK_CONF_DIR)."""
    conf = home.conf("spark-aws" if aws else "spark")
    settings = _defaults(home) | ({} if aws else _lab_s3(home))
    write_private(conf / "spark-defaults.conf", properties(settings, separator=" "))
    # Only Spark gets the lab's Java: it has no compiler, and JAVA_HOME in a shell would break Maven and the like.
    write_private(conf / "spark-env.sh", f"export JAVA_HOME={shlex.quote(str(java_home(home)))}\n")
    write_private(conf / "log4j2.properties", _LOG4J)
    return conf


def _defaults(home: Home) -> dict[str, object]:
    class_path = os.pathsep.join(str(jar) for jar in jars("spark", home.cache))
    return {
        "spark.master": MASTER,
        "spark.driver.host": home.host(DRIVER),
        "spark.driver.bindAddress": home.host(DRIVER),
        "spark.driver.memory": "1g",
        "spark.driver.extraClassPath": class_path,
        "spark.executor.extraClassPath": class_path,
        "spark.driver.extraJavaOptions": f"{_JAVA} {_BRIEF}",
        "spark.executor.extraJavaOptions": _JAVA,
        # On a cluster: without the secret nobody on this machine gets an executor.
        "spark.authenticate": "true",
        "spark.authenticate.secret": home.secret("spark"),
        # Options that hold Kafka's login stay out of the pages and plans that Spark shows.
        "spark.redaction.regex": "(?i)secret|password|token|access[.]?key|jaas",
        "spark.sql.redaction.options.regex": "(?i)url|jaas",
        # Between hosts what it sends is encrypted; on one machine nobody else can read it.
        "spark.network.crypto.enabled": str(home.host(DRIVER) != LOOPBACK).lower(),
        "spark.executor.memory": "700m",
        "spark.sql.shuffle.partitions": 2,
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": home.data("spark") / "warehouse",
        "spark.local.dir": home.folder("tmp", "spark"),
        "spark.ui.showConsoleProgress": "false",
        "spark.ui.port": home.port("spark.ui"),
        # The pages ask for no login, so they only show: no visitor stops a job, an application or a Worker.
        "spark.ui.killEnabled": "false",
        "spark.master.ui.decommission.allow.mode": "DENY",
    }


def _lab_s3(home: Home) -> dict[str, object]:
    return {
        "spark.hadoop.fs.s3a.endpoint": f"http://{home.address('s3.http')}",
        "spark.hadoop.fs.s3a.endpoint.region": "us-east-1",
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
        "spark.hadoop.fs.s3a.access.key": home.secret("access_key_id"),
        "spark.hadoop.fs.s3a.secret.key": home.secret("secret_access_key"),
        "spark.hadoop.fs.s3a.aws.credentials.provider": "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
    }


_LOG4J = """status = error
rootLogger.level = error
rootLogger.appenderRef.stdout.ref = console
# Whoever waits for a query gets its error; the log would only say it again, with a page of Java.
logger.query.name = org.apache.spark.sql.execution.streaming.runtime.MicroBatchExecution
logger.query.level = off
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""
